#version 430 core
// Loss of pairs of rows, each on its own, or its gradient (SigLIP), for processors: no barriers.
//
//   s_ij = scale q_i . k_j + bias     u_ij = -s_ij if j = first + i, else s_ij
//   GRAD 0: part: sum of log(1 + e^u_ij)/total, one number per tile of 8 x 16 pairs
//   GRAD 1: x_ij = dloss/total sigmoid(u_ij), negative if j = first + i
//           g: rows x cols, stride ld_g, scale x_ij     part: sums of x_ij q_i . k_j, then of x_ij
//   q: rows x d, stride ld_q   k: cols x d, stride ld_k   scale, bias, dloss: 1
//
// A lane makes one tile (include/tile_texel.glsl); 16 neighbours share its rows. Strides are
// multiples of 4. Flops: 2 rows cols d. Go twin: siglip_pairs.go
#include "group.glsl"
#include "siglip_params.glsl"

layout(local_size_x = 16) in;

layout(binding = 1) uniform samplerBuffer q;
layout(binding = 2) uniform samplerBuffer k;
#include "tile_texel.glsl"

void main() {
    int tall = (rows + 7) / 8; // groups go down first: the columns' rows of k stay in cache
    int strip = int(group_id()) / tall;
    int row_group = int(group_id()) - strip * tall;
    int i0 = row_group * 8;
    int j0 = strip * 256 + int(gl_LocalInvocationID.x) * 16;
    if (j0 >= cols) return;
    for (int c = 0; c < 16; c++) k_at[c] = int(mg_off[2]) + min(j0 + c, cols - 1) * (ld_k / 4);
    for (int r = 0; r < 8; r++) q_at[r] = int(mg_off[1]) + min(i0 + r, rows - 1) * (ld_q / 4);
    tile_products(d);
    float sc = scale[mg_off[3]], b = bias[mg_off[4]], f = pair_factor();
    PAIR_SUMS sum = PAIR_SUMS(0.0);
    for (int i = i0; i < min(i0 + 8, rows); i++) {
        for (int c = 0; c < 16; c++) {
            float dot_ij = s[c / 4][c % 4];
            float x = f * pair_term(sc * dot_ij + b, j0 + c == first + i);
            if (j0 + c < cols) {
                put_g(i, j0 + c, sc * x);
                sum += pair_sums(x, dot_ij);
            }
        }
        next_row();
    }
    int across = (cols + 15) / 16;
    put_part(uint(row_group * across + j0 / 16), uint(tall * across), sum);
}
