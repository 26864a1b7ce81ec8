#version 430 core
// M_k = D_k^T D_k for chunk k of the rows of D: the second moments of all-pairs cosines are
// |M|_F^2 of their sum. Chunks are added up in float64 by the caller.
//
//   d: rows x cols, stride ld_d        m: chunks x cols x cols, symmetric
//
//         j .. j+3
//       +---------+     one invocation takes a 4 x 4 tile with j >= i, and writes it
//   i   |  tile   |     on both sides of the diagonal; it walks down the rows of a
//  i+3  +---------+     chunk, four values d[r][i..] and four d[r][j..] at a time
//
// Cost: rows cols^2 multiply-adds. Go twin: cosine_gram.go
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif

layout(local_size_x = 16) in;

layout(std430, binding = 0) writeonly buffer BufM { float m[]; };
#if VEC == 4
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
    uint at = mg_off[1] + row * uint(ld_d) + c;
#if VEC == 4
    return d[at / 4u];
#else
    vec4 v = vec4(0.0);
    for (uint i = 0u; i < 4u; i++) {
        if (c + i < uint(cols)) v[i] = d[at + i];
    }
    return v;
#endif
}

void main() {
    uint tiles = (uint(cols) + 3u) / 4u;
    uint chunks = max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk));
    uint id = invocation_id();
    uint k = id / (tiles * tiles);
    uint tile = id - k * tiles * tiles;
    uint i = tile / tiles * 4u;
    uint j = tile % tiles * 4u;
    if (k >= chunks || j < i) return;

    vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
    uint to = min((k + 1u) * uint(chunk), uint(rows));
    for (uint r = k * uint(chunk); r < to; r++) {
        vec4 a = four(r, i);
        vec4 b = four(r, j);
        s0 += a.x * b;
        s1 += a.y * b;
        s2 += a.z * b;
        s3 += a.w * b;
    }
    vec4 s[4] = vec4[4](s0, s1, s2, s3);
    uint base = mg_off[0] + k * uint(cols) * uint(cols);
    for (uint u = 0u; u < 4u && i + u < uint(cols); u++) {
        for (uint v = 0u; v < 4u && j + v < uint(cols); v++) {
            if (j == i && v < u) continue;
            m[base + (i + u) * uint(cols) + j + v] = s[u][v];
            m[base + (j + v) * uint(cols) + i + u] = s[u][v];
        }
    }
}
