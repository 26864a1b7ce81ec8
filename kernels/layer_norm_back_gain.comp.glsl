#version 430 core
// The gradients of layer_norm with respect to gain and bias, for chunks of rows:
//
//   dgain[k][c] (+)= sum dy (x - mean) rstd,   dbias[k][c] (+)= sum dy,   over chunk k of column c
//
//   dgain, dbias: chunks x cols        dy, x: rows x cols, strides ld_dy, ld_x
//   stats: rows x 2, (mean, rstd) as layer_norm kept them
//
// One invocation goes down a column (VEC 4: four); neighbours read neighbours, row by row.
// Cost: one read of dy and x. Go twin: layer_norm_back_gain.go
#include "group.glsl"

#ifndef VEC
#define VEC 1
#endif

layout(local_size_x = 64) in;

#if VEC == 4
#define T vec4
#else
#define T float
#endif
layout(std430, binding = 0) buffer BufDgain { T dgain[]; };
layout(std430, binding = 1) buffer BufDbias { T dbias[]; };
#ifdef TEXEL
layout(binding = 2) uniform samplerBuffer dy;
layout(binding = 3) uniform samplerBuffer x;
#define DY(i) texelFetch(dy, int(mg_off[2] + (i)))
#define X(i) texelFetch(x, int(mg_off[3] + (i)))
#else
layout(std430, binding = 2) readonly buffer BufDy { T dy[]; };
layout(std430, binding = 3) readonly buffer BufX { T x[]; };
#define DY(i) dy[mg_off[2] / VEC + (i)]
#define X(i) x[mg_off[3] / VEC + (i)]
#endif
layout(std430, binding = 4) readonly buffer BufStats { float stats[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_dy;
    int ld_x;
    int accumulate;
};

void main() {
    uint width = uint(cols) / VEC;
    uint i = invocation_id();
    uint k = i / width;
    uint col = i - k * width;
    if (k >= max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk))) return;
    T g = T(0.0), b = T(0.0);
    for (uint r = k * uint(chunk); r < min((k + 1u) * uint(chunk), uint(rows)); r++) {
        float mean = stats[mg_off[4] + 2u * r], rstd = stats[mg_off[4] + 2u * r + 1u];
        T d = DY(r * (uint(ld_dy) / VEC) + col);
        g += d * ((X(r * (uint(ld_x) / VEC) + col) - mean) * rstd);
        b += d;
    }
    uint to = mg_off[0] / VEC + i;
    dgain[to] = accumulate != 0 ? dgain[to] + g : g;
    to = mg_off[1] / VEC + i;
    dbias[to] = accumulate != 0 ? dbias[to] + b : b;
}
