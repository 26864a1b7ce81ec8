// Parameters and outputs of all_pairs_cosine_histogram (kernels/cosine_histogram_kernel.go),
// and the bin of a number.
#include "nan.glsl"

layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int d;
    int ld_x;
    int ld_y;
    int unit_rows;
    int unit_cols;
    int bins;
    int upper;
    float lo;
    float per_bin;
};
layout(std430, binding = 0) buffer Counts { uint counts[]; };
layout(std430, binding = 1) buffer Low { float low[]; };
layout(std430, binding = 2) buffer High { float high[]; };

// Numbers beyond both ends fall into the end bins; NaN has the counter behind them.
uint bin_of(float c) {
    float t = floor((c - lo) * per_bin);
    return is_nan(t) ? uint(bins) : uint(clamp(t, 0.0, float(bins - 1)));
}

bool counted(int i, int j) { return i < rows && j < cols && (upper == 0 || i < j); }

// Where the histogram of a unit begins.
uint unit_counts(uint unit) { return mg_off[0] + unit * uint(bins + 1); }

// Widens the range of a unit.
void widen(uint unit, float lowest, float highest) {
    if (lowest < low[mg_off[1] + unit]) low[mg_off[1] + unit] = lowest;
    if (highest > high[mg_off[2] + unit]) high[mg_off[2] + unit] = highest;
}
