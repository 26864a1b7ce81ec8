// What every variant of a convolution and of its gradient shares: parameters, buffers, and
// which pixels and taps meet.
//
//   x, dx:   n images of h x w pixels of c channels     pixels ld_x apart
//   y, dy:   n images of oh x ow pixels of o channels   pixels ld_y apart
//   weights: o x kh x kw x c                            taps ld_w apart
//
// Forward, tap ky of row oy of y reads row oy stride - padding + ky of x. BACK is its transpose:
// row iy of dx reads row (iy + padding - ky) / stride of dy, for those ky that leave no
// remainder. Which these are depends on iy modulo stride alone. Pixels that agree in it make a
// class, and take the same taps:
//
//     stride 2:   0 1 0 1     four classes; within one, neighbours read neighbours of dy, so
//                 2 3 2 3     that a gradient is a convolution with a part of the taps
//                 0 1 0 1
//
// Both in the same words: output pixel q of a class sums over its taps j and over depth.
#include "group.glsl"
#include "activation.glsl"

#ifndef BACK
#define BACK 0
#endif
#ifndef VEC
#define VEC 1
#endif

#if BACK
layout(std430, binding = 0) buffer BufDx { float dx[]; };
#if defined(TEXEL)
layout(binding = 1) uniform samplerBuffer dy;
layout(binding = 2) uniform samplerBuffer weights;
#elif VEC == 4
layout(std430, binding = 1) readonly buffer BufDy { vec4 dy[]; };
layout(std430, binding = 2) readonly buffer BufWeights { vec4 weights[]; };
#else
layout(std430, binding = 1) readonly buffer BufDy { float dy[]; };
layout(std430, binding = 2) readonly buffer BufWeights { float weights[]; };
#endif
layout(std140, binding = 0) uniform Params {
    int n;
    int h;
    int w;
    int c;
    int oh;
    int ow;
    int o;
    int kh;
    int kw;
    int stride;
    int padding;
    int border;
    int ld_dx;
    int ld_dy;
    int ld_w;
    int accumulate;
};
#define OUT dx
#define IN dy
#define OUT_LD ld_dx
#define IN_LD ld_dy
#define WIDTH c
#define DEPTH o
#define IN_H (oh + 2 * border)
#define IN_W (ow + 2 * border)
#define STEP 1
#define DIR (-1)
const int act = 0;
#else
layout(std430, binding = 0) buffer BufY { float y[]; };
#if defined(TEXEL)
layout(binding = 1) uniform samplerBuffer x;
layout(binding = 2) uniform samplerBuffer weights;
#elif VEC == 4
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
layout(std430, binding = 2) readonly buffer BufWeights { vec4 weights[]; };
#else
layout(std430, binding = 1) readonly buffer BufX { float x[]; };
layout(std430, binding = 2) readonly buffer BufWeights { float weights[]; };
#endif
layout(std430, binding = 3) readonly buffer BufBias { float bias[]; };
layout(std430, binding = 4) readonly buffer BufResidual { float residual[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int h;
    int w;
    int c;
    int oh;
    int ow;
    int o;
    int kh;
    int kw;
    int stride;
    int padding;
    int ld_y;
    int ld_x;
    int ld_w;
    int ld_r;
    int has_bias;
    int has_residual;
    int act;
};
#define OUT y
#define IN x
#define OUT_LD ld_y
#define IN_LD ld_x
#define WIDTH o
#define DEPTH c
#define IN_H h
#define IN_W w
#define STEP stride
#define DIR 1
#endif

// One class of output pixels: how many along each axis and in all, how many taps, and which
// input pixel the output pixel 0 meets at tap 0. Forward there is but one class.
ivec2 pixels, taps, origin;
int rows;
#if BACK
ivec2 rest, tap0;
#endif

int classes() { return BACK == 1 ? stride * stride : 1; }

// Rows of the largest class, the first.
int most_rows() {
#if BACK
    return n * ((h + stride - 1) / stride) * ((w + stride - 1) / stride);
#else
    return n * oh * ow;
#endif
}

void begin(int z) {
#if BACK
    rest = ivec2(z / stride, z % stride);
    pixels = max((ivec2(h, w) - rest + stride - 1) / stride, 0);
    tap0 = (rest + padding) % stride;
    taps = max((ivec2(kh, kw) - tap0 + stride - 1) / stride, 0);
    origin = (rest + padding - tap0) / stride + border;
#else
    pixels = ivec2(oh, ow);
    taps = ivec2(kh, kw);
    origin = ivec2(-padding);
#endif
    rows = n * pixels.x * pixels.y;
}

// Row r of a class, as image and pixel within the class.
ivec3 pixel_of(int r) {
    int line = r / pixels.y;
    return ivec3(line / pixels.x, line % pixels.x, r % pixels.y);
}

// Where the output pixel q lies, in pixels.
int out_pixel(ivec3 q) {
#if BACK
    return (q.x * h + q.y * stride + rest.x) * w + q.z * stride + rest.y;
#else
    return (q.x * oh + q.y) * ow + q.z;
#endif
}

// The row and column of the input that pixel q meets at tap 0; at tap j it is DIR j further.
ivec2 in_corner(ivec3 q) { return q.yz * STEP + origin; }

// The number of tap j of a class among the kh kw of an output channel.
int tap_of(int jy, int jx) {
#if BACK
    return (tap0.x + jy * stride) * kw + tap0.y + jx * stride;
#else
    return jy * kw + jx;
#endif
}

int at_out(int pixel, int col) { return int(mg_off[0]) + pixel * OUT_LD + col; }

// What is added to a sum: bias and residual, or what dx held before.
float addend(int pixel, int col) {
#if BACK
    return accumulate != 0 ? dx[at_out(pixel, col)] : 0.0;
#else
    float v = has_bias != 0 ? bias[int(mg_off[3]) + col] : 0.0;
    if (has_residual != 0) v += residual[int(mg_off[4]) + pixel * ld_r + col];
    return v;
#endif
}

// The last step for one element: addend and relu. An activation with exp is left to finish, of
// which an unrolled loop over registers would hold many copies.
void put(int pixel, int col, float sum) {
    float v = sum + addend(pixel, col);
    OUT[at_out(pixel, col)] = act == 1 ? relu(v) : v;
}

void finish(int pixel, int col) {
    int at = at_out(pixel, col);
    OUT[at] = activate(act, OUT[at]);
}
