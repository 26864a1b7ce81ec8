#version 430 core
// dx = dy f'(x), or dx += dy f'(x), element by element: the gradient of unary.comp.glsl.
//
//   dx, dy, x: rows x cols, strides ld_dx, ld_dy, ld_x
//
// f' is chosen by the define ACT (codes in include/activation.glsl). Go twin: unary_back.go
#include "element.glsl"
#include "activation.glsl"

#ifndef ACT
#define ACT 1
#endif

layout(std430, binding = 0) buffer BufDx { WORDS dx[]; };
INPUT(1, dy);
INPUT(2, x);
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_dx;
    int ld_dy;
    int ld_x;
    int accumulate;
};

void main() {
    if (!element(rows, cols)) return;
    ELEMENTS {
        T d = IN(dy, 1, ld_dy) * activate_back(ACT, IN(x, 2, ld_x));
        uint i = AT(0, ld_dx);
        if (accumulate != 0) d += unpack(dx[i]);
        dx[i] = pack(d);
    }
}
