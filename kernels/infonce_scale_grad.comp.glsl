#version 430 core
// dscale (+)= sum of part, compensated.
//
//   dscale: 1     part: n
//
// One group of 256 invocations. Go twin: infonce_loss.go
#include "group.glsl"
#include "sum_pairs.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) buffer Dscale { float dscale[]; };
layout(std430, binding = 1) readonly buffer Part { float part[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int accumulate;
};

void main() {
    vec2 sum = vec2(0.0);
    for (uint i = gl_LocalInvocationIndex; i < uint(n); i += 256u) sum = two_sum(sum, part[mg_off[1] + i]);
    float total = sum_all(sum);
    if (gl_LocalInvocationIndex == 0u) dscale[mg_off[0]] = accumulate != 0 ? dscale[mg_off[0]] + total : total;
}
