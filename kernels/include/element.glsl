// Element-wise kernels: an invocation takes VEC neighbours (1 or 4) of a row of a matrix, or RUN
// times as many. Buffers are those of include/words.glsl.
//
//   element(rows, cols) which one: sets row and col, or is false beyond the matrix
//   ELEMENTS ..         for every one of the run
//   IN(x, i, ld)        the element of input i, whose rows lie ld apart (0: one row serves all)
//   AT(i, ld)           its index in a buffer i that is written
//
// FLAT: all buffers are contiguous, and the matrix one long row: no division, which costs
// more than the rest of a shader on a processor.
//
// RUN, for processors: eight neighbours, which run as one vector, take 8 RUN vec4 side by side,
// which are of one row.
#include "group.glsl"
#include "words.glsl"

layout(local_size_x = 64) in;

uint row, col; // col in units of VEC

#define PLACE(ld) (row * (uint(ld) / uint(VEC)) + col)
#define AT(i, ld) (mg_off[i] / uint(VEC) + PLACE(ld))
#define IN(x, i, ld) READ(x, i, PLACE(ld))

#ifdef RUN
#define ELEMENTS for (uint k = 0u; k < uint(RUN); k++, col += 8u)
#else
#define ELEMENTS
#endif

bool element(int rows, int cols) {
    uint i = invocation_id();
#ifdef RUN
    i += i / 8u * (8u * (uint(RUN) - 1u));
#endif
#ifdef FLAT
    row = 0u;
    col = i;
    return col < uint(rows) * uint(cols) / uint(VEC);
#else
    uint width = uint(cols) / uint(VEC);
    if (width == 0u) return false;
    row = i / width;
    col = i - row * width;
    return row < uint(rows);
#endif
}
