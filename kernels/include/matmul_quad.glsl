// Loads of 4 x 4 elements of op(A) and op(B), for tiles in shared memory; 0 beyond the edges.
//
//   quad_a(at, r, kk)[j] = rows r .. r+3 of op(A) at k = kk+j        (a column of op(A))
//   quad_b(at, kk, c)[j] = columns c .. c+3 of op(B) at k = kk+j     (a row of op(B))
//
// Memory is read along its rows, four floats at once where VEC is 4 (then sizes along rows,
// strides and offsets are multiples of 4); what lies the other way is turned in registers.
#include "unroll.glsl"
#include "matmul.glsl"

// Elements j .. j+3 of row i of a matrix of rows x cols in buffer X.
#if VEC == 4
#define FOUR(X, at, ld, rows, cols, i, j) ((i) < (rows) && (j) < (cols) ? X[((at) + (i) * (ld) + (j)) >> 2] : vec4(0.0))
#else
#define ONE(X, at, ld, rows, cols, i, j) ((i) < (rows) && (j) < (cols) ? X[(at) + (i) * (ld) + (j)] : 0.0)
#define FOUR(X, at, ld, rows, cols, i, j) vec4(ONE(X, at, ld, rows, cols, i, j), ONE(X, at, ld, rows, cols, i, (j) + 1), \
                                               ONE(X, at, ld, rows, cols, i, (j) + 2), ONE(X, at, ld, rows, cols, i, (j) + 3))
#endif

#if TA
vec4 four_a(int at, int i, int j) { return FOUR(a, at, ld_a, k, m, i, j); }
mat4 quad_a(int at, int r, int kk) { return mat4(four_a(at, kk, r), four_a(at, kk + 1, r), four_a(at, kk + 2, r), four_a(at, kk + 3, r)); }
#else
vec4 four_a(int at, int i, int j) { return FOUR(a, at, ld_a, m, k, i, j); }
mat4 quad_a(int at, int r, int kk) { return transpose(mat4(four_a(at, r, kk), four_a(at, r + 1, kk), four_a(at, r + 2, kk), four_a(at, r + 3, kk))); }
#endif

#if TB
vec4 four_b(int at, int i, int j) { return FOUR(b, at, ld_b, n, k, i, j); }
mat4 quad_b(int at, int kk, int c) { return transpose(mat4(four_b(at, c, kk), four_b(at, c + 1, kk), four_b(at, c + 2, kk), four_b(at, c + 3, kk))); }
#else
vec4 four_b(int at, int i, int j) { return FOUR(b, at, ld_b, k, n, i, j); }
mat4 quad_b(int at, int kk, int c) { return mat4(four_b(at, kk, c), four_b(at, kk + 1, c), four_b(at, kk + 2, c), four_b(at, kk + 3, c)); }
#endif

// Which 4 x 4 block of a tile of `wide` rows or columns x 16 k the i-th invocation loads:
// x across, y along k. The 32 invocations of a warp read whole lines of memory: 8 rows of 16 k,
// or 4 k of 32 ... 128 neighbours. In shared memory [k][wide / 4 + 1] of vec4 the eight that are
// stored at once fall into different banks: 4 y + x / 4 differs mod 8 where y is 0, 1 (or 2, 3)
// and x / 4 counts to 4.
ivec2 block(int i, int wide, bool along_k) {
    return 4 * (along_k ? ivec2(i / 16 * 4 + i / 2 % 4, i % 2 + i / 8 % 2 * 2) : ivec2(i % (wide / 4), i / (wide / 4)));
}
