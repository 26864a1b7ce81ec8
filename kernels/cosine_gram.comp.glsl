#version 430 core
// M_k = D_k^T D_k for chunk k of the rows of D: the second moments of all-pairs cosines are
// |M|_F^2 of their sum. Chunks are added up in float64 by the caller.
//
//   d: rows x cols, stride ld_d        m: chunks x cols x cols, symmetric
//
//           j .. j+T-1
//         +---------+    one invocation takes a T x T tile (T = 4 W) with j >= i, and
//   i     |  tile   |    writes it on both sides of the diagonal; it walks down the rows
//  i+T-1  +---------+    of a chunk, W vec4s of d[r][i..] and W of d[r][j..] at a time
//
// READ: 0 floats of a storage block, any width; 1 vec4s of it, cols a multiple of 4 W;
// 2 texels of a buffer texture, the same. Cost: rows cols^2 multiply-adds.
// Go twin: cosine_gram.go
#include "group.glsl"

#ifndef READ
#define READ 0
#endif
#ifndef W
#define W 1
#endif

layout(local_size_x = 16) in;

layout(std430, binding = 0) writeonly buffer BufM { float m[]; };
#if READ == 2
layout(binding = 1) uniform samplerBuffer d;
#elif READ == 1
layout(std430, binding = 1) readonly buffer BufD { vec4 d[]; };
#else
layout(std430, binding = 1) readonly buffer BufD { float d[]; };
#endif
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_d;
};

vec4 four(uint row, uint c) {
#if READ == 2
    return texelFetch(d, int(mg_off[1] + (row * uint(ld_d) + c) / 4u));
#elif READ == 1
    return d[(mg_off[1] + row * uint(ld_d) + c) / 4u];
#else
    vec4 v = vec4(0.0);
    for (uint i = 0u; i < 4u; i++) {
        if (c + i < uint(cols)) v[i] = d[mg_off[1] + row * uint(ld_d) + c + i];
    }
    return v;
#endif
}

// A tile's row k is the vec4 s (and t, where W is 2), times the element v of the other row.
#if W == 2
#define ROWS(F) \
    F(0u, s0, t0, p.x) F(1u, s1, t1, p.y) F(2u, s2, t2, p.z) F(3u, s3, t3, p.w) \
    F(4u, s4, t4, q.x) F(5u, s5, t5, q.y) F(6u, s6, t6, q.z) F(7u, s7, t7, q.w)
#define ZERO(k, s, t, v) vec4 s = vec4(0.0), t = vec4(0.0);
#define ADD(k, s, t, v) s += v * a; t += v * b;
#define STORE(k, s, t, v) store(i + k, j, s); store(i + k, j + 4u, t);
#else
#define ROWS(F) F(0u, s0, 0, p.x) F(1u, s1, 0, p.y) F(2u, s2, 0, p.z) F(3u, s3, 0, p.w)
#define ZERO(k, s, t, v) vec4 s = vec4(0.0);
#define ADD(k, s, t, v) s += v * a;
#define STORE(k, s, t, v) store(i + k, j, s);
#endif

uint base; // of this chunk's product in m

void store(uint row, uint col, vec4 s) {
    if (row >= uint(cols)) return;
    for (uint v = 0u; v < 4u; v++) {
        uint c = col + v;
        if (c < row || c >= uint(cols)) continue;
        m[base + row * uint(cols) + c] = s[v];
        m[base + c * uint(cols) + row] = s[v];
    }
}

void main() {
    const uint T = 4u * uint(W);
    uint tiles = (uint(cols) + T - 1u) / T;
    uint chunks = max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk));
    uint id = invocation_id();
    uint k = id / (tiles * tiles);
    uint tile = id - k * tiles * tiles;
    uint i = tile / tiles * T;
    uint j = tile % tiles * T;
    if (k >= chunks || j < i) return;
    base = mg_off[0] + k * uint(cols) * uint(cols);

    ROWS(ZERO)
    uint to = min((k + 1u) * uint(chunk), uint(rows));
    for (uint r = k * uint(chunk); r < to; r++) {
        vec4 p = four(r, i);
        vec4 a = four(r, j);
#if W == 2
        vec4 q = four(r, i + 4u);
        vec4 b = four(r, j + 4u);
#endif
        ROWS(ADD)
    }
    ROWS(STORE)
}
