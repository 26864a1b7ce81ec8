#version 430 core
// o_i = sum_j p_ij v_j, p_ij = exp(s_ij - lse_i), s_ij = scale q_i . k_j, head by head, for GPUs.
//
//   q, k, v, o: (batch len) x (heads width), strides ld_*
//   lse: batch x heads x len, lse_i = log sum_j exp(s_ij), written where has_lse is 1
//
// A group goes along 64 rows of one head's logits in tiles of 64 keys
// (include/attention_shared.glsl) and keeps 64 x 64 numbers of o in registers; its first 16
// invocations keep max and sum of four rows each. When a row's max grows, its sums are faded by
// exp(old - new) (Dao et al., FlashAttention, 2022). Wider heads take several groups, each of
// which makes all logits. causal: keys j <= i. Flops: 4 pairs width. Go twin: attention.go
#include "unroll.glsl"
#include "group.glsl"
#include "attention_params.glsl"
#define LANES 1
#include "fold.glsl"
#include "attention_shared.glsl"

layout(std430, binding = 0) writeonly buffer BufO { vec4 o[]; };
layout(std430, binding = 1) writeonly buffer BufLse { float lse[]; };
layout(std430, binding = 2) readonly buffer BufQ { vec4 q[]; };
layout(std430, binding = 3) readonly buffer BufK { vec4 k[]; };
layout(std430, binding = 4) readonly buffer BufV { vec4 v[]; };

shared vec4 top[16], fade[16]; // of four rows

DOTS(dots, q, k)
TIMES(times, v)

void main() {
    int tiles = (len + 63) / 64, parts = (width + 63) / 64;
    int head = int(group_id()) / (tiles * parts); // of all in the batch
    int i0 = (int(group_id()) / parts - head * tiles) * 64;
    int d0 = int(group_id()) % parts * 64;
    int row0 = head / heads * len, column = head % heads * width;
    int i = int(gl_LocalInvocationIndex), x = i % 16, y = i / 16;
    vec4 a[8], m = vec4(-INF), l = vec4(0.0); // m, l: of rows i0 + 4 i .. +3, where i < 16
    UNROLL for (int r = 0; r < 8; r++) a[r] = vec4(0.0);
    int last = causal != 0 ? min(i0 + 64, len) : len;
    for (int j0 = 0; j0 < last; j0 += 64) {
        vec4 s[4][2];
        dots(s, int(mg_off[2]) + row0 * ld_q + column, ld_q, i0, len, int(mg_off[3]) + row0 * ld_k + column, ld_k, j0, last);
        UNROLL for (int h = 0; h < 2; h++) {
            ivec4 end = causal != 0 ? min(i0 + 8 * y + 4 * h + ivec4(1, 2, 3, 4), ivec4(last)) : ivec4(last);
            UNROLL for (int c = 0; c < 4; c++) s[c][h] = mix(vec4(-INF), s[c][h] * scale, lessThan(ivec4(j0 + 4 * x + c), end));
        }
        barrier();
        UNROLL for (int h = 0; h < 2; h++) slab_a[x][2 * y + h] = larger(larger(s[0][h], s[1][h]), larger(s[2][h], s[3][h]));
        barrier();
        if (i < 16) {
            vec4 old = m;
            for (int t = 0; t < 16; t++) m = larger(m, slab_a[t][i]);
            top[i] = mix(m, vec4(0.0), equal(m, vec4(-INF)));
            fade[i] = exp(old - top[i]);
        }
        barrier();
        UNROLL for (int h = 0; h < 2; h++) {
            UNROLL for (int c = 0; c < 4; c++) {
                s[c][h] = exp(s[c][h] - top[2 * y + h]);
                WEIGHT(4 * x + c, 2 * y + h) = s[c][h];
            }
            slab_a[x][2 * y + h] = (s[0][h] + s[1][h]) + (s[2][h] + s[3][h]);
        }
        UNROLL for (int r = 0; r < 8; r++) a[r] *= fade[2 * y + r / 4][r % 4];
        times(a, d0, int(mg_off[4]) + row0 * ld_v + column, ld_v, j0, last);
        if (i < 16) {
            l *= fade[i];
            for (int t = 0; t < 16; t++) l += slab_a[t][i];
        }
    }
    // A row of nothing but -Inf has no keys and gives 0; one with +Inf or NaN gives NaN.
    if (i < 16) {
        for (int e = 0; e < 4; e++) {
            int row = i0 + 4 * i + e;
            if (has_lse != 0 && d0 == 0 && row < len) lse[mg_off[1] + uint(head * len + row)] = is_finite(m[e]) ? m[e] + log(l[e]) : m[e];
            l[e] = is_finite(m[e]) ? 1.0 / l[e] : m[e] == -INF ? 0.0 : NAN;
        }
        top[i] = l;
    }
    barrier();
    int to = int(mg_off[0]) + (row0 + i0 + 8 * y) * ld_o + column + d0 + 4 * x;
    UNROLL for (int r = 0; r < 8; r++)
        if (i0 + 8 * y + r < len && d0 + 4 * x < width) o[(to + r * ld_o) >> 2] = a[r] * top[2 * y + r / 4][r % 4];
}
