#version 430 core
// Gradient of InfoNCE with respect to q_i . k_j, for GPUs.
//
//   x_ij = dloss/total (w_row e^(s_ij - lse_row_i) + w_col e^(s_ij - lse_col_j) - (w_row + w_col) [j = first + i])
//   g: rows x cols, stride ld_g       g_ij = scale x_ij
//   dscale_part: one number per tile of 16 TM x 16 TM pairs: sum x_ij q_i . k_j
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, dloss: 1   lse_row: rows   lse_col: cols
//
// s_ij = scale q_i . k_j. A group of 256 makes one tile (include/tile_shared.glsl).
// Flops: 2 rows cols d. Go twin: infonce_grad.go
#include "group.glsl"
#include "infonce_grad_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 2) readonly buffer BufQ { float q[]; };
layout(std430, binding = 3) readonly buffer BufK { float k[]; };
#include "tile_shared.glsl"

shared float parts[256];

void main() {
    uint across = uint((cols + TILE - 1) / TILE);
    uint lane = gl_LocalInvocationIndex;
    int i0 = int(group_id() / across) * TILE, j0 = int(group_id() % across) * TILE;
    tile_products(d, mg_off[2], ld_q, i0, rows, mg_off[3], ld_k, j0, cols);
    float sc = scale[mg_off[4]], f = dloss[mg_off[5]] / float(total), sum = 0.0;
    int i1 = i0 + int(lane / 16u) * TM, j1 = j0 + int(lane % 16u) * TM;
    for (int r = 0; r < TM; r++) {
        for (int c = 0; c < TM; c++) {
            int i = i1 + r, j = j1 + c;
            if (i < rows && j < cols) {
                float x = f * pair_grad(sc * s[r][c], row_lse(i), col_lse(j), j == first + i);
                g[mg_off[0] + uint(i) * uint(ld_g) + uint(j)] = sc * x;
                sum += s[r][c] * x;
            }
        }
    }
    parts[lane] = sum;
    barrier();
    for (uint w = 128u; w > 0u; w >>= 1) {
        if (lane < w) parts[lane] += parts[lane + w];
        barrier();
    }
    if (lane == 0u) dscale_part[mg_off[1] + group_id()] = parts[0];
}
