#version 430 core
// dx = (dy - dot[r]) y, dot[r] = sum of dy y over row r: the gradient of softmax.
//
//   dx, dy, y: rows x cols, strides ld_dx, ld_dy, ld_y        dot: rows
//
// Go twin: softmax.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufDx { WORDS dx[]; };
INPUT(1, dy);
INPUT(2, y);
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
    float d = dot[mg_off[3] + row];
    ELEMENTS {
        T g = (IN(dy, 1, ld_dy) - d) * IN(y, 2, ld_y);
        uint to = AT(0, ld_dx);
        if (accumulate != 0) g += unpack(dx[to]);
        dx[to] = pack(g);
    }
}
