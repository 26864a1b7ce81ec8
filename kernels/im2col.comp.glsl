#version 430 core
// The matrix of patches: a row for every output pixel of a convolution, a column for every weight.
//
//   patches[n oy ox][ky kx c] = x[n][oy s - p + ky][ox s - p + kx][c], 0 outside the image
//
//   x: n images of h x w pixels of c channels, pixels ld_x apart
//   patches: n oh ow rows of kh kw c, ld_p apart
//
//      x            +--kw--+              patches
//      . . . . . .  | 0  1 |            +-------+-------+
//      . . 0 1 . .  | 2  3 | kh  --->   | 0   1 | 2   3 |  row of this pixel
//      . . 2 3 . .  +------+            +-------+-------+
//
// An invocation copies one row of a patch, kw pixels that lie side by side; VEC 4: four
// channels at once. With the patches a convolution, and its gradient by the weights, is a
// product of matrices. Cost: kh kw times the bytes of x. Go twin: im2col.go
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufPatches { T patches[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int h;
    int w;
    int c;
    int oh;
    int ow;
    int kh;
    int kw;
    int stride;
    int padding;
    int ld_p;
    int ld_x;
};

void main() {
    int i = int(invocation_id());
    int row = i / kh;
    int ky = i - row * kh;
    if (row >= n * oh * ow) return;
    int line = row / ow;
    int iy = line % oh * stride - padding + ky;
    int ix = (row - line * ow) * stride - padding;
    bool inside = iy >= 0 && iy < h;
    int to = (int(mg_off[0]) + row * ld_p + ky * kw * c) / VEC;
    int from = (int(mg_off[1]) + ((line / oh * h + iy) * w + ix) * ld_x) / VEC;
    for (int kx = 0; kx < kw; kx++) {
        bool copied = inside && ix + kx >= 0 && ix + kx < w;
        for (int k = 0; k < c / VEC; k++) {
            T v = T(0.0);
            if (copied) v = x[from + k];
            patches[to + k] = v;
        }
        to += c / VEC;
        from += ld_x / VEC;
    }
}
