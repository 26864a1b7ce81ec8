// Element-wise kernels: an invocation takes VEC neighbours (1 or 4) of a row of a matrix.
//
//   T                   float or vec4
//   element(rows, cols) which one: sets row and col, or is false beyond the matrix
//   AT(i, ld)           its index in buffer i, whose rows lie ld elements apart (0: one
//                       row serves all)
//
// FLAT: all buffers are contiguous, and the matrix one long row: no division, which costs
// more than the rest of a shader on a processor.
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#else
#define T float
#endif

layout(local_size_x = 64) in;

uint row, col; // col in units of VEC

bool element(int rows, int cols) {
#ifdef FLAT
    row = 0u;
    col = invocation_id();
    return col < uint(rows) * uint(cols) / uint(VEC);
#else
    uint width = uint(cols) / uint(VEC);
    uint i = invocation_id();
    if (width == 0u) return false;
    row = i / width;
    col = i - row * width;
    return row < uint(rows);
#endif
}

#define AT(i, ld) (mg_off[i] / uint(VEC) + row * (uint(ld) / uint(VEC)) + col)
