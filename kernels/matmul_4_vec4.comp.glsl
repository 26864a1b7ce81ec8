#version 430 core
// Step 4, vec4: 8 x 8 elements of C per invocation, and four floats per load. A group of
// 256 computes 128 x 128, in steps of 16 along k:
//
//      memory                          shared memory               registers
//      A: 4 rows x 4 k  --transpose--> sa[k][row / 4]   2 vec4 --> u    8 rows
//      B: 4 k x 4 cols  -------------> sb[k][col / 4]   2 vec4 --> v    8 columns, 64 sums
//
// One half of the invocations loads A, the other B, a 4 x 4 block each.
// Gain: A lies in shared memory with k outside, so that the eight rows an invocation needs are two
// loads; 4 loads serve 64 multiply-adds, and an element is loaded from memory once per
// 128 uses. The padding of one vec4 spreads a tile's rows over the memory's banks.
// TILE 32 has groups of 64 with 4 x 4 sums each: small matrices then make groups enough to
// occupy a GPU.
// Cost: 2 m n k flops, 8 m n k / TILE bytes; about 27 k loop iterations (TILE 32: 10 k)
// where the compiler unrolls nothing. Go twin: matmul.go
#include "matmul_quad.glsl"

#ifndef TILE
#define TILE 128
#endif
#define DEEP 16
#if TILE == 128
#define PARTS 2 // blocks of four rows, and of four columns, of an invocation
layout(local_size_x = 256) in;
#else
#define PARTS 1
layout(local_size_x = 64) in;
#endif
#define SIDE (TILE / 4 / PARTS) // invocations across

shared vec4 sa[DEEP][TILE / 4 + 1]; // [k][4 rows]
shared vec4 sb[DEEP][TILE / 4 + 1]; // [k][4 columns]

void main() {
    ivec3 t = tile(tiles(m, TILE), tiles(n, TILE));
    int i = int(gl_LocalInvocationIndex);
    int row = t.y * TILE, col = t.z * TILE;
    int at_a = base_a(t.x), at_b = base_b(t.x);
    ivec2 from = i < TILE ? block(i, TILE, TA == 0) : block(i - TILE, TILE, TB == 1);
    int x = i % SIDE, y = i / SIDE;
    vec4 sum[4 * PARTS][PARTS];
    UNROLL for (int r = 0; r < 4 * PARTS; r++) UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] = vec4(0.0);

    for (int k0 = 0; k0 < k; k0 += DEEP) {
        if (i < TILE) {
            mat4 q = quad_a(at_a, row + from.x, k0 + from.y);
            UNROLL for (int j = 0; j < 4; j++) sa[from.y + j][from.x / 4] = q[j];
        } else {
            mat4 q = quad_b(at_b, k0 + from.y, col + from.x);
            UNROLL for (int j = 0; j < 4; j++) sb[from.y + j][from.x / 4] = q[j];
        }
        barrier();
        UNROLL for (int kk = 0; kk < DEEP; kk++) { // beyond the last k there are zeros
            vec4 u[PARTS], v[PARTS];
            UNROLL for (int p = 0; p < PARTS; p++) {
                u[p] = sa[kk][y + SIDE * p];
                v[p] = sb[kk][x + SIDE * p];
            }
            UNROLL for (int r = 0; r < 4 * PARTS; r++)
                UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] += u[r / 4][r % 4] * v[p];
        }
        barrier();
    }
    // Rows 4 y .. 4 y + 3 of each part of the tile, 4 SIDE high; columns likewise.
    UNROLL for (int r = 0; r < 4 * PARTS; r++)
        UNROLL for (int p = 0; p < PARTS; p++)
            put4(t.x, row + 4 * y + r % 4 + r / 4 * 4 * SIDE, col + 4 * x + 4 * SIDE * p, sum[r][p]);
    if (act > 1)
        for (int i = 0; i < 4 * PARTS * PARTS; i++)
            finish4(t.x, row + 4 * y + i % 4 + i / 4 / PARTS * 4 * SIDE, col + 4 * x + 4 * SIDE * (i / 4 % PARTS));
}
