// Element-wise kernels: an invocation takes VEC neighbours (1 or 4) of a row of a matrix, or a run
// of such.
//
//   T                   float or vec4
//   INPUT(i, x);        declares buffer i, of T, that is only read
//   element(rows, cols) which one: sets row and col, or is false beyond the matrix
//   ELEMENTS ..         for every one of the run
//   IN(x, i, ld)        the element of an INPUT whose rows lie ld apart (0: one row serves all)
//   AT(i, ld)           its index in buffer i, an array of WORDS: unpack(y[at]), y[at] = pack(v)
//
// FLAT: all buffers are contiguous, and the matrix one long row: no division, which costs
// more than the rest of a shader on a processor.
//
// RUN: for processors, with VEC 4. Eight neighbours, which run as one vector, take 8 x 8 vec4 side
// by side, all of one row. A driver (llvmpipe) stores lane by lane, word by word: as pairs of
// floats in a double these are half as many. TEXEL: inputs are texel buffers, read as vectors.
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

#define AT(i, ld) (mg_off[i] / uint(VEC) + row * (uint(ld) / uint(VEC)) + col)

#ifdef RUN
#define WORDS dvec2
WORDS pack(T v) { return WORDS(packDouble2x32(floatBitsToUint(v.xy)), packDouble2x32(floatBitsToUint(v.zw))); }
T unpack(WORDS w) { return T(uintBitsToFloat(unpackDouble2x32(w.x)), uintBitsToFloat(unpackDouble2x32(w.y))); }
#define ELEMENTS for (uint k = 0u; k < 8u; k++, col += 8u)
#else
#define WORDS T
#define pack(v) (v)
#define unpack(w) (w)
#define ELEMENTS
#endif

#ifdef TEXEL
#define INPUT(i, x) layout(binding = i) uniform samplerBuffer x
#define IN(x, i, ld) texelFetch(x, int(mg_off[i] + row * (uint(ld) / uint(VEC)) + col))
#else
#define INPUT(i, x) layout(std430, binding = i) readonly buffer Buf##i { WORDS x[]; }
#define IN(x, i, ld) unpack(x[AT(i, ld)])
#endif

bool element(int rows, int cols) {
    uint i = invocation_id();
#ifdef RUN
    i += i / 8u * 56u;
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
