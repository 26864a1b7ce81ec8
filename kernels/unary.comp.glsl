#version 430 core
// y = f(x), element by element over a matrix of rows x cols with row strides.
// f is chosen by the define ACT (codes in include/activation.glsl).
//
//   x: rows x cols, stride ld_x       y: rows x cols, stride ld_y
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). Go twin: unary.go
#include "element.glsl"
#include "activation.glsl"

#ifndef ACT
#define ACT 1
#endif

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
INPUT(1, x);
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
};

void main() {
    if (!element(rows, cols)) return;
    ELEMENTS y[AT(0, ld_y)] = pack(activate(ACT, IN(x, 1, ld_x)));
}
