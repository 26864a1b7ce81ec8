#version 430 core
// y[k][c] = sum of x[r][c] / max(norm[r], 1e-12) over the rows r of chunk k: sums of unit rows.
//
//   x: rows x cols, stride ld_x     norm: rows, the rows' lengths     y: chunks x cols
//
//            columns: one invocation each (VEC 4: four each)
//            | | | | | | | |
//   chunk 0  v v v v v v v v               neighbours read neighbours, row by row
//   chunk 1  v v v v v v v v
//
// The sum is compensated: TwoSum keeps the errors (Ogita, Rump, Oishi 2005, Sum2).
// Cost: one read of x. Go twin: unit_column_sum.go
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif

layout(local_size_x = 64) in;

#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std430, binding = 2) readonly buffer BufNorm { float norm[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_x;
};

void main() {
    uint width = uint(cols) / VEC;
    uint step = uint(ld_x) / VEC;
    uint i = invocation_id();
    uint k = i / width;
    uint col = i - k * width;
    uint chunks = max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk));
    if (k >= chunks) return;
    uint first = k * uint(chunk);
    uint n = min(uint(chunk), uint(rows) - first);
    uint at = mg_off[1] / VEC + first * step + col, of = mg_off[2] + first;
    precise T s = T(0.0);
    precise T e = T(0.0);
    for (uint j = 0u; j < n; j++) {
        float length_ = norm[of + j];
        precise T v = x[at + j * step] * (1.0 / (length_ < 1e-12 ? 1e-12 : length_));
        precise T t = s + v;
        precise T z = t - s;
        precise T q = (s - (t - z)) + (v - z);
        s = t;
        e = e + q;
    }
    y[mg_off[0] / VEC + i] = s + e;
}
