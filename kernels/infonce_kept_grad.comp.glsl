#version 430 core
// x = dloss/total (w_row e^(s - lse_row[r]) + w_col e^(s - lse_col[c])): the gradient of InfoNCE with
// respect to logits that were kept, but for its diagonal.
//
//   s, x: rows x cols, strides ld_s, ld_x     lse_row: rows     lse_col: cols     dloss: 1
//
// A direction of weight 0 is not looked at. One invocation takes one element (VEC 1), four
// neighbours (VEC 4) or a run (RUN). Go twin: infonce_kept_grad.go
#include "element.glsl"
#include "special.glsl"

layout(std430, binding = 0) writeonly buffer BufX { WORDS x[]; };
INPUT(1, s);
layout(std430, binding = 2) readonly buffer LseRow { float lse_row[]; };
INPUT(3, lse_col);
layout(std430, binding = 4) readonly buffer Dloss { float dloss[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_x;
    int ld_s;
    int total;
    float w_row;
    float w_col;
};

float weight(float d) { return is_nan(d) ? d : exp(d); }
vec4 weight(vec4 d) { return vec4(weight(d.x), weight(d.y), weight(d.z), weight(d.w)); }

void main() {
    if (!element(rows, cols)) return;
    float of_row = lse_row[mg_off[2] + row], f = dloss[mg_off[4]] / float(total);
    ELEMENTS {
        T v = IN(s, 1, ld_s), g = T(0.0);
        if (w_row != 0.0) g += w_row * weight(v - of_row);
        if (w_col != 0.0) g += w_col * weight(v - IN(lse_col, 3, 0));
        x[AT(0, ld_x)] = pack(f * g);
    }
}
