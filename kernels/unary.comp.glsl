#version 430 core
// y = f(x), element by element over a matrix of rows x cols with row strides.
// f is chosen by the define ACT (codes in include/activation.glsl).
//
//   x: rows x cols, stride ld_x       y: rows x cols, stride ld_y
//
// One invocation takes one element (VEC 1) or four neighbours (VEC 4). Go twin: unary.go
#include "group.glsl"
#include "activation.glsl"

#ifndef ACT
#define ACT 1
#endif
#ifndef VEC
#define VEC 1
#endif

layout(local_size_x = 64) in;

#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
};

void main() {
    uint width = uint(cols) / VEC;
    uint i = invocation_id();
    uint row = i / width;
    uint col = i - row * width;
    if (row >= uint(rows)) return;
    T v = x[mg_off[1] / VEC + row * uint(ld_x) / VEC + col];
    y[mg_off[0] / VEC + row * uint(ld_y) / VEC + col] = activate(ACT, v);
}
