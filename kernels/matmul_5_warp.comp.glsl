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
// fills a GPU with smaller matrices. AHEAD loads the next step's blocks into registers before it
// computes with this one's, for devices where too few groups run at once to hide the wait.
// Cost: 2 m n k flops, 8 m n k / TILE bytes; about 48 k loop iterations where the compiler
// unrolls nothing. Go twin: matmul.go
#include "matmul_quad.glsl"

#ifndef TILE
#define TILE 128
#endif
#ifndef AHEAD
#define AHEAD 0
#endif
#define DEEP 16
#define ROWS (TILE / 16) // of an invocation
#define PARTS (TILE / 32) // of a warp's columns, 16 wide
#define BLOCKS TILE // blocks of 4 x 4 in a tile of A or B
layout(local_size_x = 128) in;

// This invocation's blocks, from kk on.
#define LOAD(kk) { \
    if (loads_a) qa = quad_a(at_a, row + from_a.x, (kk) + from_a.y); \
    if (loads_b) qb = quad_b(at_b, (kk) + from_b.y, col + from_b.x); \
}

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
    UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] = vec4(0.0);

    // TILE 128: everybody loads a block of A and one of B. TILE 64: half of them A, half B.
    bool loads_a = i < BLOCKS, loads_b = i >= 128 - BLOCKS;
    ivec2 from_a = block(i % BLOCKS, TILE, TA == 0), from_b = block(i % BLOCKS, TILE, TB == 1);
    mat4 qa = mat4(0.0), qb = mat4(0.0);
    if (AHEAD == 1) LOAD(0)
    for (int k0 = 0; k0 < k; k0 += DEEP) {
        if (AHEAD == 0) LOAD(k0)
        if (loads_a) UNROLL for (int j = 0; j < 4; j++) sa[from_a.y + j][from_a.x / 4] = qa[j];
        if (loads_b) UNROLL for (int j = 0; j < 4; j++) sb[from_b.y + j][from_b.x / 4] = qb[j];
        barrier();
        if (AHEAD == 1) LOAD(k0 + DEEP)
        UNROLL for (int kk = 0; kk < DEEP; kk++) { // beyond the last k there are zeros
            vec4 u[ROWS / 4], v[PARTS];
            UNROLL for (int r = 0; r < ROWS / 4; r++) u[r] = sa[kk][r0 / 4 + r];
            UNROLL for (int p = 0; p < PARTS; p++) v[p] = sb[kk][c0 / 4 + 4 * p];
            UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] += u[r / 4][r % 4] * v[p];
        }
        barrier();
    }
    UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int p = 0; p < PARTS; p++) put4(t.x, row + r0 + r, col + c0 + 16 * p, sum[r][p]);
    if (act > 1)
        for (int i = 0; i < ROWS * PARTS; i++) finish4(t.x, row + r0 + i / PARTS, col + c0 + 16 * (i % PARTS));
}
