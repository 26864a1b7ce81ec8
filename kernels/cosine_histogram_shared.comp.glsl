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
#include "group.glsl"
#include "cosine_histogram_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 3) readonly buffer BufX { float x[]; };
layout(std430, binding = 4) readonly buffer BufY { float y[]; };
#define q x
#define k y
#include "tile_shared.glsl"

#ifndef HIST
#define HIST 5120
#endif
shared uint hist[HIST];

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
            for (int r = 0; r < TM; r++) {
                for (int c = 0; c < TM; c++) {
                    if (!counted(i + int(lane / 16u) * TM + r, j + int(lane % 16u) * TM + c)) continue;
                    atomicAdd(hist[mine + bin_of(s[r][c])], 1u);
                    if (s[r][c] < a) a = s[r][c];
                    if (s[r][c] > b) b = s[r][c];
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
    tile_q[lane] = a;
    tile_k[lane] = b;
    barrier();
    for (uint w = 128u; w > 0u; w >>= 1) {
        if (lane < w) {
            tile_q[lane] = min(tile_q[lane], tile_q[lane + w]);
            tile_k[lane] = max(tile_k[lane], tile_k[lane + w]);
        }
        barrier();
    }
    if (lane == 0u) widen(group_id(), tile_q[0], tile_k[0]);
}
