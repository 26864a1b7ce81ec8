#version 430 core
// Partial softmax sums of the logits s_ij = scale q_i . k_j, for processors: no barriers.
//
//   row_max, row_sum: ceil(cols/16) x rows           max_j and sum_j exp(s_ij - max) per block
//   col_max, col_sum: ceil(rows/row_block) x cols    the same down each block of rows
//   diag: rows    s_ij at j = first + i
//   q: rows x d     k: cols x d     (texels: strides are multiples of 4)     scale: 1
//
//              16 lanes x 16 columns
//            +----+----+-- --+----+
//     8 rows | s  | s  |     |    |   each lane: one tile in registers, which gives 8 row
//            +----+----+-- --+----+   pairs at once; its 16 column pairs stay in registers
//       ...  |    |    |     |    |   while it goes down row_block rows
//            +----+----+-- --+----+
//
// Flops: 2 rows cols d, each product made once. Go twin: infonce_partial.go
#include "group.glsl"

layout(local_size_x = 16) in;

layout(std430, binding = 0) writeonly buffer RowMax { float row_max[]; };
layout(std430, binding = 1) writeonly buffer RowSum { float row_sum[]; };
layout(std430, binding = 2) writeonly buffer ColMax { float col_max[]; };
layout(std430, binding = 3) writeonly buffer ColSum { float col_sum[]; };
layout(std430, binding = 4) writeonly buffer Diag { float diag[]; };
layout(binding = 5) uniform samplerBuffer q;
layout(binding = 6) uniform samplerBuffer k;
layout(std430, binding = 7) readonly buffer Scale { float scale[]; };
#include "infonce_partial_params.glsl"
#include "max_sum.glsl"
#include "tile_texel.glsl"

vec4 larger4(vec4 a, vec4 b) { return mix(a, b, greaterThan(b, a)); }
vec4 base4(vec4 m) { return mix(m, vec4(0.0), equal(m, vec4(MINUS_INF))); }
float largest(vec4 v) { return larger(larger(larger(larger(MINUS_INF, v.x), v.y), v.z), v.w); }

void main() {
    int strips = (cols + 255) / 256;
    int row_group = int(group_id()) / strips;
    int j0 = (int(group_id()) - row_group * strips) * 256 + int(gl_LocalInvocationID.x) * 16;
    if (j0 >= cols) return;
    for (int c = 0; c < 16; c++) k_at[c] = int(mg_off[6]) + min(j0 + c, cols - 1) * (ld_k / 4);
    float sc = scale[mg_off[7]];
    vec4 cm[4], cs[4];
    for (int c = 0; c < 4; c++) {
        cm[c] = vec4(MINUS_INF);
        cs[c] = vec4(0.0);
    }
    int last = min(rows, (row_group + 1) * row_block);
    for (int i0 = row_group * row_block; i0 < last; i0 += 8) {
        for (int r = 0; r < 8; r++) q_at[r] = int(mg_off[5]) + min(i0 + r, rows - 1) * (ld_q / 4);
        tile_products(d);
        for (int r = 0; r < 8; r++) {
            for (int c = 0; c < 4; c++) {
                ivec4 j = j0 + 4 * c + ivec4(0, 1, 2, 3);
                s[4 * r + c] = mix(vec4(MINUS_INF), s[4 * r + c] * sc, lessThan(j, ivec4(i0 + r < last ? cols : 0)));
            }
        }
        // Few tiles lie on the diagonal: a loop that most lanes do not enter.
        bool matched = i0 < j0 + 16 - first && i0 + 8 > j0 - first;
        for (int once = matched ? 0 : 1; once < 1; once++) {
            for (int r = 0; r < 8; r++) {
                int i = i0 + r, j = first + i;
                vec4 v = vec4(0.0);
                for (int c = 0; c < 4; c++) v = mix(v, s[4 * r + c], equal(j0 + 4 * c + ivec4(0, 1, 2, 3), ivec4(j)));
                if (i < last && j >= j0 && j < min(j0 + 16, cols)) diag[mg_off[4] + uint(i)] = (v.x + v.y) + (v.z + v.w);
            }
        }
        if ((sides & 1) != 0) {
            uint o = uint(j0 / 16) * uint(rows) + uint(i0);
            for (int r = 0; r < 8; r++) {
                float m = largest(larger4(larger4(s[4 * r], s[4 * r + 1]), larger4(s[4 * r + 2], s[4 * r + 3])));
                vec4 e = vec4(0.0);
                for (int c = 0; c < 4; c++) e += exp(s[4 * r + c] - base(m));
                if (i0 + r < last) {
                    row_max[mg_off[0] + o + uint(r)] = m;
                    row_sum[mg_off[1] + o + uint(r)] = dot(e, vec4(1.0));
                }
            }
        }
        if ((sides & 2) != 0) {
            for (int c = 0; c < 4; c++) {
                vec4 m = cm[c];
                for (int r = 0; r < 8; r++) m = larger4(m, s[4 * r + c]);
                vec4 e = cs[c] * exp(cm[c] - base4(m));
                for (int r = 0; r < 8; r++) e += exp(s[4 * r + c] - base4(m));
                cm[c] = m;
                cs[c] = e;
            }
        }
    }
    if ((sides & 2) != 0) {
        uint o = uint(row_group) * uint(cols) + uint(j0);
        for (int c = 0; c < 16; c++) {
            if (j0 + c < cols) {
                col_max[mg_off[2] + o + uint(c)] = cm[c / 4][c % 4];
                col_sum[mg_off[3] + o + uint(c)] = cs[c / 4][c % 4];
            }
        }
    }
}
