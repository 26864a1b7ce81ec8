#version 430 core
// d[i] = x[i] - g, q[i] = |d[i]|^2, a[i] = g.d[i]: what the closed forms of all-pairs
// cosines need of each unit row x[i], about any shift g (kernels/all_pairs.go).
//
//   x, d: rows x cols, strides ld_x, ld_d        g: cols        m: rows x 2, (q, a)
//
// A row belongs to one invocation (LANES 1) or to a group, whose lanes take neighbouring
// columns and meet in a tree. d may be x. Go twin: cosine_row_moments.go
#include "group.glsl"

#ifndef LANES
#define LANES 1
#endif
#include "fold.glsl"

#if LANES > 1
layout(local_size_x = LANES) in;
#else
layout(local_size_x = 16) in;
#endif

layout(std430, binding = 0) writeonly buffer BufD { float d[]; };
layout(std430, binding = 1) writeonly buffer BufM { float m[]; };
layout(std430, binding = 2) readonly buffer BufX { float x[]; };
layout(std430, binding = 3) readonly buffer BufG { float g[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_d;
    int ld_x;
};

void main() {
#if LANES > 1
    uint row = group_id();
    uint lane = gl_LocalInvocationIndex;
#else
    uint row = invocation_id();
    uint lane = 0u;
    if (row >= uint(rows)) return;
#endif
    uint to = mg_off[0] + row * uint(ld_d);
    uint from = mg_off[2] + row * uint(ld_x);
    float q = 0.0;
    float a = 0.0;
    for (uint c = lane; c < uint(cols); c += LANES) {
        float shift = g[mg_off[3] + c];
        float v = x[from + c] - shift;
        d[to + c] = v;
        q += v * v;
        a += shift * v;
    }
    q = fold_sum(q);
    a = fold_sum(a);
    if (lane == 0u) {
        m[mg_off[1] + 2u * row] = q;
        m[mg_off[1] + 2u * row + 1u] = a;
    }
}
