#version 430 core
// Lengths and sums of unit rows, in one read: norm[r] = |x[r]|, and for chunk k of the rows
// y[2k][c] = sum of x[r][c] / max(norm[r], 1e-12), y[2k+1][c] = what rounding took from it.
//
//   x: rows x cols, stride ld_x     norm: rows     y: 2 chunks x cols
//
//            a group has a chunk:
//            1. a lane takes a row       2. a lane takes columns (READ 1, 2: four at a time)
//            --->                        | | | | | | | |
//            --->                        v v v v v v v v
//
// The second time the rows come from a cache. Sums are compensated: TwoSum keeps the errors
// (Ogita, Rump, Oishi 2005, Sum2). READ: 0 floats of a storage block, 1 vec4s of it, 2 texels.
// Cost: one read of x. Go twin: unit_column_sum.go
#include "group.glsl"
#include "special.glsl"

#ifndef READ
#define READ 0
#endif
#define LANES 64
#define MOST 256 // rows of a chunk

layout(local_size_x = LANES) in;

#if READ == 0
#define T float
#define WIDTH 1
#define TOTAL(v) (v)
#else
#define T vec4
#define WIDTH 4
#define TOTAL(v) (((v).x + (v).y) + ((v).z + (v).w))
#endif
layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) writeonly buffer BufNorm { float norm[]; };
#if READ == 2
layout(binding = 2) uniform samplerBuffer x;
#define X(i) texelFetch(x, int(mg_off[2] + (i)))
#else
layout(std430, binding = 2) readonly buffer BufX { T x[]; };
#define X(i) x[mg_off[2] / WIDTH + (i)]
#endif
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_x;
};

shared float factor[MOST];

void main() {
    uint lane = gl_LocalInvocationIndex;
    uint width = uint(cols) / WIDTH;
    uint step = uint(ld_x) / WIDTH;
    uint k = group_id();
    uint first = k * uint(chunk);
    uint n = min(uint(chunk), uint(rows) - first);

    for (uint r = lane; r < n; r += LANES) {
        uint at = (first + r) * step;
        T squares = T(0.0);
        for (uint c = 0u; c < width; c++) {
            T v = X(at + c);
            squares += v * v;
        }
        float q = TOTAL(squares);
        float length_ = is_finite(q) ? sqrt(q) : q;
        norm[mg_off[1] + first + r] = length_;
        factor[r] = 1.0 / at_least(1e-12, length_);
    }
    barrier();

    for (uint c = lane; c < width; c += LANES) {
        uint at = first * step + c;
        precise T s = T(0.0);
        precise T e = T(0.0);
        for (uint r = 0u; r < n; r++) {
            precise T v = X(at + r * step) * factor[r];
            precise T t = s + v;
            precise T z = t - s;
            precise T q = (s - (t - z)) + (v - z);
            s = t;
            e = e + q;
        }
        precise T sum = s + e;
        precise T z = sum - s;
        precise T rest = (s - (sum - z)) + (e - z);
        uint to = mg_off[0] / WIDTH + 2u * k * width + c;
        y[to] = sum;
        y[to + width] = rest;
    }
}
