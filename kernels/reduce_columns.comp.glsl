#version 430 core
// y[k][c] = OP of x[k chunk .. (k+1) chunk)[c]: one number per chunk of rows and column.
//
//   SUM        sum x_i                     MAX       max x_i (NaN counts as largest)
//   MEAN       sum x_i / count             CENTROID  the same, with the sum compensated
//   LOGSUMEXP  m + log sum exp(x_i - m), m = max x_i
//
//   x: rows x cols, stride ld_x            y: chunks x cols, stride ld_y
//
//            columns: one invocation each (VEC 4: four each)
//            | | | | | | | |
//   chunk 0  v v v v v v v v               neighbours read neighbours, row by row
//   chunk 1  v v v v v v v v
//
// CENTROID adds by TwoSum and keeps the errors (Ogita, Rump, Oishi 2005, Sum2).
// Cost: one read of x (LOGSUMEXP: two). Go twin: reduce_columns.go
#include "group.glsl"

#define SUM 0
#define MEAN 1
#define MAX 2
#define LOGSUMEXP 3
#define CENTROID 5
#ifndef OP
#define OP SUM
#endif
#ifndef VEC
#define VEC 1
#endif
#define LANES 1
#include "fold.glsl"

layout(local_size_x = 64) in;

#if VEC == 4
#define T vec4
#define EACH(v, F) vec4(F(v.x), F(v.y), F(v.z), F(v.w))
#define EACH2(a, b, F) vec4(F(a.x, b.x), F(a.y, b.y), F(a.z, b.z), F(a.w, b.w))
#else
#define T float
#define EACH(v, F) F(v)
#define EACH2(a, b, F) F(a, b)
#endif
layout(std430, binding = 0) buffer BufY { T y[]; };
layout(std430, binding = 1) readonly buffer BufX { T x[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_y;
    int ld_x;
    int count;
    int accumulate;
};

float or_zero(float m) { return is_finite(m) ? m : 0.0; }
float log_sum(float m, float s) { return is_finite(m) ? m + log(s) : m; }
float with_errors(float s, float e) { return is_finite(s) ? s + e : s; }
float mean_of(float s) { return count == 0 ? NAN : s / float(count); }

void main() {
    uint width = uint(cols) / VEC;
    uint step = uint(ld_x) / VEC;
    uint i = invocation_id();
    uint k = i / width;
    uint col = i - k * width;
    uint chunks = max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk));
    if (k >= chunks) return;
    uint n = min(uint(chunk), uint(rows) - k * uint(chunk));
    uint at = mg_off[1] / VEC + k * uint(chunk) * step + col;

#if OP == MAX || OP == LOGSUMEXP
    T r = T(-INF);
    for (uint j = 0u; j < n; j++) r = larger(r, x[at + j * step]);
#else
    T r = T(0.0);
#endif
#if OP == LOGSUMEXP
    T shift = EACH(r, or_zero);
    T s = T(0.0);
    for (uint j = 0u; j < n; j++) s += exp(x[at + j * step] - shift);
    r = EACH2(r, s, log_sum);
#elif OP == SUM || OP == MEAN
    for (uint j = 0u; j < n; j++) r += x[at + j * step];
#elif OP == CENTROID
    precise T s = T(0.0);
    precise T e = T(0.0);
    for (uint j = 0u; j < n; j++) {
        precise T v = x[at + j * step];
        precise T t = s + v;
        precise T z = t - s;
        precise T q = (s - (t - z)) + (v - z);
        s = t;
        e = e + q;
    }
    r = EACH2(s, e, with_errors);
#endif
#if OP == MEAN || OP == CENTROID
    r = EACH(r, mean_of);
#endif
    uint to = mg_off[0] / VEC + k * uint(ld_y) / VEC + col;
    y[to] = accumulate != 0 ? y[to] + r : r;
}
