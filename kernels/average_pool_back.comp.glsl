#version 430 core
// The gradient of global average pooling: every pixel of an image gets the same.
//
//   dx[n][p][c] (+)= dy[n][c] / pixels
//
//   dx: n images of as many pixels of c channels, ld_dx apart      dy: n x c, stride ld_dy
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4).
// Go twin: average_pool.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufDx { T dx[]; };
layout(std430, binding = 1) readonly buffer BufDy { T dy[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int pixels;
    int c;
    int ld_dx;
    int ld_dy;
    int accumulate;
};

void main() {
    if (!element(n * pixels, c)) return;
    T d = dy[mg_off[1] / VEC + row / uint(pixels) * uint(ld_dy / VEC) + col] / float(pixels);
    uint i = AT(0, ld_dx);
    dx[i] = accumulate != 0 ? dx[i] + d : d;
}
