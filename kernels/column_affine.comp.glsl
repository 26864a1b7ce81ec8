#version 430 core
// y = act(x scale[c] + shift[c] + residual), over a matrix of rows x cols: batch normalisation
// with known mean and variance.
//
//   y, x, residual: rows x cols, strides ld_y, ld_x, ld_r; residual is read where has_residual
//   is not 0
//   scale, shift: cols
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). An activation
// with exp is a loop of one iteration or none: processors run both sides of a branch.
// Go twin: column_affine.go
#include "element.glsl"
#include "activation.glsl"

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
INPUT(1, x);
INPUT(2, scale);
INPUT(3, shift);
INPUT(4, residual);
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
    ELEMENTS {
        T v = IN(x, 1, ld_x) * IN(scale, 2, 0) + IN(shift, 3, 0);
        if (has_residual != 0) v += IN(residual, 4, ld_r);
        if (act == 1) v = activate(1, v);
        for (int i = 1; i < min(act, 2); i++) v = activate(act, v);
        y[AT(0, ld_y)] = pack(v);
    }
}
