#version 430 core
// y = act(x scale[c] + shift[c] + residual), over a matrix of rows x cols: batch normalisation
// with known mean and variance.
//
//   y, x, residual: rows x cols, strides ld_y, ld_x, ld_r; residual is read where has_residual
//   is not 0
//   scale, shift: cols
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). An activation with exp is
// a loop of one iteration or none: processors run both sides of a branch.
// Go twin: column_affine.go
#include "element.glsl"
#include "activation.glsl"

layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std430, binding = 2) readonly buffer BufScale { T scale[]; };
layout(std430, binding = 3) readonly buffer BufShift { T shift[]; };
layout(std430, binding = 4) readonly buffer BufResidual { T residual[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
    int ld_r;
    int has_residual;
    int act;
};

void main() {
    if (!element(rows, cols)) return;
    T v = x[AT(1, ld_x)] * scale[AT(2, 0)] + shift[AT(3, 0)];
    if (has_residual != 0) v += residual[AT(4, ld_r)];
    if (act == 1) v = activate(1, v);
    for (int i = 1; i < min(act, 2); i++) v = activate(act, v);
    y[AT(0, ld_y)] = v;
}
