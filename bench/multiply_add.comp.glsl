#version 430 core
// The arithmetic roofline: y[i] = x[i] after `steps` times v = A v + B.
//
//   x, y: n floats, n a multiple of 16
//
// One invocation takes 16 floats as four vec4, four independent chains, so that the latency
// of a multiply-add does not show. 2 flops per step and float. Go twin: multiply_add.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int steps;
};

const float A = 0.9990234375; // 1 - 2^-10
const float B = 0.0009765625; // 2^-10: the fixed point is 1

void main() {
    uint i = 4u * invocation_id();
    if (i >= uint(n) / 4u) return;
    uint at = mg_off[1] / 4u + i;
    vec4 v0 = x[at], v1 = x[at + 1u], v2 = x[at + 2u], v3 = x[at + 3u];
    for (int s = 0; s < steps; s += 4) {
        v0 = v0 * A + B; v1 = v1 * A + B; v2 = v2 * A + B; v3 = v3 * A + B;
        v0 = v0 * A + B; v1 = v1 * A + B; v2 = v2 * A + B; v3 = v3 * A + B;
        v0 = v0 * A + B; v1 = v1 * A + B; v2 = v2 * A + B; v3 = v3 * A + B;
        v0 = v0 * A + B; v1 = v1 * A + B; v2 = v2 * A + B; v3 = v3 * A + B;
    }
    at = mg_off[0] / 4u + i;
    y[at] = v0; y[at + 1u] = v1; y[at + 2u] = v2; y[at + 3u] = v3;
}
