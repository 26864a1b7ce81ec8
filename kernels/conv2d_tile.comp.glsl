#version 430 core
// The convolution (or BACK, its gradient) as a product of matrices that are never built, for
// GPUs: matmul_5_warp with other loads. A row of A is an output pixel's patch of the input,
// a column of B an output channel's weights; k runs over the depth of one tap after the other.
//
//        k: tap 0 | tap 1 | ..          channels
//        +-------+-------+--           +--------+
//      p |  x at q + tap |        k    |weights |    a group of 128 invocations (4 warps)
//      i |  or 0 outside |             |        |    has TILE x TILE sums, steps of 16 along
//      x +-------+-------+--           +--------+    k, through shared memory
//
// Each invocation loads blocks of 4 pixels x 4 k and 4 k x 4 channels: the pixels are the same
// at every step, so their corners are worked out once. With VEC 4 depths come in fours, so
// that four k belong to one tap; VEC 1 reads any layout, float by float.
// Cost: 2 kh kw c flops an element; about 48 kh kw c loop iterations where the compiler
// unrolls nothing. Go twin: conv2d.go
#include "unroll.glsl"
#include "conv2d.glsl"

#ifndef TILE
#define TILE 128
#endif
#define DEEP 16
#define ROWS (TILE / 16) // of an invocation
#define PARTS (TILE / 32) // of a warp's columns, 16 wide
#define BLOCKS TILE // blocks of 4 x 4 in a tile of A or B
layout(local_size_x = 128) in;

shared vec4 sa[DEEP][TILE / 4 + 1]; // [k][4 pixels]
shared vec4 sb[DEEP][TILE / 4 + 1]; // [k][4 channels]

ivec3 corner[4]; // of the pixels that this invocation loads: row and column in the input, and its image's first pixel
int depth; // of the product: all taps of the class

// The input at tap and k of a pixel, 0 outside the image.
#if VEC == 4
vec4 four_x(int i, int kk) {
    if (kk >= depth) return vec4(0.0);
    int j = kk / DEPTH;
    ivec2 at = corner[i].xy + DIR * ivec2(j / taps.y, j % taps.y);
    if (any(lessThan(at, ivec2(0))) || at.x >= IN_H || at.y >= IN_W) return vec4(0.0);
    return IN[(int(mg_off[1]) + (corner[i].z + at.x * IN_W + at.y) * IN_LD + kk - j * DEPTH) >> 2];
}
#else
float one_x(int i, int kk) {
    if (kk >= depth) return 0.0;
    int j = kk / DEPTH;
    ivec2 at = corner[i].xy + DIR * ivec2(j / taps.y, j % taps.y);
    if (any(lessThan(at, ivec2(0))) || at.x >= IN_H || at.y >= IN_W) return 0.0;
    return IN[int(mg_off[1]) + (corner[i].z + at.x * IN_W + at.y) * IN_LD + kk - j * DEPTH];
}
vec4 four_x(int i, int kk) { return vec4(one_x(i, kk), one_x(i, kk + 1), one_x(i, kk + 2), one_x(i, kk + 3)); }
#endif

// Where the weights of tap and k of output channel col lie; 0 beyond the last.
int at_w(int kk, int col) {
    int j = kk / DEPTH, k = kk - j * DEPTH;
    int tap = tap_of(j / taps.y, j % taps.y);
#if BACK
    return int(mg_off[2]) + (k * kh * kw + tap) * ld_w + col;
#else
    return int(mg_off[2]) + (col * kh * kw + tap) * ld_w + k;
#endif
}
// Four neighbours in memory: four k of a channel, or (BACK) four channels of a k.
vec4 four_w(int kk, int col) {
    if (kk >= depth || col >= WIDTH) return vec4(0.0);
#if VEC == 4
    return weights[at_w(kk, col) >> 2];
#elif BACK
    int at = at_w(kk, col);
    return vec4(weights[at], col + 1 < WIDTH ? weights[at + 1] : 0.0, col + 2 < WIDTH ? weights[at + 2] : 0.0, col + 3 < WIDTH ? weights[at + 3] : 0.0);
#else
    return vec4(weights[at_w(kk, col)], kk + 1 < depth ? weights[at_w(kk + 1, col)] : 0.0,
        kk + 2 < depth ? weights[at_w(kk + 2, col)] : 0.0, kk + 3 < depth ? weights[at_w(kk + 3, col)] : 0.0);
#endif
}

// Which block of 4 x 4 an invocation loads where memory runs along k: x across, y along k. Eight
// neighbours store into different banks (include/matmul_quad.glsl).
ivec2 along_k(int i) { return 4 * ivec2(i / 16 * 4 + i / 2 % 4, i % 2 + i / 8 % 2 * 2); }

void main() {
    int g = int(group_id());
    int across = (WIDTH + TILE - 1) / TILE;
    int down = (most_rows() + TILE - 1) / TILE;
    begin(g / (across * down));
    if (rows == 0) return;
    g %= across * down;
    int row = g / across * TILE, col = g % across * TILE; // channels first: they share pixels
    int i = int(gl_LocalInvocationIndex);
    int warp = i / 32, lane = i % 32;
    int r0 = warp / 2 * (TILE / 2) + lane / 4 * ROWS;
    int c0 = warp % 2 * (TILE / 2) + lane % 4 * 4;
    depth = taps.x * taps.y * DEPTH;
    ivec2 from = along_k(i);
    UNROLL for (int j = 0; j < 4; j++) {
        ivec3 q = pixel_of(min(row + from.x % TILE + j, rows - 1));
        corner[j] = ivec3(in_corner(q), q.x * IN_H * IN_W);
    }
    vec4 sum[ROWS][PARTS];
    UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] = vec4(0.0);

    for (int k0 = 0; k0 < depth; k0 += DEEP) {
        // TILE 128: everybody loads a block of A and one of B. TILE 64: half of them A, half B.
        if (i < BLOCKS) {
            int kk = k0 + from.y;
            mat4 v = transpose(mat4(four_x(0, kk), four_x(1, kk), four_x(2, kk), four_x(3, kk)));
            UNROLL for (int j = 0; j < 4; j++) sa[from.y + j][from.x / 4] = v[j];
        }
        if (i >= 128 - BLOCKS) {
            int b = i - (128 - BLOCKS);
#if BACK
            ivec2 at = 4 * ivec2(b % (TILE / 4), b / (TILE / 4));
            int kk = k0 + at.y;
            mat4 v = mat4(four_w(kk, col + at.x), four_w(kk + 1, col + at.x), four_w(kk + 2, col + at.x), four_w(kk + 3, col + at.x));
#else
            ivec2 at = along_k(b);
            int kk = k0 + at.y, cc = col + at.x;
            mat4 v = transpose(mat4(four_w(kk, cc), four_w(kk, cc + 1), four_w(kk, cc + 2), four_w(kk, cc + 3)));
#endif
            UNROLL for (int j = 0; j < 4; j++) sb[at.y + j][at.x / 4] = v[j];
        }
        barrier();
        UNROLL for (int kk = 0; kk < DEEP; kk++) {
            vec4 u[ROWS / 4], v[PARTS];
            UNROLL for (int r = 0; r < ROWS / 4; r++) u[r] = sa[kk][r0 / 4 + r];
            UNROLL for (int p = 0; p < PARTS; p++) v[p] = sb[kk][c0 / 4 + 4 * p];
            UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int p = 0; p < PARTS; p++) sum[r][p] += u[r / 4][r % 4] * v[p];
        }
        barrier();
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
        if (row + r0 + r >= rows) continue;
        int pixel = out_pixel(pixel_of(row + r0 + r));
        UNROLL for (int p = 0; p < PARTS; p++)
            UNROLL for (int j = 0; j < 4; j++)
                if (col + c0 + 16 * p + j < WIDTH) put(pixel, col + c0 + 16 * p + j, sum[r][p][j]);
    }
    if (act > 1)
        for (int j = 0; j < ROWS * PARTS * 4; j++) {
            int r = row + r0 + j / (PARTS * 4), cc = col + c0 + 16 * (j / 4 % PARTS) + j % 4;
            if (r < rows && cc < WIDTH) finish(out_pixel(pixel_of(r)), cc);
        }
}
