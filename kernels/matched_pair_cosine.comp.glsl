#version 430 core
// y[i] = dot[i] / max(na[i], eps) / max(nb[i], eps), eps = 1e-12: the cosine of pair i, from
// the inner product of its two vectors and their lengths.
//
//   y, dot, na, nb: n
//
// row_dot and row_norm make the inputs, for vectors of any length.
// Go twin: matched_pair_cosine.go
#include "group.glsl"
#include "special.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufDot { float dot[]; };
layout(std430, binding = 2) readonly buffer BufNa { float na[]; };
layout(std430, binding = 3) readonly buffer BufNb { float nb[]; };
layout(std140, binding = 0) uniform Params { int n; };

const float eps = 1e-12;

void main() {
    uint i = invocation_id();
    if (i >= uint(n)) return;
    float a = na[mg_off[2] + i];
    float b = nb[mg_off[3] + i];
    y[mg_off[0] + i] = dot[mg_off[1] + i] / at_least(eps, a) / at_least(eps, b);
}
