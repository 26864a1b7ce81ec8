#version 430 core
// The roofline of reading: sums along the columns of blocks of rows of 128 floats,
//
//   y[b][j] = sum over r < rows of x[b][r][j]
//
//   y: blocks x 128    x: blocks x rows x 128, rows a multiple of 4
//
// One invocation sums one vec4 of each row, four rows at a time, so that several reads are
// under way; 32 neighbours read a row. 4 bytes per float of x. x is a storage block or
// (TEXEL) a texel buffer. Go twin: read.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
#ifdef TEXEL
layout(binding = 1) uniform samplerBuffer x;
#define X(i) texelFetch(x, int(i))
const uint PER = 1u; // elements of mg_off in a vec4
#else
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
#define X(i) x[i]
const uint PER = 4u;
#endif
layout(std140, binding = 0) uniform Params {
    int blocks;
    int rows;
};

void main() {
    uint i = invocation_id();
    if (i >= 32u * uint(blocks)) return;
    uint at = mg_off[1] / PER + i / 32u * 32u * uint(rows) + i % 32u;
    vec4 a = vec4(0.0), b = a, c = a, d = a;
    for (int r = 0; r < rows; r += 4) {
        a += X(at); b += X(at + 32u); c += X(at + 64u); d += X(at + 96u);
        at += 128u;
    }
    y[mg_off[0] / 4u + i] = (a + b) + (c + d);
}
