#version 430 core
// Histogram of x_i . y_j over all pairs, or with upper over i < j, for GPUs.
//
//   counts: units x (bins + 1), the last for NaN     low, high: units     (all added to)
//   x: rows x d, stride ld_x     y: cols x d, stride ld_y
//   unit: unit_rows x unit_cols pairs, multiples of TILE (include/tile_shared.glsl)
//
// A group of 256 takes a unit, tile by tile, and counts in shared memory: cosines crowd in few
// bins, so there are as many copies of the histogram as fit (16 at most), dealt out to
// neighbours in turn. The group owns its unit's counts, to which the copies are added at the
// end. Flops: 2 d per pair. Go twin: cosine_histogram_kernel.go
#include "tile_rows.glsl"
#include "group.glsl"
#include "cosine_histogram_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 3) readonly buffer BufX { QK_TYPE x[]; };
layout(std430, binding = 4) readonly buffer BufY { QK_TYPE y[]; };
#define q x
#define k y
#include "tile_shared.glsl"

#ifndef HIST
#define HIST 5120
#endif
shared uint hist[HIST];
#define ENDS(i) tile_q[(i) / 16u][(i) % 16u].xy // lowest and highest of invocation i, at the end

void main() {
    uint across = uint((cols + unit_cols - 1) / unit_cols);
    uint lane = gl_LocalInvocationIndex;
    uint n = uint(bins) + 1u;
    uint copies = clamp(uint(HIST) / n, 1u, 16u);
    for (uint t = lane; t < uint(HIST); t += 256u) hist[t] = 0u;
    barrier();
    int i0 = int(group_id() / across) * unit_rows, i1 = min(i0 + unit_rows, rows);
    int j0 = int(group_id() % across) * unit_cols, j1 = min(j0 + unit_cols, cols);
    uint mine = lane % copies * n;
    float a = uintBitsToFloat(0x7F800000u), b = -a;
    for (int i = i0; i < i1; i += TILE) {
        for (int j = j0; j < j1; j += TILE) {
            if (upper != 0 && j + TILE - 1 <= i) continue;
            tile_products(d, mg_off[3], ld_x, i, rows, mg_off[4], ld_y, j, cols);
            UNROLL for (int r = 0; r < TM; r++) {
                UNROLL for (int c = 0; c < TM; c++) {
                    float v = S(r, c);
                    if (counted(i + ROW(r), j + COL(c))) {
                        atomicAdd(hist[mine + bin_of(v)], 1u);
                        if (v < a) a = v;
                        if (v > b) b = v;
                    }
                }
            }
        }
    }
    barrier();
    for (uint t = lane; t < n; t += 256u) {
        uint sum = 0u;
        for (uint c = 0u; c < copies; c++) sum += hist[c * n + t];
        counts[unit_counts(group_id()) + t] += sum;
    }
    barrier();
    // The products' memory is free now: the extremes of all invocations.
    ENDS(lane) = vec2(a, b);
    barrier();
    for (uint w = 128u; w > 0u; w >>= 1) {
        if (lane < w) ENDS(lane) = vec2(min(ENDS(lane).x, ENDS(lane + w).x), max(ENDS(lane).y, ENDS(lane + w).y));
        barrier();
    }
    if (lane == 0u) widen(group_id(), ENDS(0u).x, ENDS(0u).y);
}
