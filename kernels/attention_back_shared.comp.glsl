#version 430 core
// The gradients of attention, for GPUs. With p_ij = exp(scale q_i . k_j - lse_i) and
// g_ij = scale p_ij (do_i . v_j - delta_i),
//
//   PART 1  dq_i (+)= sum_j g_ij k_j
//   PART 6  dk_j (+)= sum_i g_ij q_i,  dv_j (+)= sum_i p_ij do_i     (or one of them: parts)
//
//   q, k, v, dout (do), dq, dk, dv: (batch len) x (heads width), strides ld_*
//   rows: batch x heads x len x 2, (lse, delta)
//
// A group has 64 rows of its own (queries, or keys) and 64 dimensions of their sums in
// registers, and goes along the other side in tiles of 64 (include/attention_shared.glsl); wider
// heads take several groups. causal: j <= i. Flops: 6 pairs width, PART 6: 8.
// Go twin: attention_back.go
#include "unroll.glsl"
#include "group.glsl"
#define ELEMENT vec4
#include "attention_back_params.glsl"
#include "attention_shared.glsl"

layout(std430, binding = 3) readonly buffer BufDout { vec4 dout[]; };
layout(std430, binding = 4) readonly buffer BufQ { vec4 q[]; };
layout(std430, binding = 5) readonly buffer BufK { vec4 k[]; };
layout(std430, binding = 6) readonly buffer BufV { vec4 v[]; };

shared float lse[64], delta[64]; // of queries: the group's rows, or a tile's columns
vec4 lse4(int i) { return vec4(lse[i], lse[i + 1], lse[i + 2], lse[i + 3]); }
vec4 delta4(int i) { return vec4(delta[i], delta[i + 1], delta[i + 2], delta[i + 3]); }

#if PART == 1
DOTS(dots_s, q, k)
DOTS(dots_p, dout, v)
TIMES(times_k, k)
#else
DOTS(dots_s, k, q)
DOTS(dots_p, v, dout)
TIMES(times_q, q)
TIMES(times_dout, dout)
#endif

void main() {
    int tiles = (len + 63) / 64, pieces = (width + 63) / 64;
    int head = int(group_id()) / (tiles * pieces); // of all in the batch
    int own0 = (int(group_id()) / pieces - head * tiles) * 64;
    int d0 = int(group_id()) % pieces * 64;
    int row0 = head / heads * len, column = head % heads * width;
    int i = int(gl_LocalInvocationIndex), x = i % 16, y = i / 16;
    int at_dout = int(mg_off[3]) + row0 * ld_dout + column, at_q = int(mg_off[4]) + row0 * ld_q + column;
    int at_k = int(mg_off[5]) + row0 * ld_k + column, at_v = int(mg_off[6]) + row0 * ld_v + column;
    vec4 s[4][2], p[4][2];
    int to = row0 + own0 + 8 * y, d = column + d0 + 4 * x; // first row and dimension to store
    int stored = d0 + 4 * x < width ? clamp(len - own0 - 8 * y, 0, 8) : 0;
#if PART == 1
    vec4 a[8];
    UNROLL for (int r = 0; r < 8; r++) a[r] = vec4(0.0);
    if (i < 64) {
        vec2 row = row_of(head, min(own0 + i, len - 1));
        lse[i] = row.x;
        delta[i] = row.y;
    }
    int last = causal != 0 ? min(own0 + 64, len) : len;
    for (int j0 = 0; j0 < last; j0 += 64) {
        dots_s(s, at_q, ld_q, own0, len, at_k, ld_k, j0, last);
        dots_p(p, at_dout, ld_dout, own0, len, at_v, ld_v, j0, last);
        UNROLL for (int h = 0; h < 2; h++) {
            int r = 8 * y + 4 * h;
            ivec4 end = causal != 0 ? min(own0 + r + ivec4(1, 2, 3, 4), ivec4(last)) : ivec4(last);
            UNROLL for (int c = 0; c < 4; c++) {
                vec4 g = probability(s[c][h] * scale, lse4(r)) * (p[c][h] - delta4(r)) * scale;
                WEIGHT(4 * x + c, r / 4) = mix(vec4(0.0), g, lessThan(ivec4(j0 + 4 * x + c), end));
            }
        }
        times_k(a, d0, at_k, ld_k, j0, last);
    }
    UNROLL for (int r = 0; r < 8; r++) {
        int at = (int(mg_off[0]) + (to + r) * ld_dq + d) >> 2;
        if (r < stored) dq[at] = accumulate != 0 ? dq[at] + a[r] : a[r];
    }
#else
    vec4 a[8], b[8];
    UNROLL for (int r = 0; r < 8; r++) a[r] = b[r] = vec4(0.0);
    for (int i0 = causal != 0 ? own0 : 0; i0 < len; i0 += 64) {
        if (i < 64) {
            vec2 row = row_of(head, min(i0 + i, len - 1));
            lse[i] = row.x;
            delta[i] = row.y;
        }
        dots_s(s, at_k, ld_k, own0, len, at_q, ld_q, i0, len);
        dots_p(p, at_v, ld_v, own0, len, at_dout, ld_dout, i0, len);
        UNROLL for (int h = 0; h < 2; h++) {
            ivec4 least = causal != 0 ? own0 + 8 * y + 4 * h + ivec4(0, 1, 2, 3) : ivec4(0);
            UNROLL for (int c = 0; c < 4; c++) {
                int column_c = 4 * x + c;
                bvec4 seen = greaterThanEqual(ivec4(i0 + column_c < len ? i0 + column_c : -1), least);
                vec4 w = probability(s[c][h] * scale, vec4(lse[column_c]));
                WEIGHT(column_c, 2 * y + h) = mix(vec4(0.0), w, seen);
                p[c][h] = mix(vec4(0.0), w * (p[c][h] - delta[column_c]) * scale, seen); // 0 times NaN is NaN
            }
        }
        times_dout(b, d0, at_dout, ld_dout, i0, len);
        barrier(); // all have read the weights
        UNROLL for (int h = 0; h < 2; h++)
            UNROLL for (int c = 0; c < 4; c++) WEIGHT(4 * x + c, 2 * y + h) = p[c][h];
        times_q(a, d0, at_q, ld_q, i0, len);
    }
    UNROLL for (int r = 0; r < 8; r++) {
        int at = (int(mg_off[1]) + (to + r) * ld_dk + d) >> 2;
        if (r < stored && (parts & 2) != 0) dk[at] = accumulate != 0 ? dk[at] + a[r] : a[r];
        at = (int(mg_off[2]) + (to + r) * ld_dv + d) >> 2;
        if (r < stored && (parts & 4) != 0) dv[at] = accumulate != 0 ? dv[at] + b[r] : b[r];
    }
#endif
}
