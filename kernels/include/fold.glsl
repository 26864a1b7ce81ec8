// Sum and maximum over the LANES invocations that share one chunk of a reduction: LANES 1,
// each invocation has a chunk of its own; else the whole group has one. Every lane gets the
// result. The tree's shape is fixed, so runs are equal to the bit.
#include "special.glsl"

float sum_of(float v) { return v; }
float sum_of(vec4 v) { return (v.x + v.y) + (v.z + v.w); }

float max_of(float v) { return v; }
float max_of(vec4 v) { return larger(larger(v.x, v.y), larger(v.z, v.w)); }

vec4 larger(vec4 a, vec4 b) {
    return vec4(larger(a.x, b.x), larger(a.y, b.y), larger(a.z, b.z), larger(a.w, b.w));
}

#if LANES > 1
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
float plus(float a, float b) { return a + b; }
FOLD(fold_sum, plus)
FOLD(fold_max, larger)
#else
float fold_sum(float v) { return v; }
float fold_max(float v) { return v; }
#endif
