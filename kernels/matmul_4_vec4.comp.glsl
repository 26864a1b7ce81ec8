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
// Cost: 2 m n k flops, m n k / 16 bytes; about 5 k loop iterations where the compiler unrolls
// nothing. Go twin: matmul.go
#include "matmul_quad.glsl"

#define TILE 128
#define DEEP 16
layout(local_size_x = 256) in;

shared vec4 sa[DEEP][TILE / 4 + 1]; // [k][4 rows]
shared vec4 sb[DEEP][TILE / 4 + 1]; // [k][4 columns]

void main() {
    ivec3 t = tile(tiles(m, TILE), tiles(n, TILE));
    int i = int(gl_LocalInvocationIndex);
    int row = t.y * TILE, col = t.z * TILE;
    int at_a = base_a(t.x), at_b = base_b(t.x);
    ivec2 from = i < 128 ? block(i, TILE, TA == 0) : block(i - 128, TILE, TB == 1);
    int x = i % 16, y = i / 16;
    vec4 sum[8][2];
    for (int r = 0; r < 8; r++) sum[r][0] = sum[r][1] = vec4(0.0);

    for (int k0 = 0; k0 < k; k0 += DEEP) {
        if (i < 128) {
            mat4 q = quad_a(at_a, row + from.x, k0 + from.y);
            for (int j = 0; j < 4; j++) sa[from.y + j][from.x / 4] = q[j];
        } else {
            mat4 q = quad_b(at_b, k0 + from.y, col + from.x);
            for (int j = 0; j < 4; j++) sb[from.y + j][from.x / 4] = q[j];
        }
        barrier();
        for (int kk = 0; kk < min(DEEP, k - k0); kk++) {
            vec4 u0 = sa[kk][y], u1 = sa[kk][y + 16];
            vec4 v0 = sb[kk][x], v1 = sb[kk][x + 16];
            for (int r = 0; r < 4; r++) {
                sum[r][0] += u0[r] * v0;
                sum[r][1] += u0[r] * v1;
                sum[r + 4][0] += u1[r] * v0;
                sum[r + 4][1] += u1[r] * v1;
            }
        }
        barrier();
    }
    // Rows 4 y .. 4 y + 3 of the tile's upper and lower half, columns likewise.
    for (int r = 0; r < 8; r++)
        for (int c = 0; c < 8; c++)
            put(t.x, row + 4 * y + r % 4 + r / 4 * 64, col + 4 * x + c % 4 + c / 4 * 64, sum[r][c / 4][c % 4]);
    if (act > 1)
        for (int i = 0; i < 64; i++) finish(t.x, row + 4 * y + i / 8 % 4 + i / 32 * 64, col + 4 * x + i % 4 + i / 4 % 2 * 64);
}
