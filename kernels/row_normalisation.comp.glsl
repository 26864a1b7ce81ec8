#version 430 core
// y = x / max(norm[r], eps), eps = 1e-12: rows of unit length when norm holds their lengths.
//
//   x, y: rows x cols, strides ld_x, ld_y        norm: rows
//
// Go twin: row_normalisation.go
#include "element.glsl"
#include "special.glsl"

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
INPUT(1, x);
layout(std430, binding = 2) readonly buffer BufNorm { float norm[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
};

const float eps = 1e-12;

void main() {
    if (!element(rows, cols)) return;
    float n = norm[mg_off[2] + row];
    ELEMENTS y[AT(0, ld_y)] = pack(IN(x, 1, ld_x) / at_least(eps, n));
}
