#version 430 core
// Step 3, register: 4 x 4 elements of C per invocation, in registers. A group of 256
// computes 64 x 64, in steps of 16 along k:
//
//      one k of the tiles in shared memory:
//
//                      4 of sb
//                    +--+--+--+--+
//              +--+  |  |  |  |  |
//        4 of  +--+  +--+--+--+--+       8 loads, 16 multiply-adds
//        sa    +--+  |  16 sums  |
//              +--+  +--+--+--+--+
//
// Gain: half a load from shared memory per multiply-add instead of two, and each element is
// loaded from memory once per 64 uses. An invocation's rows and columns are 16 apart, so that
// neighbours read neighbours in shared memory.
// Cost: 2 m n k flops, m n k / 8 bytes; about 25 k loop iterations where the compiler unrolls
// nothing. Go twin: matmul.go
#include "matmul.glsl"

#define TILE 64
#define DEEP 16
#define EACH 4
#define APART 16 // = TILE / EACH
layout(local_size_x = APART, local_size_y = APART) in;

shared float sa[DEEP][TILE + 1]; // [k][row]
shared float sb[DEEP][TILE + 1]; // [k][column]

void main() {
    ivec3 t = tile(tiles(m, TILE), tiles(n, TILE));
    int x = int(gl_LocalInvocationID.x), y = int(gl_LocalInvocationID.y);
    int row = t.y * TILE, col = t.z * TILE;
    int at_a = base_a(t.x), at_b = base_b(t.x);
    float sum[EACH][EACH];
    for (int i = 0; i < EACH; i++) for (int j = 0; j < EACH; j++) sum[i][j] = 0.0;

    for (int k0 = 0; k0 < k; k0 += DEEP) {
        // Invocation number i loads elements i, i + 256, ... of each tile, along memory's rows.
        for (int e = 0; e < EACH; e++) {
            int i = int(gl_LocalInvocationIndex) + 256 * e;
            int r = TA == 1 ? i % TILE : i / DEEP, ka = TA == 1 ? i / TILE : i % DEEP;
            int c = TB == 1 ? i / DEEP : i % TILE, kb = TB == 1 ? i % DEEP : i / TILE;
            sa[ka][r] = row + r < m && k0 + ka < k ? a[at_a + (TA == 1 ? (k0 + ka) * ld_a + row + r : (row + r) * ld_a + k0 + ka)] : 0.0;
            sb[kb][c] = col + c < n && k0 + kb < k ? b[at_b + (TB == 1 ? (col + c) * ld_b + k0 + kb : (k0 + kb) * ld_b + col + c)] : 0.0;
        }
        barrier();
        for (int kk = 0; kk < DEEP; kk++) { // beyond the last k there are zeros
            float u[EACH], v[EACH];
            for (int i = 0; i < EACH; i++) {
                u[i] = sa[kk][y + APART * i];
                v[i] = sb[kk][x + APART * i];
            }
            for (int i = 0; i < EACH; i++) for (int j = 0; j < EACH; j++) sum[i][j] += u[i] * v[j];
        }
        barrier();
    }
    for (int i = 0; i < EACH; i++) for (int j = 0; j < EACH; j++) put(t.x, row + y + APART * i, col + x + APART * j, sum[i][j]);
    if (act > 1) for (int i = 0; i < EACH * EACH; i++) finish(t.x, row + y + APART * (i / EACH), col + x + APART * (i % EACH));
}
