#version 430 core
// y = s x, or y += s x, over a matrix of rows x cols with row strides. The factor lies on the
// device: a learned scale, a norm.
//
//   x, y: rows x cols, strides ld_x, ld_y        s: one element
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). Go twin: scale_by.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufY { WORDS y[]; };
INPUT(1, x);
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
    float f = s[mg_off[2]];
    ELEMENTS {
        T v = f * IN(x, 1, ld_x);
        uint i = AT(0, ld_y);
        if (accumulate != 0) v += unpack(y[i]);
        y[i] = pack(v);
    }
}
