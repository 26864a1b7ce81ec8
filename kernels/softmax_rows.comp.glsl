#version 430 core
// y = exp(x - m) / sum of exp(x - m) along each row, m the row's maximum.
//
//   x, y: rows x cols, strides ld_x, ld_y
//
// A row of nothing but -Inf gives 0; +Inf in a row gives NaN there and 0 elsewhere; NaN makes the row
// NaN. Three sweeps along a row (include/sweep.glsl). Cost: one read of x; the other sweeps are from
// registers (HOLD) or cache. y may be x. Go twin: softmax_rows.go
#include "subgroup.glsl"
#include "group.glsl"
#include "sweep.glsl"

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
INPUT(1, x);
#define X(i) READ(x, 1, row * (uint(ld_x) / VEC) + (i))
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
};

float weight(float d) { return is_nan(d) ? d : exp(d); }
vec4 weight(vec4 d) { return vec4(weight(d.x), weight(d.y), weight(d.z), weight(d.w)); }

#ifdef HOLD
T held[HOLD];
#define AT(i) held[h]
#define WEIGHT(i) held[h]
#else
#define AT(i) X(i)
#define WEIGHT(i) weight(X(i) - shift)
#endif

void main() {
    if (!row_begins(rows)) return;
    uint n = uint(cols) / VEC;
#ifdef HOLD
    EACH(n) held[h] = X(i);
#endif
    T top = T(-INF);
    EACH(n) top = larger(top, AT(i));
    float m = fold_max(max_of(top)), shift = m == -INF ? 0.0 : m;
    T s = T(0.0);
    EACH(n) {
#ifdef HOLD
        held[h] = weight(held[h] - shift);
#endif
        s += WEIGHT(i);
    }
    float sum = fold_sum(sum_of(s));
    if (!is_finite(m)) sum = 1.0;
    uint to = mg_off[0] / VEC + row * (uint(ld_y) / VEC);
    EACH(n) y[to + i] = pack(WEIGHT(i) / sum);
}
