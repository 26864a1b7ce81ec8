#version 430 core
// Images with a border of zeros, and with channels of zeros:
//
//   y[n][i][j][k] = x[n][i - border][j - border][k] where that is a pixel and a channel, else 0
//
//   x: n images of h x w pixels of c channels, pixels ld_x apart
//   y: n images of (h + 2 border) x (w + 2 border) pixels of width channels, pixels ld_y apart
//
// A convolution of such images never looks outside, and reads four channels at once. One
// invocation takes one element (VEC 1) or four neighbours (VEC 4), or, with PIXEL, those of a
// whole pixel, one after the other: to find out which pixel it is takes longest on a processor.
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

void copy_channels(uint from_col, uint to_col) {
    int lines = h + 2 * border, pixels = w + 2 * border;
    int line = int(row) / pixels;
    int i = line % lines - border, j = int(row) - line * pixels - border;
    bool inside = i >= 0 && i < h && j >= 0 && j < w;
    uint from = mg_off[1] / VEC + uint((line / lines * h + i) * w + j) * uint(ld_x / VEC);
    uint to = mg_off[0] / VEC + row * uint(ld_y / VEC);
    uint known = inside ? uint(c) / VEC : 0u;
    for (col = from_col; col < to_col; col++) {
        T v = T(0.0);
        if (col < known) v = x[from + col];
        y[to + col] = v;
    }
}

void main() {
    int count = n * (h + 2 * border) * (w + 2 * border);
#ifdef PIXEL
    row = invocation_id();
    if (row < uint(count)) copy_channels(0u, uint(width) / VEC);
#else
    if (element(count, width)) copy_channels(col, col + 1u);
#endif
}
