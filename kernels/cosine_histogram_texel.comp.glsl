#version 430 core
// Histogram of x_i . y_j over all pairs, or with upper over i < j, for processors: no
// barriers, no atomics.
//
//   counts: units x (bins + 1), the last for NaN     low, high: units     (all added to)
//   x: rows x d     y: cols x d     (texels: strides are multiples of 4)
//   unit: unit_rows x unit_cols pairs, multiples of 8 x 16
//
// An invocation takes a unit, which has a histogram of its own, tile by tile
// (include/tile_texel.glsl); neighbours take units side by side. Tiles below the diagonal are
// left out. Flops: 2 d per pair. Go twin: cosine_histogram_kernel.go
#include "group.glsl"
#include "cosine_histogram_params.glsl"

layout(local_size_x = 16) in;

layout(binding = 3) uniform samplerBuffer x;
layout(binding = 4) uniform samplerBuffer y;
#define q x
#define k y
#include "tile_texel.glsl"

uint base;
float lowest, highest;

void count(float c, bool yes) {
    counts[base + bin_of(c)] += yes ? 1u : 0u;
    lowest = yes && c < lowest ? c : lowest;
    highest = yes && c > highest ? c : highest;
}

#define COUNT(c) \
    count(s[(c) / 4].x, i < last && counted(i, j0 + (c))); count(s[(c) / 4].y, i < last && counted(i, j0 + (c) + 1)); \
    count(s[(c) / 4].z, i < last && counted(i, j0 + (c) + 2)); count(s[(c) / 4].w, i < last && counted(i, j0 + (c) + 3));

void main() {
    uint unit = invocation_id();
    int across = (cols + unit_cols - 1) / unit_cols;
    int unit_row = int(unit) / across;
    int first = unit_row * unit_rows, last = min(first + unit_rows, rows);
    if (first >= rows) return;
    int left = (int(unit) - unit_row * across) * unit_cols, right = min(left + unit_cols, cols);
    base = unit_counts(unit);
    lowest = uintBitsToFloat(0x7F800000u);
    highest = -lowest;
    for (int j0 = left; j0 < right; j0 += 16) { // down first: 16 rows of y stay in cache
        for (int c = 0; c < 16; c++) k_at[c] = int(mg_off[4]) + min(j0 + c, cols - 1) * (ld_y / 4);
        for (int i0 = first; i0 < (upper != 0 ? min(last, j0 + 15) : last); i0 += 8) {
            for (int r = 0; r < 8; r++) q_at[r] = int(mg_off[3]) + min(i0 + r, rows - 1) * (ld_x / 4);
            tile_products(d);
            for (int i = i0; i < i0 + 8; i++) {
                COUNT(0)
                COUNT(4)
                COUNT(8)
                COUNT(12)
                next_row();
            }
        }
    }
    widen(unit, lowest, highest);
}
