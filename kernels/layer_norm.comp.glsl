#version 430 core
// y = (x - mean) / sqrt(var + eps) gain + bias along each row; var = mean of (x - mean)^2.
//
//   x, y: rows x cols, strides ld_x, ld_y        gain, bias: cols
//   stats: rows x 2, (mean, 1 / sqrt(var + eps)), written where has_stats is 1
//
// Three sweeps along a row (include/sweep.glsl): a mean m; the sums of d = x - m and of
// d^2; y. The mean r of d is what m lacks by rounding, so mean = m + r, var = mean d^2 - r^2
// and x - mean = d - r, to full precision also where the mean is far larger than the spread
// (Chan, Golub, LeVeque 1983, equation 1.7).
//
// Cost: one read of x; the other sweeps are from registers (HOLD) or cache. y may be x.
// Go twin: layer_norm.go
#include "subgroup.glsl"
#include "group.glsl"
#include "sweep.glsl"

layout(std430, binding = 0) writeonly buffer BufY { WORDS y[]; };
layout(std430, binding = 1) writeonly buffer BufStats { float stats[]; };
INPUT(2, x);
INPUT(3, gain);
INPUT(4, bias);
#define X(i) READ(x, 2, row * (uint(ld_x) / VEC) + (i))
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y;
    int ld_x;
    int has_stats;
    float eps;
};

#ifdef HOLD
T held[HOLD];
#define AT(i) held[h]
#else
#define AT(i) X(i)
#endif

void main() {
    if (!row_begins(rows)) return;
    uint n = uint(cols) / VEC;
#ifdef HOLD
    EACH(n) held[h] = X(i);
#endif
    T s = T(0.0);
    EACH(n) s += AT(i);
    float m = row_mean(s, cols);
    T s1 = T(0.0), s2 = T(0.0);
    EACH(n) {
        T d = AT(i) - m;
        s1 += d;
        s2 += d * d;
    }
    float r = row_mean(s1, cols);
    float var = at_least(0.0, row_mean(s2, cols) - r * r);
    float rstd = 1.0 / sqrt(var + eps);
    if (lane == 0u && has_stats != 0) {
        stats[mg_off[1] + 2u * row] = m + r;
        stats[mg_off[1] + 2u * row + 1u] = rstd;
    }
    uint to = mg_off[0] / VEC + row * (uint(ld_y) / VEC);
    EACH(n) y[to + i] = pack(((AT(i) - m) - r) * rstd * READ(gain, 3, i) + READ(bias, 4, i));
}
