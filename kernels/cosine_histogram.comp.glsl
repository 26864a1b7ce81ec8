#version 430 core
// Histogram of x_i . y_j over all pairs, or with upper over i < j, by anyone.
//
//   counts: units x (bins + 1), the last for NaN     low, high: units     (all added to)
//   x: rows x d, stride ld_x     y: cols x d, stride ld_y
//   unit: unit_rows x unit_cols pairs
//
// A group of 256 takes a unit and counts by integer atomics, whose order does not matter.
// Flops: 2 d per pair. Go twin: cosine_histogram_kernel.go
#include "group.glsl"
#include "cosine_histogram_params.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 3) readonly buffer BufX { float x[]; };
layout(std430, binding = 4) readonly buffer BufY { float y[]; };

shared float lowest[256];
shared float highest[256];

void main() {
    uint across = uint((cols + unit_cols - 1) / unit_cols);
    uint lane = gl_LocalInvocationIndex;
    int i0 = int(group_id() / across) * unit_rows;
    int j0 = int(group_id() % across) * unit_cols;
    float a = uintBitsToFloat(0x7F800000u), b = -a;
    for (int t = int(lane); t < unit_rows * unit_cols; t += 256) {
        int i = i0 + t / unit_cols, j = j0 + t % unit_cols;
        if (!counted(i, j)) continue;
        uint xi = mg_off[3] + uint(i) * uint(ld_x), yj = mg_off[4] + uint(j) * uint(ld_y);
        float c = 0.0;
        for (uint e = 0u; e < uint(d); e++) c += x[xi + e] * y[yj + e];
        atomicAdd(counts[unit_counts(group_id()) + bin_of(c)], 1u);
        if (c < a) a = c;
        if (c > b) b = c;
    }
    lowest[lane] = a;
    highest[lane] = b;
    barrier();
    if (lane != 0u) return;
    for (int t = 1; t < 256; t++) {
        a = min(a, lowest[t]);
        b = max(b, highest[t]);
    }
    widen(group_id(), a, b);
}
