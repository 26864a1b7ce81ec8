// Parameters of infonce_grad (kernels/infonce_grad.go says what they mean), the buffers that
// its shaders share, and the gradient of one pair.
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int d;
    int ld_g;
    int ld_q;
    int ld_k;
    int first;
    int total;
    int row_block;
    int col_block;
    float w_row;
    float w_col;
};
#ifndef G_TYPE
#define G_TYPE float
#endif
layout(std430, binding = 0) writeonly buffer BufG { G_TYPE g[]; };
layout(std430, binding = 1) writeonly buffer DscalePart { float dscale_part[]; };
layout(std430, binding = 4) readonly buffer Scale { float scale[]; };
layout(std430, binding = 5) readonly buffer Dloss { float dloss[]; };
layout(std430, binding = 6) readonly buffer LseRow { float lse_row[]; };
layout(std430, binding = 7) readonly buffer LseCol { float lse_col[]; };

float row_lse(int i) { return w_row != 0.0 ? lse_row[mg_off[6] + uint(i)] : 0.0; }
float col_lse(int j) { return w_col != 0.0 ? lse_col[mg_off[7] + uint(j)] : 0.0; }

// d loss/d s_ij times total/dloss, with the logit s and the logsumexps of its row and column.
float pair_grad(float s, float lr, float lc, bool matched) {
    float x = 0.0;
    if (w_row != 0.0) x = w_row * exp(s - lr);
    if (w_col != 0.0) x += w_col * exp(s - lc);
    return matched ? x - (w_row + w_col) : x;
}
