#version 430 core
// (lse_i, delta_i), delta_i = do_i . o_i for every query of every head: what the gradient of
// attention needs of a row, side by side.
//
//   rows: batch x heads x len x 2        lse: batch x heads x len
//   dout, o: (batch len) x (heads width), strides ld_dout, ld_o
//
// One invocation makes one pair. Go twin: attention_delta.go
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#define SUM(v) dot(v, vec4(1.0))
#else
#define T float
#define SUM(v) (v)
#endif

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufRows { float rows[]; };
layout(std430, binding = 1) readonly buffer BufLse { float lse[]; };
layout(std430, binding = 2) readonly buffer BufDout { T dout[]; };
layout(std430, binding = 3) readonly buffer BufO { T o[]; };
layout(std140, binding = 0) uniform Params {
    int batch;
    int len;
    int heads;
    int width;
    int ld_dout;
    int ld_o;
};

void main() {
    uint item = invocation_id(); // neighbours take the heads of one row
    uint row = item / uint(heads), head = item - row * uint(heads);
    if (row >= uint(batch * len)) return;
    uint at = (mg_off[2] + row * uint(ld_dout) + head * uint(width)) / VEC;
    uint at_o = (mg_off[3] + row * uint(ld_o) + head * uint(width)) / VEC;
    T s = T(0.0);
    for (uint c = 0u; c < uint(width) / VEC; c++) s += dout[at + c] * o[at_o + c];
    uint b = row / uint(len);
    uint i = (b * uint(heads) + head) * uint(len) + (row - b * uint(len));
    rows[mg_off[0] + 2u * i] = lse[mg_off[1] + i];
    rows[mg_off[0] + 2u * i + 1u] = SUM(s);
}
