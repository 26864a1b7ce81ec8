#version 430 core
// Partial softmax sums of the logits s_ij = scale q_i . k_j, by anyone: no shared memory.
//
//   row_max, row_sum: ceil(cols/col_block) x rows    max_j and sum_j exp(s_ij - max) per block
//   col_max, col_sum: ceil(rows/row_block) x cols    the same down each block of rows
//   diag: rows    s_ij at j = first + i              (rows and columns are matched there)
//   q: rows x d, stride ld_q     k: cols x d, stride ld_k     scale: 1
//
// One invocation makes one pair (max, sum): it goes along its block, 8 products at a time,
// and rescales its sum when the max grows. Every product is made twice when both sides are
// wanted: 4 rows cols d flops. Go twin: infonce_partial.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer RowMax { float row_max[]; };
layout(std430, binding = 1) writeonly buffer RowSum { float row_sum[]; };
layout(std430, binding = 2) writeonly buffer ColMax { float col_max[]; };
layout(std430, binding = 3) writeonly buffer ColSum { float col_sum[]; };
layout(std430, binding = 4) writeonly buffer Diag { float diag[]; };
layout(std430, binding = 5) readonly buffer BufQ { float q[]; };
layout(std430, binding = 6) readonly buffer BufK { float k[]; };
layout(std430, binding = 7) readonly buffer Scale { float scale[]; };
#include "infonce_partial_params.glsl"
#include "max_sum.glsl"

#define ADD(t) s[t] += v * (row ? k[at[t] + uint(c)] : q[at[t] + uint(c)]);

// Eight products of one row of q (a) with rows b, b+1, ... of k, or the other way round.
void dots(bool row, int a, int b, int n, out float s[8]) {
    uint at[8];
    for (int t = 0; t < 8; t++) {
        s[t] = 0.0;
        int o = b + min(t, n - 1);
        at[t] = row ? mg_off[6] + uint(o) * uint(ld_k) : mg_off[5] + uint(o) * uint(ld_q);
    }
    uint x = row ? mg_off[5] + uint(a) * uint(ld_q) : mg_off[6] + uint(a) * uint(ld_k);
    for (int c = 0; c < d; c++) {
        float v = row ? q[x + uint(c)] : k[x + uint(c)];
        ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7)
    }
    for (int t = 0; t < 8; t++) s[t] = t < n ? s[t] * scale[mg_off[7]] : MINUS_INF;
}

void main() {
    uint nrow = (sides & 1) != 0 ? uint(rows) * uint((cols + col_block - 1) / col_block) : 0u;
    uint ncol = (sides & 2) != 0 ? uint(cols) * uint((rows + row_block - 1) / row_block) : 0u;
    uint o = invocation_id();
    bool row = o < nrow;
    if (!row) o -= nrow;
    if (!row && o >= ncol) return;
    int len = row ? rows : cols;
    int a = int(o % uint(len));
    int lo = int(o / uint(len)) * (row ? col_block : row_block);
    int hi = row ? min(lo + col_block, cols) : min(lo + row_block, rows);
    vec2 ms = EMPTY;
    for (int b = lo; b < hi; b += 8) {
        float s[8];
        dots(row, a, b, hi - b, s);
        float m = MINUS_INF;
        for (int t = 0; t < 8; t++) m = larger(m, s[t]);
        float sum = 0.0;
        for (int t = 0; t < 8; t++) sum += t < hi - b ? exp(s[t] - base(m)) : 0.0;
        ms = merge(ms, vec2(m, sum));
        for (int t = 0; t < 8; t++) {
            int i = row ? a : b + t;
            int j = row ? b + t : a;
            // Both sides see the pair; the rows write it if they run at all.
            if (t < hi - b && j == first + i && (row || nrow == 0u)) diag[mg_off[4] + uint(i)] = s[t];
        }
    }
    if (row) {
        row_max[mg_off[0] + o] = ms.x;
        row_sum[mg_off[1] + o] = ms.y;
    } else {
        col_max[mg_off[2] + o] = ms.x;
        col_sum[mg_off[3] + o] = ms.y;
    }
}
