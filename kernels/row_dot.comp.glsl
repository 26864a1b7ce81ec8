#version 430 core
// y[r][k] = sum over c in chunk k of a[r][c] b[r][c]; ld_b 0: one row b for all.
//
//   a, b: rows x cols, strides ld_a, ld_b            y: rows x chunks, stride ld_y
//
// Chunks and lanes as in reduce_rows.comp.glsl; row_sum adds up the chunks.
// Cost: one read of a and b. Go twin: row_dot.go
#include "subgroup.glsl"
#include "group.glsl"

#ifndef LANES
#define LANES 1
#endif
#ifndef VEC
#define VEC 1
#endif
#include "fold.glsl"

#if LANES > 1
layout(local_size_x = LANES) in;
#else
layout(local_size_x = 16) in;
#endif

#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufA { T a[]; };
layout(std430, binding = 2) readonly buffer BufB { T b[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_y;
    int ld_a;
    int ld_b;
};

void main() {
    uint chunks = max(1u, (uint(cols) + uint(chunk) - 1u) / uint(chunk));
#if LANES > 1
    uint pair = group_id();
    uint lane = gl_LocalInvocationIndex;
#else
    uint pair = invocation_id();
    uint lane = 0u;
    if (pair >= uint(rows) * chunks) return;
#endif
    uint row = pair / chunks;
    uint k = pair - row * chunks;
    uint from = k * uint(chunk);
    uint n = (min(from + uint(chunk), uint(cols)) - from) / VEC;
    uint at_a = (mg_off[1] + row * uint(ld_a) + from) / VEC;
    uint at_b = (mg_off[2] + row * uint(ld_b) + from) / VEC;
    T s = T(0.0);
    for (uint i = lane; i < n; i += LANES) s += a[at_a + i] * b[at_b + i];
    float r = fold_sum(sum_of(s));
    if (lane == 0u) y[mg_off[0] + row * uint(ld_y) + k] = r;
}
