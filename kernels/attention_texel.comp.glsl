#version 430 core
// o_i = sum_j p_ij v_j, p_ij = exp(s_ij - lse_i), s_ij = scale q_i . k_j, head by head, for
// processors: no barriers.
//
//   q, k, v, o: (batch len) x (heads width), strides ld_*       (texels: multiples of 4)
//   lse: batch x heads x len, lse_i = log sum_j exp(s_ij), written where has_lse is 1
//
//          eight keys at a time
//         +----+----+-- --+----+
//  4 rows | s  | s  |     |    |    an invocation goes along 4 rows of one head's logits and
//  of q   +----+----+-- --+----+    keeps max and sum of each, and 4 x 4 T numbers of o
//
// When a row's max grows, its sums are faded by exp(old - new). T texels of o are in registers;
// wider heads take several invocations, each of which makes all logits. causal: keys j <= i.
// Flops: 4 pairs width (include/attention_texel.glsl). Go twin: attention.go
#include "group.glsl"
#include "attention_params.glsl"
#define LANES 1
#include "fold.glsl"

layout(local_size_x = 16) in;

layout(std430, binding = 0) writeonly buffer BufO { vec4 o[]; };
layout(std430, binding = 1) writeonly buffer BufLse { float lse[]; };
layout(binding = 2) uniform samplerBuffer q;
layout(binding = 3) uniform samplerBuffer k;
layout(binding = 4) uniform samplerBuffer v;
#include "attention_texel.glsl"

vec4 s[R][2];
float m[R], l[R];

// Row r's logits of keys j0 .. j0+7 below `last` become exp(s - m) for the new max m, and
// enter its sum; returns what the old sums fade by.
float weigh(int r, int j0, int last) {
    s[r][0] = mix(vec4(-INF), s[r][0] * scale, lessThan(j0 + ivec4(0, 1, 2, 3), ivec4(last)));
    s[r][1] = mix(vec4(-INF), s[r][1] * scale, lessThan(j0 + ivec4(4, 5, 6, 7), ivec4(last)));
    float old = m[r];
    m[r] = larger(old, max_of(larger(s[r][0], s[r][1])));
    float base = m[r] == -INF ? 0.0 : m[r];
    s[r][0] = exp(s[r][0] - base);
    s[r][1] = exp(s[r][1] - base);
    float f = exp(old - base);
    l[r] = l[r] * f + sum_of(s[r][0] + s[r][1]);
    return f;
}

void main() {
    int blocks = (len + R - 1) / R, parts = (width + 4 * T - 1) / (4 * T);
    int item = int(invocation_id());
    int head = item / (blocks * parts); // of all in the batch
    if (head >= batch * heads) return;
    int i0 = (item / parts - head * blocks) * R;
    int first = item % parts * T;
    int row0 = head / heads * len, column = head % heads * (width / 4);
    int own[R], key[8], value[8];
    for (int r = 0; r < R; r++) {
        own[r] = int(mg_off[2]) + (row0 + min(i0 + r, len - 1)) * (ld_q / 4) + column;
        m[r] = -INF;
        l[r] = 0.0;
    }
    EACH_TEXEL(CLEAR)
    int last = causal != 0 ? min(i0 + R, len) : len;
    for (int j0 = 0; j0 < last; j0 += 8) {
        for (int c = 0; c < 8; c++) {
            int row = row0 + min(j0 + c, last - 1);
            key[c] = int(mg_off[3]) + row * (ld_k / 4) + column;
            value[c] = int(mg_off[4]) + row * (ld_v / 4) + column;
        }
        DOTS(s, q, own, k, key)
        for (int r = 0; r < R; r++) {
            float f = weigh(r, j0, causal != 0 ? min(i0 + r + 1, last) : last);
            EACH_TEXEL(FADE)
        }
#define ADD_VALUES(t) TIMES(t, v, value)
        EACH_TEXEL(ADD_VALUES)
    }
    // A row of nothing but -Inf has no keys and gives 0; one with +Inf or NaN gives NaN.
    for (int r = 0; r < R; r++) {
        if (has_lse != 0 && first == 0 && i0 + r < len)
            lse[mg_off[1] + uint(head * len + i0 + r)] = is_finite(m[r]) ? m[r] + log(l[r]) : m[r];
        l[r] = is_finite(m[r]) ? 1.0 / l[r] : m[r] == -INF ? 0.0 : NAN;
    }
    int to = int(mg_off[0] / 4u) + (row0 + i0) * (ld_o / 4) + column + first;
    for (int t = 0; t < min(T, width / 4 - first); t++) {
        for (int r = 0; r < R; r++)
            if (i0 + r < len) o[to + r * (ld_o / 4) + t] = a0[r] * l[r];
        EACH_NEXT(UP)
    }
}
