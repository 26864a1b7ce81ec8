#version 430 core
// What a driver does not say of itself. mode 0: one value of each function, to be compared
// with float64. mode 1: n turns of a generator whose state tells how many were taken.
//   x: n arguments each for exp, log, sin and cos, sqrt and numerator, denominator; then two factors
//   y: the bits of exp, log, sin, cos, sqrt, quotient, n each; then of the product and of one factor
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer BufX { float x[]; };
layout(std430, binding = 1) writeonly buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint mode; uint n; };

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (mode == 1u) {
        uint state = 1u;
        for (uint k = 0u; k < n; k++) state = state * 1664525u + 1013904223u;
        if (i == 0u) y[0] = state;
        return;
    }
    if (i >= n) return;
    y[i] = floatBitsToUint(exp(x[i]));
    y[n + i] = floatBitsToUint(log(x[n + i]));
    y[2u * n + i] = floatBitsToUint(sin(x[2u * n + i]));
    y[3u * n + i] = floatBitsToUint(cos(x[2u * n + i]));
    y[4u * n + i] = floatBitsToUint(sqrt(x[3u * n + i]));
    y[5u * n + i] = floatBitsToUint(x[3u * n + i] / x[4u * n + i]);
    if (i == 0u) {
        y[6u * n] = floatBitsToUint(x[5u * n] * x[5u * n + 1u]);
        y[6u * n + 1u] = floatBitsToUint(x[5u * n + 2u] * x[5u * n + 3u]);
    }
}
