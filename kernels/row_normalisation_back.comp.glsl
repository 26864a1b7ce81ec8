#version 430 core
// dx = (dy - dot[r] y) / norm[r], dot[r] = sum of dy y over row r: the gradient of
// row_normalisation. Where norm < eps = 1e-12, y is x / eps and dx = dy / eps.
//
//   dx, dy, y: rows x cols, strides ld_dx, ld_dy, ld_y        norm, dot: rows
//
// Go twin: row_normalisation.go
#include "element.glsl"
#include "special.glsl"

layout(std430, binding = 0) buffer BufDx { WORDS dx[]; };
INPUT(1, dy);
INPUT(2, y);
layout(std430, binding = 3) readonly buffer BufNorm { float norm[]; };
layout(std430, binding = 4) readonly buffer BufDot { float dot[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_dx;
    int ld_dy;
    int ld_y;
    int accumulate;
};

const float eps = 1e-12;

void main() {
    if (!element(rows, cols)) return;
    float n = norm[mg_off[3] + row], along = dot[mg_off[4] + row];
    ELEMENTS {
        T d = IN(dy, 1, ld_dy);
        T g = !is_nan(n) && n < eps ? d / eps : (d - along * IN(y, 2, ld_y)) / n;
        uint to = AT(0, ld_dx);
        if (accumulate != 0) g += unpack(dx[to]);
        dx[to] = pack(g);
    }
}
