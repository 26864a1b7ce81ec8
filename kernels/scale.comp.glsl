#version 430 core
// y = alpha x (ADD 0) or y += alpha x (ADD 1), over a matrix of rows x cols with row strides.
// The factor is a parameter.
//
//   x, y: rows x cols, strides ld_x, ld_y
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). Go twin: scale.go
#include "element.glsl"

#ifndef ADD
#define ADD 0
#endif

#if ADD
layout(std430, binding = 0) buffer BufY { T y[]; };
#else
layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
#endif
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
    float alpha;
};

void main() {
    if (!element(rows, cols)) return;
    uint i = AT(0, ld_y);
    T v = alpha * x[AT(1, ld_x)];
#if ADD
    v += y[i];
#endif
    y[i] = v;
}
