#version 430 core
// loss = 1/n sum_i w_row (lse_row_i - s_ii) + w_col (lse_col_i - s_ii)
//
//   loss: 1     lse_row, lse_col: n (not read where the weight is 0)     diag: n, the s_ii
//
// One group; the sum over n is compensated. Go twin: infonce_loss.go
#include "group.glsl"
#include "sum_pairs.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer Loss { float loss[]; };
layout(std430, binding = 1) readonly buffer LseRow { float lse_row[]; };
layout(std430, binding = 2) readonly buffer LseCol { float lse_col[]; };
layout(std430, binding = 3) readonly buffer Diag { float diag[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    float w_row;
    float w_col;
};

void main() {
    vec2 sum = vec2(0.0);
    for (uint i = gl_LocalInvocationIndex; i < uint(n); i += 256u) {
        float s = diag[mg_off[3] + i];
        float t = 0.0;
        if (w_row != 0.0) t = w_row * (lse_row[mg_off[1] + i] - s);
        if (w_col != 0.0) t += w_col * (lse_col[mg_off[2] + i] - s);
        sum = two_sum(sum, t);
    }
    float total = sum_all(sum);
    if (gl_LocalInvocationIndex == 0u) loss[mg_off[0]] = total / float(n);
}
