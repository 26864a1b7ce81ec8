#version 430 core
// Step 5, warp: a group is four warps (32 invocations that run in step), and each warp owns
// a quarter of the TILE x TILE elements of C. For TILE 128:
//
//        group 128 x 128          warp 64 x 64               invocation 8 x 4 x 4
//      +--------+--------+      +---+---+---+---+       lane l has rows 8 (l / 4) .. +7, and of
//      | warp 0 | warp 1 |      |   |   |   |   | 64    every quarter, 16 columns wide, columns
//      +--------+--------+      |   |   |   |   |       4 (l % 4) .. +3: 128 sums
//      | warp 2 | warp 3 |      +---+---+---+---+
//      +--------+--------+       16  16  16  16
//
// Gain over step 4: twice the sums per invocation (6 loads of vec4 serve 128 multiply-adds), and
// the lanes of a warp read few different addresses at once: 8 blocks of rows, 4 of
// columns, each handed to all lanes that want it. This is kernel 10 of S. Boehm's "How to
// Optimize a CUDA Matmul Kernel", there 94 % of cuBLAS. TILE 64 has 4 x 4 x 2 sums and
// fills a GPU with smaller matrices.
// Cost: 2 m n k flops, 8 m n k / TILE bytes; about 48 k loop iterations where the compiler
// unrolls nothing. Go twin: matmul.go
#include "matmul_quad.glsl"

#ifndef TILE
#define TILE 128
#endif
#define DEEP 16
#define ROWS (TILE / 16) // of an invocation
#define PARTS (TILE / 32) // of a warp's columns, 16 wide
#define BLOCKS TILE // blocks of 4 x 4 in a tile of A or B
layout(local_size_x = 128) in;

shared vec4 sa[DEEP][TILE / 4 + 1]; // [k][4 rows]
shared vec4 sb[DEEP][TILE / 4 + 1]; // [k][4 columns]

void main() {
    ivec3 t = tile(tiles(m, TILE), tiles(n, TILE));
    int i = int(gl_LocalInvocationIndex);
    int warp = i / 32, lane = i % 32;
    int row = t.y * TILE, col = t.z * TILE;
    int at_a = base_a(t.x), at_b = base_b(t.x);
    int r0 = warp / 2 * (TILE / 2) + lane / 4 * ROWS;
    int c0 = warp % 2 * (TILE / 2) + lane % 4 * 4;
    vec4 sum[ROWS][PARTS];
    for (int r = 0; r < ROWS; r++) for (int p = 0; p < PARTS; p++) sum[r][p] = vec4(0.0);

    for (int k0 = 0; k0 < k; k0 += DEEP) {
        // TILE 128: everybody loads a block of A and one of B. TILE 64: half of them A, half B.
        if (i < BLOCKS) {
            ivec2 from = block(i, TILE, TA == 0);
            mat4 q = quad_a(at_a, row + from.x, k0 + from.y);
            for (int j = 0; j < 4; j++) sa[from.y + j][from.x / 4] = q[j];
        }
        if (i >= 128 - BLOCKS) {
            ivec2 from = block(i - (128 - BLOCKS), TILE, TB == 1);
            mat4 q = quad_b(at_b, k0 + from.y, col + from.x);
            for (int j = 0; j < 4; j++) sb[from.y + j][from.x / 4] = q[j];
        }
        barrier();
        for (int kk = 0; kk < min(DEEP, k - k0); kk++) {
            vec4 u[ROWS / 4], v[PARTS];
            for (int r = 0; r < ROWS / 4; r++) u[r] = sa[kk][r0 / 4 + r];
            for (int p = 0; p < PARTS; p++) v[p] = sb[kk][c0 / 4 + 4 * p];
            for (int r = 0; r < ROWS; r++) for (int p = 0; p < PARTS; p++) sum[r][p] += u[r / 4][r % 4] * v[p];
        }
        barrier();
    }
    for (int r = 0; r < ROWS; r++)
        for (int p = 0; p < PARTS; p++)
            for (int c = 0; c < 4; c++) put(t.x, row + r0 + r, col + c0 + 16 * p + c, sum[r][p][c]);
    if (act > 1)
        for (int i = 0; i < ROWS * PARTS * 4; i++) finish(t.x, row + r0 + i / (PARTS * 4), col + c0 + 16 * (i / 4 % PARTS) + i % 4);
}
