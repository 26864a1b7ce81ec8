// Attention in tiles, for GPUs: 64 rows of one side (queries, say) with 64 of the other, by a
// group of 128. Invocation i has rows 8 (i / 16) .. +7 and columns 4 (i % 16) .. +3:
//
//   DOTS(NAME, A, B)   NAME(s, ..): s[c][h][e] = A_row . B_column, row = 4 h + e of the eight
//   TIMES(NAME, B)     NAME(a, ..): a[row] += sum over columns of weight[column][row] B_column,
//                      in dimensions d0 + 4 (i % 16) .. +3
//
//          16 dimensions         columns                    64 dimensions
//         +------+      b    +-------------+             +---------------+
//  64     |slab_a|   x slab  |   weight    |   x slab_b  | 16 columns    |
//  rows   +------+           +-------------+             +---------------+
//
// make these functions for buffers A and B, in which row 0 of the head lies at at_a, at_b. Both
// go in slabs of 16 through shared memory, with 0 where there is no row, column or dimension.
// Widths, strides and offsets are multiples of 4. All of a group must call them; they begin with
// a barrier. The reader includes unroll.glsl first and defines `width`.

// Dimensions d .. d+3 of row r of n.
#define FOUR(X, at, ld, r, n, d) ((r) < (n) && (d) < width ? X[((at) + (r) * (ld) + (d)) >> 2] : vec4(0.0))

layout(local_size_x = 128) in;

shared vec4 slab_a[16][17]; // [dimension][four rows]
shared vec4 slab_b[16][17]; // [dimension][four columns], or [column][four dimensions]
shared vec4 weight[64][16];
// The weights of column c for rows 4 r .. +3. Each column begins further along its line, so that
// what eight neighbours store at once falls into different banks; so do the slabs' blocks below.
#define WEIGHT(c, r) weight[c][((r) + (c) / 4) % 16]

#define DOTS(NAME, A, B)                                                                           \
    void NAME(out vec4 s[4][2], int at_a, int ld_a, int a0, int rows, int at_b, int ld_b, int b0, int columns) { \
        int i = int(gl_LocalInvocationIndex);                                                      \
        int r = i % 64 / 16 * 16 + i / 2 % 4 * 4, d = i % 2 * 4 + i / 8 % 2 * 8;                   \
        for (int c = 0; c < 4; c++) s[c][0] = s[c][1] = vec4(0.0);                                 \
        for (int d0 = 0; d0 < width; d0 += 16) {                                                   \
            barrier();                                                                             \
            if (i < 64) {                                                                          \
                mat4 x = transpose(mat4(                                                           \
                    FOUR(A, at_a, ld_a, a0 + r, rows, d0 + d), FOUR(A, at_a, ld_a, a0 + r + 1, rows, d0 + d), \
                    FOUR(A, at_a, ld_a, a0 + r + 2, rows, d0 + d), FOUR(A, at_a, ld_a, a0 + r + 3, rows, d0 + d))); \
                for (int j = 0; j < 4; j++) slab_a[d + j][r / 4] = x[j];                           \
            } else {                                                                               \
                mat4 x = transpose(mat4(                                                           \
                    FOUR(B, at_b, ld_b, b0 + r, columns, d0 + d), FOUR(B, at_b, ld_b, b0 + r + 1, columns, d0 + d), \
                    FOUR(B, at_b, ld_b, b0 + r + 2, columns, d0 + d), FOUR(B, at_b, ld_b, b0 + r + 3, columns, d0 + d))); \
                for (int j = 0; j < 4; j++) slab_b[d + j][r / 4] = x[j];                           \
            }                                                                                      \
            barrier();                                                                             \
            UNROLL for (int t = 0; t < 16; t++) {                                                  \
                vec4 u0 = slab_a[t][i / 16 * 2], u1 = slab_a[t][i / 16 * 2 + 1], w = slab_b[t][i % 16]; \
                UNROLL for (int c = 0; c < 4; c++) {                                               \
                    s[c][0] += w[c] * u0;                                                          \
                    s[c][1] += w[c] * u1;                                                          \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

#define TIMES(NAME, B)                                                                             \
    void NAME(inout vec4 a[8], int d0, int at_b, int ld_b, int b0, int columns) {                  \
        int i = int(gl_LocalInvocationIndex);                                                      \
        for (int c0 = 0; c0 < min(64, columns - b0); c0 += 16) {                                   \
            barrier();                                                                             \
            for (int c = i / 16; c < 16; c += 8)                                                   \
                slab_b[c][i % 16] = FOUR(B, at_b, ld_b, b0 + c0 + c, columns, d0 + i % 16 * 4);    \
            barrier();                                                                             \
            UNROLL for (int c = 0; c < 16; c++) {                                                  \
                vec4 u0 = WEIGHT(c0 + c, i / 16 * 2), u1 = WEIGHT(c0 + c, i / 16 * 2 + 1), w = slab_b[c][i % 16]; \
                UNROLL for (int e = 0; e < 4; e++) {                                               \
                    a[e] += u0[e] * w;                                                             \
                    a[4 + e] += u1[e] * w;                                                         \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
