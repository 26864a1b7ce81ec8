#version 430 core
// y = x / max(norm[r], eps), eps = 1e-12: rows of unit length when norm holds their lengths.
//
//   x, y: rows x cols, strides ld_a, ld_y        norm: rows
//
// Go twin: row_normalisation.go
#include "rowwise.glsl"

layout(std430, binding = 0) writeonly buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std430, binding = 2) readonly buffer BufNorm { float norm[]; };

const float eps = 1e-12;

void main() {
    if (!place()) return;
    float n = norm[mg_off[2] + row];
    y[at(0, ld_y)] = x[at(1, ld_a)] / at_least(eps, n);
}
