#version 430 core
// The arithmetic roofline: y[i] = x[i] after `steps` times v = A v + B.
//
//   x, y: n floats, n a multiple of 4 CHAINS
//
// One invocation takes 4 CHAINS floats as independent chains of vec4, so that the latency of
// a multiply-add does not show; too many chains do not fit a processor's registers, so the
// roofline tries several. 2 flops per step and float. Go twin: multiply_add.go
#include "group.glsl"

#ifndef CHAINS
#define CHAINS 4
#endif

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
layout(std140, binding = 0) uniform Params {
    int n;
    int steps;
};

const float A = 0.9990234375; // 1 - 2^-10
const float B = 0.0009765625; // 2^-10: the fixed point is 1

void main() {
    uint i = uint(CHAINS) * invocation_id();
    if (i >= uint(n) / 4u) return;
    uint at = mg_off[1] / 4u + i;
    vec4 v[CHAINS];
    for (int c = 0; c < CHAINS; c++) v[c] = x[at + uint(c)];
    for (int s = 0; s < steps; s += 4) {
        for (int c = 0; c < CHAINS; c++) v[c] = v[c] * A + B;
        for (int c = 0; c < CHAINS; c++) v[c] = v[c] * A + B;
        for (int c = 0; c < CHAINS; c++) v[c] = v[c] * A + B;
        for (int c = 0; c < CHAINS; c++) v[c] = v[c] * A + B;
    }
    at = mg_off[0] / 4u + i;
    for (int c = 0; c < CHAINS; c++) y[at + uint(c)] = v[c];
}
