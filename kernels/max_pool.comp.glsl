#version 430 core
// The largest of every window of an image, channel by channel, and where it lies.
//
//   y[n][oy][ox][c] = max over ky, kx < size of x[n][oy s - p + ky][ox s - p + kx][c]
//   index[..] = iy w + ix of the first of the largest; of the last NaN, where there is one
//
//   x: n images of h x w pixels of c channels, pixels ld_x apart
//   y: n images of oh x ow pixels of c channels, pixels ld_y apart; index: the same, contiguous,
//      written where has_index is not 0
//
// Outside the image there is nothing; every window holds a pixel. One invocation takes one
// element (VEC 1) or four neighbours (VEC 4). Cost: size^2 loads an element. Go twin: max_pool.go
#include "element.glsl"
#include "special.glsl"

layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
#if VEC == 4
#define I ivec4
#else
#define I int
#endif
layout(std430, binding = 1) writeonly buffer BufIndex { I index[]; };
layout(std430, binding = 2) readonly buffer BufX { T x[]; };
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
    int ld_y;
    int ld_x;
    int has_index;
};

void pick(float v, int at, inout float best, inout int where) {
    if (v > best || is_nan(v)) {
        best = v;
        where = at;
    }
}
void pick(vec4 v, int at, inout vec4 best, inout ivec4 where) {
    pick(v.x, at, best.x, where.x);
    pick(v.y, at, best.y, where.y);
    pick(v.z, at, best.z, where.z);
    pick(v.w, at, best.w, where.w);
}

void main() {
    if (!element(n * oh * ow, c)) return;
    int line = int(row) / ow;
    ivec2 from = ivec2(line % oh, int(row) - line * ow) * stride - padding;
    ivec2 to = min(from + size, ivec2(h, w));
    from = max(from, 0);
    T best = T(-INF);
    I where = I(from.x * w + from.y);
    for (int iy = from.x; iy < to.x; iy++) {
        for (int ix = from.y; ix < to.y; ix++) {
            T v = x[mg_off[2] / VEC + uint((line / oh * h + iy) * w + ix) * uint(ld_x / VEC) + col];
            pick(v, iy * w + ix, best, where);
        }
    }
    y[AT(0, ld_y)] = best;
    if (has_index != 0) index[AT(1, c)] = where;
}
