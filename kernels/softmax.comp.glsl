#version 430 core
// y = exp(x - lse[r]), the softmax of row r when lse is its logsumexp; a row whose lse is
// -Inf (fully masked) gives 0.
//
//   x, y: rows x cols, strides ld_x, ld_y        lse: rows
//
// Go twin: softmax.go
#include "element.glsl"
#include "special.glsl"

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
INPUT(1, x);
layout(std430, binding = 2) readonly buffer BufLse { float lse[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
};

float weight(float d) { return is_nan(d) ? d : exp(d); }
vec4 weight(vec4 d) { return vec4(weight(d.x), weight(d.y), weight(d.z), weight(d.w)); }

void main() {
    if (!element(rows, cols)) return;
    float l = lse[mg_off[2] + row];
    ELEMENTS y[AT(0, ld_y)] = pack(l == -INF ? T(0.0) : weight(IN(x, 1, ld_x) - l));
}
