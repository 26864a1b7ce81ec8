#version 430 core
// Partial softmax sums of the logits s_ij = scale q_i . k_j, for GPUs.
//
//   row_max, row_sum: ceil(cols/TILE) x rows         max_j and sum_j exp(s_ij - max) per block
//   col_max, col_sum: ceil(rows/row_block) x cols    the same down each block of rows
//   diag: rows    s_ij at j = first + i
//   q: rows x d, stride ld_q     k: cols x d, stride ld_k     scale: 1
//
// A group of 256 goes down row_block rows of TILE columns, tile by tile (see
// include/tile_shared.glsl). After each tile the invocations reduce their TM x TM logits
// along both axes through shared memory: row pairs are written, column pairs are kept.
// Flops: 2 rows cols d. Go twin: infonce_partial.go
#include "tile_rows.glsl"
#include "group.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer RowMax { float row_max[]; };
layout(std430, binding = 1) writeonly buffer RowSum { float row_sum[]; };
layout(std430, binding = 2) writeonly buffer ColMax { float col_max[]; };
layout(std430, binding = 3) writeonly buffer ColSum { float col_sum[]; };
layout(std430, binding = 4) writeonly buffer Diag { float diag[]; };
layout(std430, binding = 5) readonly buffer BufQ { QK_TYPE q[]; };
layout(std430, binding = 6) readonly buffer BufK { QK_TYPE k[]; };
layout(std430, binding = 7) readonly buffer Scale { float scale[]; };
#include "infonce_partial_params.glsl"
#include "max_sum.glsl"
#include "tile_shared.glsl"

#define PITCH (TILE + 1)
shared float part[16 * PITCH]; // one number per row (or column) and 16 invocations across it
shared float best[TILE];

void main() {
    int blocks = (cols + TILE - 1) / TILE;
    int row_group = int(group_id()) / blocks;
    int col_group = int(group_id()) - row_group * blocks;
    uint lane = gl_LocalInvocationIndex;
    uint tx = tile_x(), ty = tile_y();
    int j0 = col_group * TILE;
    float sc = scale[mg_off[7]];
    vec2 column = EMPTY; // of column j0 + lane, in the first TILE invocations
    int last = min(rows, (row_group + 1) * row_block);
    for (int i0 = row_group * row_block; i0 < last; i0 += TILE) {
        tile_products(d, mg_off[5], ld_q, i0, last, mg_off[6], ld_k, j0, cols);
        UNROLL for (int r = 0; r < TM; r++) {
            UNROLL for (int c = 0; c < TM; c++) {
                int i = i0 + ROW(r), j = j0 + COL(c);
                S(r, c) = i < last && j < cols ? S(r, c) * sc : MINUS_INF;
                if (i < last && j < cols && j == first + i) diag[mg_off[4] + uint(i)] = S(r, c);
            }
        }
        if ((sides & 1) != 0) {
            UNROLL for (int r = 0; r < TM; r++) {
                float m = MINUS_INF;
                UNROLL for (int c = 0; c < TM; c++) m = larger(m, S(r, c));
                part[tx * PITCH + ROW(r)] = m;
            }
            barrier();
            if (lane < TILE) {
                float m = MINUS_INF;
                for (uint t = 0u; t < 16u; t++) m = larger(m, part[t * PITCH + lane]);
                best[lane] = m;
            }
            barrier();
            UNROLL for (int r = 0; r < TM; r++) {
                float b = base(best[ROW(r)]), e = 0.0;
                UNROLL for (int c = 0; c < TM; c++) e += exp(S(r, c) - b);
                part[tx * PITCH + ROW(r)] = e;
            }
            barrier();
            if (lane < TILE && i0 + int(lane) < last) {
                float e = 0.0;
                for (uint t = 0u; t < 16u; t++) e += part[t * PITCH + lane];
                uint o = uint(col_group) * uint(rows) + uint(i0) + lane;
                row_max[mg_off[0] + o] = best[lane];
                row_sum[mg_off[1] + o] = e;
            }
            barrier();
        }
        if ((sides & 2) != 0) {
            UNROLL for (int c = 0; c < TM; c++) {
                float m = MINUS_INF;
                UNROLL for (int r = 0; r < TM; r++) m = larger(m, S(r, c));
                part[ty * PITCH + COL(c)] = m;
            }
            barrier();
            if (lane < TILE) {
                float m = MINUS_INF;
                for (uint t = 0u; t < 16u; t++) m = larger(m, part[t * PITCH + lane]);
                best[lane] = m;
            }
            barrier();
            UNROLL for (int c = 0; c < TM; c++) {
                float b = base(best[COL(c)]), e = 0.0;
                UNROLL for (int r = 0; r < TM; r++) e += exp(S(r, c) - b);
                part[ty * PITCH + COL(c)] = e;
            }
            barrier();
            if (lane < TILE) {
                float e = 0.0;
                for (uint t = 0u; t < 16u; t++) e += part[t * PITCH + lane];
                column = merge(column, vec2(best[lane], e));
            }
            barrier();
        }
    }
    if ((sides & 2) != 0 && lane < TILE && j0 + int(lane) < cols) {
        uint o = uint(row_group) * uint(cols) + uint(j0) + lane;
        col_max[mg_off[2] + o] = column.x;
        col_sum[mg_off[3] + o] = column.y;
    }
}
