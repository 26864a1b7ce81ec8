#version 430 core
// The gradients of attention, for processors: no barriers. With p_ij =
// exp(scale q_i . k_j - lse_i) and g_ij = scale p_ij (do_i . v_j - delta_i),
//
//   PART 1  dq_i (+)= sum_j g_ij k_j
//   PART 2  dk_j (+)= sum_i g_ij q_i
//   PART 4  dv_j (+)= sum_i p_ij do_i
//
//   q, k, v, dout (do), dq, dk, dv: (batch len) x (heads width), strides ld_*   (texels)
//   rows: batch x heads x len x 2, (lse, delta)
//
// An invocation has four rows of its own and T texels of each of their sums in registers
// (include/attention_texel.glsl), and goes along the rows of the other side, eight at a time;
// wider heads take several. causal: j <= i. Flops: 6 pairs width, PART 4: 4. Each part makes its
// own products: with two parts in one, fewer rows would fit, and loads cost more than
// arithmetic. Go twin: attention_back.go
#include "group.glsl"
#define ELEMENT vec4
#include "attention_back_params.glsl"
#include "attention_texel.glsl"

layout(local_size_x = 16) in;

layout(binding = 3) uniform samplerBuffer dout;
layout(binding = 4) uniform samplerBuffer q;
layout(binding = 5) uniform samplerBuffer k;
layout(binding = 6) uniform samplerBuffer v;

// s_ab = OWN_S . OTHER_S and p_ab = OWN_P . OTHER_P; ADD_OTHER says what the sums are of.
#if PART == 1
#define OWN_S q
#define OTHER_S k
#define OWN_P dout
#define OTHER_P v
#define ADD_OTHER(t) TIMES(t, k, other_s)
#else
#define OWN_S k
#define OTHER_S q
#define OWN_P v
#define OTHER_P dout
#if PART == 2
#define ADD_OTHER(t) TIMES(t, q, other_s)
#else
#define ADD_OTHER(t) TIMES(t, dout, other_p)
#endif
#endif

int at_q(int row) { return int(mg_off[4]) + row * (ld_q / 4); }
int at_k(int row) { return int(mg_off[5]) + row * (ld_k / 4); }
int at_v(int row) { return int(mg_off[6]) + row * (ld_v / 4); }
int at_dout(int row) { return int(mg_off[3]) + row * (ld_dout / 4); }

vec4 s[R][2], p[R][2];

void main() {
    int blocks = (len + R - 1) / R, pieces = (width + 4 * T - 1) / (4 * T);
    int item = int(invocation_id());
    int head = item / (blocks * pieces); // of all in the batch
    if (head >= batch * heads) return;
    int own0 = (item / pieces - head * blocks) * R;
    int first = item % pieces * T;
    int row0 = head / heads * len, column = head % heads * (width / 4);
    int own_s[R], own_p[R], other_s[8], other_p[8];
    vec2 own_row[R];
    for (int r = 0; r < R; r++) {
        int a = min(own0 + r, len - 1);
        own_s[r] = column + (PART == 1 ? at_q(row0 + a) : at_k(row0 + a));
        own_p[r] = column + (PART == 1 ? at_dout(row0 + a) : at_v(row0 + a));
        own_row[r] = row_of(head, a);
    }
    EACH_TEXEL(CLEAR)
    int lo = PART != 1 && causal != 0 ? own0 : 0, hi = PART == 1 && causal != 0 ? min(own0 + R, len) : len;
    for (int other0 = lo; other0 < hi; other0 += 8) {
        vec4 lse[2], delta[2];
        for (int c = 0; c < 8; c++) {
            int b = min(other0 + c, hi - 1);
            other_s[c] = column + (PART == 1 ? at_k(row0 + b) : at_q(row0 + b));
            other_p[c] = column + (PART == 1 ? at_v(row0 + b) : at_dout(row0 + b));
            vec2 row = row_of(head, b);
            lse[c / 4][c % 4] = row.x;
            delta[c / 4][c % 4] = row.y;
        }
        DOTS(s, OWN_S, own_s, OTHER_S, other_s)
#if PART != 4
        DOTS(p, OWN_P, own_p, OTHER_P, other_p)
#endif
        for (int r = 0; r < R; r++) {
#if PART == 1
            lse[0] = lse[1] = vec4(own_row[r].x);
            delta[0] = delta[1] = vec4(own_row[r].y);
#endif
            int least = PART != 1 && causal != 0 ? own0 + r : 0;
            int end = PART == 1 && causal != 0 ? min(own0 + r + 1, hi) : hi;
            for (int h = 0; h < 2; h++) {
                ivec4 b = other0 + 4 * h + ivec4(0, 1, 2, 3);
                vec4 w = probability(s[r][h] * scale, lse[h]);
#if PART != 4
                w *= (p[r][h] - delta[h]) * scale;
#endif
                w = mix(vec4(0.0), w, lessThan(b, ivec4(end)));
                s[r][h] = mix(vec4(0.0), w, greaterThanEqual(b, ivec4(least)));
            }
        }
        EACH_TEXEL(ADD_OTHER)
    }
    int to = column + first;
    for (int t = 0; t < min(T, width / 4 - first); t++) {
        for (int r = 0; r < R; r++) {
            if (own0 + r >= len) continue;
#if PART == 1
            int at = int(mg_off[0] / 4u) + (row0 + own0 + r) * (ld_dq / 4) + to + t;
            dq[at] = accumulate != 0 ? dq[at] + a0[r] : a0[r];
#elif PART == 2
            int at = int(mg_off[1] / 4u) + (row0 + own0 + r) * (ld_dk / 4) + to + t;
            dk[at] = accumulate != 0 ? dk[at] + a0[r] : a0[r];
#else
            int at = int(mg_off[2] / 4u) + (row0 + own0 + r) * (ld_dv / 4) + to + t;
            dv[at] = accumulate != 0 ? dv[at] + a0[r] : a0[r];
#endif
        }
        EACH_NEXT(UP)
    }
}
