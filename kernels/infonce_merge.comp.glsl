#version 430 core
// Merges softmax sums: (m, s) of parts first..first+fold becomes one pair,
//   m = max m_p,   s = sum s_p exp(m_p - m).
//
//   out_max, out_sum: ceil(parts/fold) x n; with accumulate they are merged in as well
//   part_max, part_sum: parts x n
//
// One invocation makes one pair, in two passes over its parts (the max first, so that no sum
// is rescaled twice). Go twin: infonce_merge.go
#include "group.glsl"
#include "max_sum.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer OutMax { float out_max[]; };
layout(std430, binding = 1) buffer OutSum { float out_sum[]; };
layout(std430, binding = 2) readonly buffer PartMax { float part_max[]; };
layout(std430, binding = 3) readonly buffer PartSum { float part_sum[]; };
layout(std140, binding = 0) uniform Params {
    int parts;
    int n;
    int fold;
    int accumulate;
};

void main() {
    uint o = invocation_id();
    uint folds = uint((parts + fold - 1) / fold);
    if (o >= folds * uint(n)) return;
    uint f = o / uint(n);
    uint first = f * uint(fold);
    uint last = min(first + uint(fold), uint(parts));
    uint at = o - f * uint(n);
    float old = accumulate != 0 ? out_max[mg_off[0] + o] : MINUS_INF;
    float m = larger(MINUS_INF, old);
    for (uint t = first; t < last; t++) m = larger(m, part_max[mg_off[2] + t * uint(n) + at]);
    float s = accumulate != 0 ? out_sum[mg_off[1] + o] * exp(old - base(m)) : 0.0;
    for (uint t = first; t < last; t++)
        s += part_sum[mg_off[3] + t * uint(n) + at] * exp(part_max[mg_off[2] + t * uint(n) + at] - base(m));
    out_max[mg_off[0] + o] = m;
    out_sum[mg_off[1] + o] = s;
}
