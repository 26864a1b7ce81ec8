#version 430 core
// Gradient of InfoNCE with respect to q_i . k_j, by anyone: no tiles.
//
//   x_ij = dloss/total (w_row e^(s_ij - lse_row_i) + w_col e^(s_ij - lse_col_j) - (w_row + w_col) [j = first + i])
//   g: rows x cols, stride ld_g       g_ij = scale x_ij
//   dscale_part: one number per block of row_block x col_block pairs: sum x_ij q_i . k_j
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, dloss: 1   lse_row: rows   lse_col: cols
//
// s_ij = scale q_i . k_j. A group of 64 takes a block. Flops: 2 rows cols d.
// Go twin: infonce_grad.go
#include "group.glsl"
#include "infonce_grad_params.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 2) readonly buffer BufQ { float q[]; };
layout(std430, binding = 3) readonly buffer BufK { float k[]; };

shared float parts[64];

void main() {
    uint across = uint((cols + col_block - 1) / col_block);
    int i0 = int(group_id() / across) * row_block;
    int j0 = int(group_id() % across) * col_block;
    int width = min(col_block, cols - j0);
    int pairs = min(row_block, rows - i0) * width;
    float sc = scale[mg_off[4]], f = dloss[mg_off[5]] / float(total), sum = 0.0;
    for (int t = int(gl_LocalInvocationIndex); t < pairs; t += 64) {
        int i = i0 + t / width, j = j0 + t % width;
        uint a = mg_off[2] + uint(i) * uint(ld_q), b = mg_off[3] + uint(j) * uint(ld_k);
        float dot_ij = 0.0;
        for (uint c = 0u; c < uint(d); c++) dot_ij += q[a + c] * k[b + c];
        float x = f * pair_grad(sc * dot_ij, row_lse(i), col_lse(j), j == first + i);
        g[mg_off[0] + uint(i) * uint(ld_g) + uint(j)] = sc * x;
        sum += dot_ij * x;
    }
    parts[gl_LocalInvocationIndex] = sum;
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        sum = 0.0;
        for (int t = 0; t < 64; t++) sum += parts[t];
        dscale_part[mg_off[1] + group_id()] = sum;
    }
}
