#version 430 core
// dx = (dy - dot[r]) y, dot[r] = sum of dy y over row r: the gradient of softmax.
//
//   dx, dy, y: rows x cols, strides ld_dx, ld_dy, ld_y        dot: rows
//
// Go twin: softmax.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufDx { T dx[]; };
layout(std430, binding = 1) readonly buffer BufDy { T dy[]; };
layout(std430, binding = 2) readonly buffer BufY { T y[]; };
layout(std430, binding = 3) readonly buffer BufDot { float dot[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_dx;
    int ld_dy;
    int ld_y;
    int accumulate;
};

void main() {
    if (!element(rows, cols)) return;
    T g = (dy[AT(1, ld_dy)] - dot[mg_off[3] + row]) * y[AT(2, ld_y)];
    uint to = AT(0, ld_dx);
    dx[to] = accumulate != 0 ? dx[to] + g : g;
}
