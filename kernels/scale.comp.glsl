#version 430 core
// y = alpha x (ADD 0) or y += alpha x (ADD 1), over a matrix of rows x cols with row strides.
// The factor is a parameter.
//
//   x, y: rows x cols, strides ld_x, ld_y
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). Go twin: scale.go
#include "element.glsl"

#ifndef ADD
#define ADD 0
#endif

#if ADD
layout(std430, binding = 0) buffer BufY { WORDS y[]; };
#else
layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
#endif
INPUT(1, x);
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
    float alpha;
};

void main() {
    if (!element(rows, cols)) return;
    ELEMENTS {
        uint i = AT(0, ld_y);
        T v = alpha * IN(x, 1, ld_x);
#if ADD
        v += unpack(y[i]);
#endif
        y[i] = pack(v);
    }
}
