// Sum and maximum over the LANES invocations that share one chunk of a reduction: LANES 1,
// each invocation has a chunk of its own; else the whole group has one. Every lane gets the
// result: of a tree in shared memory or, with SUBGROUP, of sums and maxima of subgroups
// (include/subgroup.glsl, which the reader includes first), taken in the order of their numbers. The
// order is fixed, so runs are equal to the bit.
#include "special.glsl"

float sum_of(float v) { return v; }
float sum_of(vec4 v) { return (v.x + v.y) + (v.z + v.w); }

float max_of(float v) { return v; }
float max_of(vec4 v) { return larger(larger(v.x, v.y), larger(v.z, v.w)); }

vec4 larger(vec4 a, vec4 b) {
    return vec4(larger(a.x, b.x), larger(a.y, b.y), larger(a.z, b.z), larger(a.w, b.w));
}

#if LANES > 1
float plus(float a, float b) { return a + b; }

#ifdef SUBGROUP
// Numbers as uints of the same order, NaN above all: a maximum of floats may lose NaN.
uint rank_of(float v) {
    uint b = floatBitsToUint(v);
    return is_nan(v) ? 0xFFFFFFFFu : b >= 0x80000000u ? ~b : b + 0x80000000u;
}
float ranked(uint r) { return r == 0xFFFFFFFFu ? NAN : uintBitsToFloat(r >= 0x80000000u ? r - 0x80000000u : ~r); }
float subgroup_largest(float v) { return ranked(subgroup_max(rank_of(v))); }

// One number of each subgroup, in one half and then in the other: who is still reading the one is
// waited for at the next fold's barrier, before it is written again.
shared float fold_part[2 * LANES];
uint fold_half = 0u;

#define FOLD(NAME, OF, WITHIN)                                                      \
    float NAME(float v) {                                                           \
        v = WITHIN(v);                                                              \
        if (subgroup_first()) fold_part[fold_half + SUBGROUP_ID] = v;               \
        barrier();                                                                  \
        float all = fold_part[fold_half];                                           \
        for (uint s = 1u; s < SUBGROUPS; s++) all = OF(all, fold_part[fold_half + s]); \
        fold_half = LANES - fold_half;                                              \
        return all;                                                                 \
    }
FOLD(fold_sum, plus, subgroup_sum)
FOLD(fold_max, larger, subgroup_largest)
#else
shared float fold_part[LANES];

#define FOLD(NAME, OF)                                                              \
    float NAME(float v) {                                                           \
        uint lane = gl_LocalInvocationIndex;                                        \
        fold_part[lane] = v;                                                        \
        barrier();                                                                  \
        for (uint half_ = LANES / 2u; half_ > 0u; half_ /= 2u) {                    \
            if (lane < half_) fold_part[lane] = OF(fold_part[lane], fold_part[lane + half_]); \
            barrier();                                                              \
        }                                                                           \
        float all = fold_part[0];                                                   \
        barrier();                                                                  \
        return all;                                                                 \
    }
FOLD(fold_sum, plus)
FOLD(fold_max, larger)
#endif
#else
float fold_sum(float v) { return v; }
float fold_max(float v) { return v; }
#endif
