#version 430 core
// y[r][k] = OP of x[r][k chunk .. (k+1) chunk): one number per row and chunk of columns.
//
//   SUM        sum x_i                     MAX   max x_i (NaN counts as largest)
//   MEAN       sum x_i / count             NORM  sqrt(sum x_i^2)
//   LOGSUMEXP  m + log sum exp(x_i - m), m = max x_i
//
//   x: rows x cols, stride ld_x            y: rows x chunks, stride ld_y
//
// A chunk belongs to one invocation (LANES 1), or to a whole group whose lanes take
// neighbouring elements in turn and then meet in a tree:
//
//   lanes   0 1 2 3 0 1 2 3 0 1 2 3        VEC 4: each lane takes four neighbours at a time
//   x[r]   |---- chunk 0 ----|---- chunk 1 ----|-- 2 --|
//
// Cost: one read of x (LOGSUMEXP: two, the second from cache). Go twin: reduce_rows.go
#include "subgroup.glsl"
#include "group.glsl"

#define SUM 0
#define MEAN 1
#define MAX 2
#define LOGSUMEXP 3
#define NORM 4
#ifndef OP
#define OP SUM
#endif
#ifndef LANES
#define LANES 1
#endif
#ifndef VEC
#define VEC 1
#endif
#include "fold.glsl"

#if LANES > 1
layout(local_size_x = LANES) in;
#else
layout(local_size_x = 16) in;
#endif

#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(std430, binding = 0) buffer BufY { float y[]; };
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

#if OP == LOGSUMEXP
#define TERM(v) exp((v) - shift)
#elif OP == NORM
#define TERM(v) ((v) * (v))
#else
#define TERM(v) (v)
#endif

float largest(uint at, uint n, uint lane) {
    T m = T(-INF);
    for (uint i = lane; i < n; i += LANES) m = larger(m, x[at + i]);
    return fold_max(max_of(m));
}

float total(uint at, uint n, uint lane, float shift) {
    T s = T(0.0);
    for (uint i = lane; i < n; i += LANES) s += TERM(x[at + i]);
    return fold_sum(sum_of(s));
}

void main() {
    uint chunks = max(1u, (uint(cols) + uint(chunk) - 1u) / uint(chunk));
#if LANES > 1
    uint pair = group_id();
    uint lane = gl_LocalInvocationIndex;
#else
    uint pair = invocation_id();
    uint lane = 0u;
    if (pair >= uint(rows) * chunks) return;
#endif
    uint row = pair / chunks;
    uint k = pair - row * chunks;
    uint from = k * uint(chunk);
    uint n = (min(from + uint(chunk), uint(cols)) - from) / VEC;
    uint at = (mg_off[1] + row * uint(ld_x) + from) / VEC;

#if OP == MAX
    float r = largest(at, n, lane);
#elif OP == LOGSUMEXP
    float m = largest(at, n, lane);
    float s = total(at, n, lane, is_finite(m) ? m : 0.0);
    float r = is_finite(m) ? m + log(s) : m; // all -Inf, or some +Inf or NaN: m says it
#else
    float r = total(at, n, lane, 0.0);
#endif
#if OP == NORM
    r = is_finite(r) ? sqrt(r) : r;
#elif OP == MEAN
    r = count == 0 ? NAN : r / float(count);
#endif
    if (lane == 0u) {
        uint to = mg_off[0] + row * uint(ld_y) + k;
        y[to] = accumulate != 0 ? y[to] + r : r;
    }
}
