#version 430 core
// dtable[target[s]] (+)= sum of dy[order[t]], t = starts[s] .. starts[s + 1] - 1: gradient of
// rows picked by number (gather_rows). Segments have different targets; other rows stay.
//
//   dtable: table_rows x cols, stride ld_table     dy: dy_rows x cols, stride ld_dy
//   order: terms, rows of dy       starts: segments + 1, rising       target: segments
//
//   order   | 5  9 | 0 | 2  3  8 |     a segment's terms are added from left to right,
//   starts  0      2   3         6     at most longest of them
//
// One invocation takes one element of a segment (VEC 1) or four neighbours (VEC 4).
// Go twin: gather_rows_back.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufDtable { T dtable[]; };
layout(std430, binding = 1) readonly buffer BufDy { T dy[]; };
layout(std430, binding = 2) readonly buffer BufOrder { int order[]; };
layout(std430, binding = 3) readonly buffer BufStarts { int starts[]; };
layout(std430, binding = 4) readonly buffer BufTarget { int target[]; };
layout(std140, binding = 0) uniform Params {
    int segments;
    int cols;
    int terms;
    int longest;
    int table_rows;
    int dy_rows;
    int ld_table;
    int ld_dy;
    int accumulate;
};

void main() {
    if (!element(segments, cols)) return;
    int from = starts[mg_off[3] + row];
    int to = min(starts[mg_off[3] + row + 1u], from + longest);
    uint at = mg_off[0] / uint(VEC) + uint(target[mg_off[4] + row]) * (uint(ld_table) / uint(VEC)) + col;
    T sum = accumulate != 0 ? dtable[at] : T(0.0);
    for (int t = from; t < to; t++) {
        uint term = uint(order[mg_off[2] + uint(t)]);
        sum += dy[mg_off[1] / uint(VEC) + term * (uint(ld_dy) / uint(VEC)) + col];
    }
    dtable[at] = sum;
}
