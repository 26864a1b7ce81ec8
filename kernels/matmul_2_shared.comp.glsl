#version 430 core
// Step 2, shared: tiles of A and B in shared memory. A group computes 16 x 16 elements of C,
// and walks along k in steps of 16:
//
//             k                       n
//        +---+---+---+           +---+---+
//      m |   | A |   |           |   |   |
//        +---+---+---+         k +---+---+         the 256 invocations load one tile of A
//        |   |===|===> steps     |   | B | "       and one of B, an element each, wait for
//        +---+---+---+           +---+-"-+ v       each other, and then take 16 products
//                                |   | v |         each from shared memory
//
// Gain: an element is loaded from memory once per 16 uses instead of once per use. What is
// left: each multiply-add still makes two loads, from shared memory.
// The column of padding keeps rows of a tile apart in the memory's banks.
// On a processor this is slower than step 1: there shared memory is memory like any other,
// and at a barrier every invocation is suspended.
// Cost: 2 m n k flops, m n k / 2 bytes; k + k/16 loop iterations. Go twin: matmul.go
#include "matmul.glsl"

#define TILE 16
layout(local_size_x = TILE, local_size_y = TILE) in;

shared float sa[TILE][TILE + 1]; // [row][k]
shared float sb[TILE][TILE + 1]; // [k][column]

void main() {
    ivec3 t = tile(tiles(m, TILE), tiles(n, TILE));
    int x = int(gl_LocalInvocationID.x), y = int(gl_LocalInvocationID.y);
    int row = t.y * TILE, col = t.z * TILE;
    int at_a = base_a(t.x), at_b = base_b(t.x);
    float sum = 0.0;
    for (int k0 = 0; k0 < k; k0 += TILE) {
        // x runs along the rows of memory, whichever way the operand lies.
#if TA
        sa[x][y] = row + x < m && k0 + y < k ? a[at_a + (k0 + y) * ld_a + row + x] : 0.0;
#else
        sa[y][x] = row + y < m && k0 + x < k ? a[at_a + (row + y) * ld_a + k0 + x] : 0.0;
#endif
#if TB
        sb[x][y] = col + y < n && k0 + x < k ? b[at_b + (col + y) * ld_b + k0 + x] : 0.0;
#else
        sb[y][x] = col + x < n && k0 + y < k ? b[at_b + (k0 + y) * ld_b + col + x] : 0.0;
#endif
        barrier();
        for (int kk = 0; kk < TILE; kk++) sum += sa[y][kk] * sb[kk][x];
        barrier();
    }
    put(t.x, row + y, col + x, sum);
    if (act > 1) finish(t.x, row + y, col + x);
}
