#version 430 core
// The last step of a product whose sums were cut along k:
// C = act(alpha (P_0 + P_1 + ... ) + beta C + bias).
//
//   c: m x n, stride ld_c     p: parts x m x n     bias: n, read where has_bias is not 0
//
// One invocation takes one element of C (VEC 1) or four neighbours (VEC 4), and adds its parts in
// their order. Cost: 4 m n (parts + 1) bytes; parts loop iterations. Go twin: matmul_sum.go
#include "group.glsl"
#include "activation.glsl"

#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#else
#define T float
#endif

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer BufC { T c[]; };
layout(std430, binding = 1) readonly buffer BufP { T p[]; };
layout(std430, binding = 2) readonly buffer BufBias { T bias[]; };
layout(std140, binding = 0) uniform Params {
    int m;
    int n;
    int parts;
    int ld_c;
    float alpha;
    float beta;
    int has_bias;
    int act;
};

void main() {
    uint across = uint(n / VEC), i = invocation_id();
    if (i >= uint(m) * across) return;
    uint row = i / across, col = i % across;
    T sum = T(0.0);
    uint at = mg_off[1] / VEC + i;
    for (int z = 0; z < parts; z++) sum += p[at + uint(z) * uint(m) * across];
    T v = alpha * sum;
    at = (mg_off[0] + row * uint(ld_c)) / VEC + col;
    if (beta != 0.0) v += beta * c[at];
    if (has_bias != 0) v += bias[mg_off[2] / VEC + col];
    c[at] = activate(act, v);
}
