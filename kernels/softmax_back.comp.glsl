#version 430 core
// dx = (dy - dot[r]) y, dot[r] = sum of dy y over row r: the gradient of softmax.
//
//   dx, dy, y: rows x cols, strides ld_y, ld_a, ld_b        dot: rows
//
// Go twin: softmax.go
#include "rowwise.glsl"

layout(std430, binding = 0) buffer BufDx { T dx[]; };
layout(std430, binding = 1) readonly buffer BufDy { T dy[]; };
layout(std430, binding = 2) readonly buffer BufY { T y[]; };
layout(std430, binding = 3) readonly buffer BufDot { float dot[]; };

void main() {
    if (!place()) return;
    T g = (dy[at(1, ld_a)] - dot[mg_off[3] + row]) * y[at(2, ld_b)];
    uint to = at(0, ld_y);
    dx[to] = accumulate != 0 ? dx[to] + g : g;
}
