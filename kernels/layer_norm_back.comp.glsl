#version 430 core
// The gradient of layer_norm with respect to x: with g = dy gain and z = (x - mean) rstd,
//
//   dx (+)= rstd (g - (sum g + z sum g z) / cols), sums along the row.
//
//   dx, dy, x: rows x cols, strides ld_dx, ld_dy, ld_x        gain: cols
//   stats: rows x 2, (mean, rstd) as layer_norm kept them
//
// Two sweeps along a row (include/sweep.glsl). Cost: one read of dy and x; the second sweep
// is from registers (HOLD) or cache. dx may be dy. Go twin: layer_norm_back.go
#include "subgroup.glsl"
#include "group.glsl"
#include "sweep.glsl"

layout(std430, binding = 0) buffer BufDx { WORDS dx[]; };
INPUT(1, dy);
INPUT(2, x);
INPUT(3, gain);
#define DY(i) READ(dy, 1, row * (uint(ld_dy) / VEC) + (i))
#define X(i) READ(x, 2, row * (uint(ld_x) / VEC) + (i))
layout(std430, binding = 4) readonly buffer BufStats { float stats[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_dx;
    int ld_dy;
    int ld_x;
    int accumulate;
};

#ifdef HOLD
T held_g[HOLD], held_z[HOLD];
#define G(i) held_g[h]
#define Z(i) held_z[h]
#else
#define G(i) (DY(i) * READ(gain, 3, i))
#define Z(i) ((X(i) - mean) * rstd)
#endif

void main() {
    if (!row_begins(rows)) return;
    uint n = uint(cols) / VEC;
    float mean = stats[mg_off[4] + 2u * row], rstd = stats[mg_off[4] + 2u * row + 1u];
#ifdef HOLD
    EACH(n) {
        held_g[h] = DY(i) * READ(gain, 3, i);
        held_z[h] = (X(i) - mean) * rstd;
    }
#endif
    T s1 = T(0.0), s2 = T(0.0);
    EACH(n) {
        T g = G(i);
        s1 += g;
        s2 += g * Z(i);
    }
    float a = row_mean(s1, cols), b = row_mean(s2, cols);
    uint to = mg_off[0] / VEC + row * (uint(ld_dx) / VEC);
    EACH(n) {
        T g = rstd * ((G(i) - a) - Z(i) * b);
        if (accumulate != 0) g += unpack(dx[to + i]);
        dx[to + i] = pack(g);
    }
}
