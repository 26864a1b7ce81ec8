#version 430 core
// Gradient of InfoNCE with respect to q_i . k_j, for processors: no barriers.
//
//   x_ij = dloss/total (w_row e^(s_ij - lse_row_i) + w_col e^(s_ij - lse_col_j) - (w_row + w_col) [j = first + i])
//   g: rows x cols, stride ld_g       g_ij = scale x_ij
//   dscale_part: one number per tile of 8 x 16 pairs: sum x_ij q_i . k_j
//   q: rows x d     k: cols x d     (texels: strides are multiples of 4)
//   scale, dloss: 1     lse_row: rows     lse_col: cols
//
// s_ij = scale q_i . k_j. A lane makes one tile (include/tile_texel.glsl); 16 neighbours share
// its rows. Flops: 2 rows cols d. Go twin: infonce_grad.go
#include "group.glsl"
#include "infonce_grad_params.glsl"

layout(local_size_x = 16) in;

layout(binding = 2) uniform samplerBuffer q;
layout(binding = 3) uniform samplerBuffer k;
#include "tile_texel.glsl"

void main() {
    int tall = (rows + 7) / 8; // groups go down first: the columns' rows of k stay in cache
    int strip = int(group_id()) / tall;
    int row_group = int(group_id()) - strip * tall;
    int i0 = row_group * 8;
    int j0 = strip * 256 + int(gl_LocalInvocationID.x) * 16;
    if (j0 >= cols) return;
    for (int c = 0; c < 16; c++) k_at[c] = int(mg_off[3]) + min(j0 + c, cols - 1) * (ld_k / 4);
    for (int r = 0; r < 8; r++) q_at[r] = int(mg_off[2]) + min(i0 + r, rows - 1) * (ld_q / 4);
    tile_products(d);
    float sc = scale[mg_off[4]], f = dloss[mg_off[5]] / float(total), sum = 0.0;
    float lc[16];
    for (int c = 0; c < 16; c++) lc[c] = col_lse(min(j0 + c, cols - 1));
    for (int i = i0; i < min(i0 + 8, rows); i++) {
        float lr = row_lse(i);
        uint o = mg_off[0] + uint(i) * uint(ld_g) + uint(j0);
        for (int c = 0; c < 16; c++) {
            float dot_ij = s[c / 4][c % 4];
            float x = f * pair_grad(sc * dot_ij, lr, lc[c], j0 + c == first + i);
            if (j0 + c < cols) {
                g[o + uint(c)] = sc * x;
                sum += dot_ij * x;
            }
        }
        next_row();
    }
    dscale_part[mg_off[1] + uint(row_group) * uint((cols + 15) / 16) + uint(j0 / 16)] = sum;
}
