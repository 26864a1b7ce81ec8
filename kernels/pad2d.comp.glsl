#version 430 core
// Images with a border of zeros, and with channels of zeros:
//
//   y[n][i][j][k] = x[n][i - border][j - border][k] where that is a pixel and a channel, else 0
//
//   x: n images of h x w pixels of c channels, pixels ld_x apart
//   y: n images of (h + 2 border) x (w + 2 border) pixels of width channels, pixels ld_y apart
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). A convolution of such
// images never looks outside, and reads four channels at once.
// Cost: 4 bytes for every element of x and of y. Go twin: pad2d.go
#include "element.glsl"

layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int h;
    int w;
    int c;
    int border;
    int width;
    int ld_y;
    int ld_x;
};

void main() {
    int lines = h + 2 * border, pixels = w + 2 * border;
    if (!element(n * lines * pixels, width)) return;
    int line = int(row) / pixels;
    int i = line % lines - border, j = int(row) - line * pixels - border;
    T v = T(0.0);
    if (i >= 0 && i < h && j >= 0 && j < w && int(col) * VEC < c)
        v = x[mg_off[1] / VEC + uint((line / lines * h + i) * w + j) * uint(ld_x / VEC) + col];
    y[AT(0, ld_y)] = v;
}
