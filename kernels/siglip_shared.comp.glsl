#version 430 core
// Loss of pairs of rows, each on its own, or its gradient (SigLIP), for GPUs.
//
//   s_ij = scale q_i . k_j + bias     u_ij = -s_ij if j = first + i, else s_ij
//   GRAD 0: part: sum of log(1 + e^u_ij)/total, one number per tile of 16 TM x 16 TM pairs
//   GRAD 1: x_ij = dloss/total sigmoid(u_ij), negative if j = first + i
//           g: rows x cols, stride ld_g, scale x_ij     part: sums of x_ij q_i . k_j, then of x_ij
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, bias, dloss: 1
//
// A group of 256 makes one tile (include/tile_shared.glsl). Flops: 2 rows cols d.
// Go twin: siglip_pairs.go
#include "tile_rows.glsl"
#include "group.glsl"
#include "siglip_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 1) readonly buffer BufQ { QK_TYPE q[]; };
layout(std430, binding = 2) readonly buffer BufK { QK_TYPE k[]; };
#include "tile_shared.glsl"

shared PAIR_SUMS parts[256];

void main() {
    uint across = uint((cols + TILE - 1) / TILE), down = uint((rows + TILE - 1) / TILE);
    uint lane = gl_LocalInvocationIndex;
    int i0 = int(group_id() / across) * TILE, j0 = int(group_id() % across) * TILE;
    tile_products(d, mg_off[1], ld_q, i0, rows, mg_off[2], ld_k, j0, cols);
    float sc = scale[mg_off[3]], b = bias[mg_off[4]], f = pair_factor();
    PAIR_SUMS sum = PAIR_SUMS(0.0);
    UNROLL for (int r = 0; r < TM; r++) {
        UNROLL for (int c = 0; c < TM; c++) {
            int i = i0 + ROW(r), j = j0 + COL(c);
            if (i < rows && j < cols) {
                float x = f * pair_term(sc * S(r, c) + b, j == first + i);
                put_g(i, j, sc * x);
                sum += pair_sums(x, S(r, c));
            }
        }
    }
    parts[lane] = sum;
    barrier();
    for (uint w = 128u; w > 0u; w >>= 1) {
        if (lane < w) parts[lane] += parts[lane + w];
        barrier();
    }
    if (lane == 0u) put_part(group_id(), across * down, parts[0]);
}
