#version 430 core
// The gradients of attention, by anyone: no shared memory, any stride. With p_ij =
// exp(scale q_i . k_j - lse_i) and g_ij = scale p_ij (do_i . v_j - delta_i),
//
//   dq_i (+)= sum_j g_ij k_j     dk_j (+)= sum_i g_ij q_i     dv_j (+)= sum_i p_ij do_i
//
//   q, k, v, dout (do), dq, dk, dv: (batch len) x (heads width), strides ld_*
//   rows: batch x heads x len x 2, (lse, delta)
//
// parts says which: 1 dq, 2 dk, 4 dv. One invocation makes 16 numbers of one row: it goes along
// the rows of the other side, four at a time. causal: j <= i. Go twin: attention_back.go
#include "group.glsl"
#define ELEMENT float
#include "attention_back_params.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 3) readonly buffer BufDout { float dout[]; };
layout(std430, binding = 4) readonly buffer BufQ { float q[]; };
layout(std430, binding = 5) readonly buffer BufK { float k[]; };
layout(std430, binding = 6) readonly buffer BufV { float v[]; };

#define DIMS 16
#define Q 0
#define K 1
#define V 2

// Where a head's part of a row begins.
int at_q(int row, int column) { return int(mg_off[4]) + row * ld_q + column; }
int at_k(int row, int column) { return int(mg_off[5]) + row * ld_k + column; }
int at_v(int row, int column) { return int(mg_off[6]) + row * ld_v + column; }
int at_dout(int row, int column) { return int(mg_off[3]) + row * ld_dout + column; }

void main() {
    int pieces = (width + DIMS - 1) / DIMS;
    int each = batch * heads * len * pieces;
    if (each == 0) return;
    int item = int(invocation_id());
    int part = Q; // of those that are wanted
    for (int left = item / each; part <= V; part++)
        if ((parts >> part & 1) != 0 && left-- == 0) break;
    if (part > V) return;
    item %= each;
    int head = item / (len * pieces); // of all in the batch
    int own = item / pieces - head * len;
    int first = item % pieces * DIMS;
    int row0 = head / heads * len, column = head % heads * width;
    int own_s = part == Q ? at_q(row0 + own, column) : at_k(row0 + own, column);
    int own_p = part == Q ? at_dout(row0 + own, column) : at_v(row0 + own, column);
    int dims = min(DIMS, width - first); // no constant: drivers take seconds to compile 16 copies
    float a[DIMS];
    for (int c = 0; c < DIMS; c++) a[c] = 0.0;
    int lo = part != Q && causal != 0 ? own : 0, hi = part == Q && causal != 0 ? own + 1 : len;
    for (int b0 = lo; b0 < hi; b0 += 4) {
        int s_at[4], p_at[4];
        float s[4], p[4];
        for (int t = 0; t < 4; t++) {
            int row = row0 + min(b0 + t, hi - 1);
            s_at[t] = part == Q ? at_k(row, column) : at_q(row, column);
            p_at[t] = part == Q ? at_v(row, column) : at_dout(row, column);
            s[t] = p[t] = 0.0;
        }
#define DOT(t) \
            s[t] += x * (part == Q ? k[s_at[t] + c] : q[s_at[t] + c]); \
            p[t] += y * (part == Q ? v[p_at[t] + c] : dout[p_at[t] + c]);
        for (int c = 0; c < width; c++) {
            float x = part == Q ? q[own_s + c] : k[own_s + c];
            float y = part == Q ? dout[own_p + c] : v[own_p + c];
            DOT(0) DOT(1) DOT(2) DOT(3)
        }
        for (int t = 0; t < 4; t++) {
            vec2 row = row_of(head, part == Q ? own : min(b0 + t, hi - 1));
            float w = probability(s[t] * scale, row.x);
            if (part != V) w *= (p[t] - row.y) * scale;
            s[t] = b0 + t < hi ? w : 0.0;
        }
#define ADD(t) s[t] * (part == Q ? k[s_at[t] + at] : part == K ? q[s_at[t] + at] : dout[p_at[t] + at])
        for (int c = 0; c < dims; c++) {
            int at = first + c;
            a[c] += (ADD(0) + ADD(1)) + (ADD(2) + ADD(3));
        }
    }
    int to = column + first;
    for (int c = 0; c < dims; c++) {
        if (part == Q) {
            int at = int(mg_off[0]) + (row0 + own) * ld_dq + to + c;
            dq[at] = accumulate != 0 ? dq[at] + a[c] : a[c];
        } else if (part == K) {
            int at = int(mg_off[1]) + (row0 + own) * ld_dk + to + c;
            dk[at] = accumulate != 0 ? dk[at] + a[c] : a[c];
        } else {
            int at = int(mg_off[2]) + (row0 + own) * ld_dv + to + c;
            dv[at] = accumulate != 0 ? dv[at] + a[c] : a[c];
        }
    }
}
