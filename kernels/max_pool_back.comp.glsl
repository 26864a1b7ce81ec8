#version 430 core
// The gradient of max_pool: every window hands its dy to the pixel that was the largest. Seen
// from the pixel, so that nobody else writes it:
//
//   dx[n][iy][ix][c] (+)= sum of dy[n][oy][ox][c] over the windows that hold the pixel
//                         and have index[n][oy][ox][c] = iy w + ix
//
//   dx: n images of h x w pixels of c channels, pixels ld_dx apart
//   dy: n images of oh x ow pixels of c channels, pixels ld_dy apart; index: the same, contiguous
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4).
// Cost: (size / stride)^2 loads of dy and index an element. Go twin: max_pool_back.go
#include "element.glsl"

#if VEC == 4
#define I ivec4
T chosen(I index, int pixel, T d) { return mix(T(0.0), d, equal(index, I(pixel))); }
#else
#define I int
T chosen(I index, int pixel, T d) { return index == pixel ? d : 0.0; }
#endif
layout(std430, binding = 0) buffer BufDx { T dx[]; };
layout(std430, binding = 1) readonly buffer BufDy { T dy[]; };
layout(std430, binding = 2) readonly buffer BufIndex { I index[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int h;
    int w;
    int c;
    int oh;
    int ow;
    int size;
    int stride;
    int padding;
    int ld_dx;
    int ld_dy;
    int accumulate;
};

void main() {
    if (!element(n * h * w, c)) return;
    int line = int(row) / w;
    ivec2 at = ivec2(line % h, int(row) - line * w);
    int pixel = at.x * w + at.y;
    // Windows o with o stride - padding <= at < o stride - padding + size.
    ivec2 from = max(at + padding - size + stride, 0) / stride;
    ivec2 to = min((at + padding) / stride + 1, ivec2(oh, ow));
    T sum = T(0.0);
    for (int oy = from.x; oy < to.x; oy++) {
        for (int ox = from.y; ox < to.y; ox++) {
            uint i = uint((line / h * oh + oy) * ow + ox);
            sum += chosen(index[mg_off[2] / VEC + i * uint(c / VEC) + col], pixel, dy[mg_off[1] / VEC + i * uint(ld_dy / VEC) + col]);
        }
    }
    uint i = AT(0, ld_dx);
    dx[i] = accumulate != 0 ? dx[i] + sum : sum;
}
