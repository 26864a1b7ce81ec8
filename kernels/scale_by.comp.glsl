#version 430 core
// y = s x, or y += s x, over a matrix of rows x cols with row strides. The factor lies on the
// device: a learned scale, a norm.
//
//   x, y: rows x cols, strides ld_x, ld_y        s: one element
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). Go twin: scale_by.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std430, binding = 2) readonly buffer BufS { float s[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
    int accumulate;
};

void main() {
    if (!element(rows, cols)) return;
    T v = s[mg_off[2]] * x[AT(1, ld_x)];
    uint i = AT(0, ld_y);
    if (accumulate != 0) v += y[i];
    y[i] = v;
}
