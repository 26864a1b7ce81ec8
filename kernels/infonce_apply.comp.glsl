#version 430 core
// y (+)= op(g) x, by anyone: one invocation per element of y.
//
//   y: m x n, stride ld_y     x: kk x n, stride ld_x
//   g: m x kk, or with trans kk x m; stride ld_g
//
// Flops: 2 m n kk. Go twin: infonce_apply.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufG { float g[]; };
layout(std430, binding = 2) readonly buffer BufX { float x[]; };
#include "infonce_apply_params.glsl"

void main() {
    uint o = invocation_id();
    uint i = o / uint(n), j = o % uint(n);
    if (i >= uint(m)) return;
    uint at = mg_off[1] + (trans != 0 ? i : i * uint(ld_g));
    uint step = trans != 0 ? uint(ld_g) : 1u;
    float sum = 0.0;
    for (uint t = 0u; t < uint(kk); t++) sum += g[at + t * step] * x[mg_off[2] + t * uint(ld_x) + j];
    uint out_at = mg_off[0] + i * uint(ld_y) + j;
    y[out_at] = accumulate != 0 ? y[out_at] + sum : sum;
}
