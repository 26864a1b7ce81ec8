#version 430 core
// Loss of pairs of rows, each on its own, or its gradient (SigLIP), by anyone: no tiles.
//
//   s_ij = scale q_i . k_j + bias     u_ij = -s_ij if j = first + i, else s_ij
//   GRAD 0: part: sum of log(1 + e^u_ij)/total, one number per block of row_block x col_block pairs
//   GRAD 1: x_ij = dloss/total sigmoid(u_ij), negative if j = first + i
//           g: rows x cols, stride ld_g, scale x_ij     part: sums of x_ij q_i . k_j, then of x_ij
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, bias, dloss: 1
//
// A group of 64 takes a block. Flops: 2 rows cols d. Go twin: siglip_pairs.go
#include "group.glsl"
#include "siglip_params.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 1) readonly buffer BufQ { float q[]; };
layout(std430, binding = 2) readonly buffer BufK { float k[]; };

shared PAIR_SUMS parts[64];

void main() {
    uint across = uint((cols + col_block - 1) / col_block), down = uint((rows + row_block - 1) / row_block);
    int i0 = int(group_id() / across) * row_block;
    int j0 = int(group_id() % across) * col_block;
    int width = min(col_block, cols - j0);
    int pairs = min(row_block, rows - i0) * width;
    float sc = scale[mg_off[3]], b = bias[mg_off[4]], f = pair_factor();
    PAIR_SUMS sum = PAIR_SUMS(0.0);
    for (int t = int(gl_LocalInvocationIndex); t < pairs; t += 64) {
        int i = i0 + t / width, j = j0 + t % width;
        uint a = mg_off[1] + uint(i) * uint(ld_q), c0 = mg_off[2] + uint(j) * uint(ld_k);
        float dot_ij = 0.0;
        for (uint c = 0u; c < uint(d); c++) dot_ij += q[a + c] * k[c0 + c];
        float x = f * pair_term(sc * dot_ij + b, j == first + i);
        put_g(i, j, sc * x);
        sum += pair_sums(x, dot_ij);
    }
    parts[gl_LocalInvocationIndex] = sum;
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        sum = PAIR_SUMS(0.0);
        for (int t = 0; t < 64; t++) sum += parts[t];
        put_part(group_id(), across * down, sum);
    }
}
