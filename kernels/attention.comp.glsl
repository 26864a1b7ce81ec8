#version 430 core
// o_i = sum_j p_ij v_j, p_ij = exp(s_ij - lse_i), s_ij = scale q_i . k_j, head by head, by
// anyone: no shared memory, any stride.
//
//   q, k, v, o: (batch len) x (heads width), strides ld_*
//   lse: batch x heads x len, lse_i = log sum_j exp(s_ij), written where has_lse is 1
//
// One invocation makes 16 numbers of a row of o: it goes along the keys, eight at a time, and
// fades its sums when the row's max grows. Every logit is made anew for each 16 numbers of
// the width. causal: keys j <= i. Go twin: attention.go
#include "group.glsl"
#include "attention_params.glsl"
#include "special.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufO { float o[]; };
layout(std430, binding = 1) writeonly buffer BufLse { float lse[]; };
layout(std430, binding = 2) readonly buffer BufQ { float q[]; };
layout(std430, binding = 3) readonly buffer BufK { float k[]; };
layout(std430, binding = 4) readonly buffer BufV { float v[]; };

#define DIMS 16

void main() {
    int parts = (width + DIMS - 1) / DIMS;
    int item = int(invocation_id());
    int head = item / (len * parts); // of all in the batch
    if (head >= batch * heads) return;
    int i = item / parts - head * len;
    int first = item % parts * DIMS;
    int row0 = head / heads * len, column = head % heads * width;
    int own = int(mg_off[2]) + (row0 + i) * ld_q + column;
    int dims = min(DIMS, width - first);
    float a[DIMS];
    for (int c = 0; c < DIMS; c++) a[c] = 0.0;
    float m = -INF, l = 0.0;
    int last = causal != 0 ? i + 1 : len;
    for (int j0 = 0; j0 < last; j0 += 8) {
        int key[8], value[8];
        float s[8];
        for (int t = 0; t < 8; t++) {
            int row = row0 + min(j0 + t, last - 1);
            key[t] = int(mg_off[3]) + row * ld_k + column;
            value[t] = int(mg_off[4]) + row * ld_v + column + first;
            s[t] = 0.0;
        }
#define DOT(t) s[t] += x * k[key[t] + c];
        for (int c = 0; c < width; c++) {
            float x = q[own + c];
            DOT(0) DOT(1) DOT(2) DOT(3) DOT(4) DOT(5) DOT(6) DOT(7)
        }
        float old = m;
        for (int t = 0; t < 8; t++) {
            s[t] = j0 + t < last ? s[t] * scale : -INF;
            m = larger(m, s[t]);
        }
        float base = m == -INF ? 0.0 : m;
        float f = exp(old - base);
        l *= f;
        for (int t = 0; t < 8; t++) {
            s[t] = exp(s[t] - base);
            l += s[t];
        }
#define ADD(t) s[t] * v[value[t] + c]
        for (int c = 0; c < dims; c++) {
            a[c] = a[c] * f + ((ADD(0) + ADD(1)) + (ADD(2) + ADD(3))) + ((ADD(4) + ADD(5)) + (ADD(6) + ADD(7)));
        }
    }
    // A row of nothing but -Inf has no keys and gives 0; one with +Inf or NaN gives NaN.
    if (has_lse != 0 && first == 0) lse[mg_off[1] + uint(head * len + i)] = is_finite(m) ? m + log(l) : m;
    float g = is_finite(m) ? 1.0 / l : m == -INF ? 0.0 : NAN;
    uint to = mg_off[0] + uint((row0 + i) * ld_o + column + first);
    for (int c = 0; c < dims; c++) o[to + uint(c)] = a[c] * g;
}
