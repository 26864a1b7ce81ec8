#version 430 core
// Gradient of InfoNCE with respect to q_i . k_j, for GPUs.
//
//   x_ij = dloss/total (w_row e^(s_ij - lse_row_i) + w_col e^(s_ij - lse_col_j) - (w_row + w_col) [j = first + i])
//   g: rows x cols, stride ld_g       g_ij = scale x_ij
//   dscale_part: one number per tile of 16 TM x 16 TM pairs: sum x_ij q_i . k_j
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, dloss: 1   lse_row: rows   lse_col: cols
//
// s_ij = scale q_i . k_j. A group of 256 makes one tile (include/tile_shared.glsl).
// VEC 4: g is of vec4 as well, ld_g and cols are multiples of 4. Flops: 2 rows cols d. Go twin: infonce_grad.go
#include "tile_rows.glsl"
#define G_TYPE QK_TYPE
#include "group.glsl"
#include "infonce_grad_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 2) readonly buffer BufQ { QK_TYPE q[]; };
layout(std430, binding = 3) readonly buffer BufK { QK_TYPE k[]; };
#include "tile_shared.glsl"

shared float parts[256];

// Four neighbours of a row of g, one store where g is of vec4.
void put_g(int i, int j, vec4 x) {
    uint at = mg_off[0] + uint(i) * uint(ld_g) + uint(j);
#if VEC == 4
    if (i < rows && j < cols) g[at >> 2] = x;
#else
    UNROLL for (int c = 0; c < 4; c++) if (i < rows && j + c < cols) g[at + c] = x[c];
#endif
}

void main() {
    uint across = uint((cols + TILE - 1) / TILE);
    uint lane = gl_LocalInvocationIndex;
    int i0 = int(group_id() / across) * TILE, j0 = int(group_id() % across) * TILE;
    tile_products(d, mg_off[2], ld_q, i0, rows, mg_off[3], ld_k, j0, cols);
    float sc = scale[mg_off[4]], f = dloss[mg_off[5]] / float(total), sum = 0.0;
    UNROLL for (int r = 0; r < TM; r++) {
        int i = i0 + ROW(r);
        UNROLL for (int p = 0; p < QUADS; p++) {
            vec4 x = vec4(0.0);
            UNROLL for (int c = 0; c < 4; c++) {
                int j = j0 + COL(4 * p + c);
                if (i < rows && j < cols) x[c] = f * pair_grad(sc * sums[r][p][c], row_lse(i), col_lse(j), j == first + i);
                sum += i < rows && j < cols ? sums[r][p][c] * x[c] : 0.0;
            }
            put_g(i, j0 + COL(4 * p), sc * x);
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
