#version 430 core
// out[i] = table[index[i]]: rows picked by number. A number outside 0..table_rows gives a
// row of NaN, so that the fault shows.
//
//   table: table_rows x cols, stride ld_table     index: rows
//   dst:   rows x cols, stride ld_dst
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). Go twin: gather_rows.go
#include "element.glsl"

layout(std430, binding = 0) writeonly buffer BufDst { T dst[]; };
layout(std430, binding = 1) readonly buffer BufTable { T table[]; };
layout(std430, binding = 2) readonly buffer BufIndex { int index[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int table_rows;
    int ld_dst;
    int ld_table;
};

void main() {
    if (!element(rows, cols)) return;
    int from = index[mg_off[2] + row];
    T v = T(uintBitsToFloat(0x7FC00000u));
    if (from >= 0 && from < table_rows) {
        v = table[mg_off[1] / uint(VEC) + uint(from) * (uint(ld_table) / uint(VEC)) + col];
    }
    dst[AT(0, ld_dst)] = v;
}
