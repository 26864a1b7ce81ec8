#version 430 core
// Step 1, naive: C = act(alpha op(A) op(B) + beta C + bias), an invocation an element.
//
//        k            n
//      +----+      +---c--+       +------+
//    m r====|    k |   "  |   ->  r   *  |     C[r][c] = sum over k of A[r][k] B[k][c]
//      +----+      |   "  |       +------+
//                  +------+
//
// Neighbours lie along a row of C, so that they read the same element of A and neighbours
// of B: the loads of a group fall together (coalesce). Even so every element of A and B is
// loaded n and m times: two loads for one multiply-add, and loads are what is slow.
// Cost: 2 m n k flops, 8 m n k bytes through the cache; k loop iterations. Go twin: matmul.go
#include "matmul.glsl"

layout(local_size_x = 16, local_size_y = 16) in;

void main() {
    int tiles_n = tiles(n, 16);
    int g = int(group_id());
    int z = g / (tiles(m, 16) * tiles_n);
    g -= z * tiles(m, 16) * tiles_n;
    int row = g / tiles_n * 16 + int(gl_LocalInvocationID.y);
    int col = g % tiles_n * 16 + int(gl_LocalInvocationID.x);
    if (row >= m || col >= n) return;
    int at_a = base_a(z), at_b = base_b(z);
    float sum = 0.0;
    for (int kk = 0; kk < k; kk++) {
        float x = a[at_a + (TA == 1 ? kk * ld_a + row : row * ld_a + kk)];
        float y = b[at_b + (TB == 1 ? col * ld_b + kk : kk * ld_b + col)];
        sum += x * y;
    }
    put(z, row, col, sum);
    if (act > 1) finish(z, row, col);
}
