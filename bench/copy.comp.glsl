#version 430 core
// The memory roofline: y = x, n floats, n a multiple of 4. One vec4 per invocation, so that
// neighbours read neighbours. 8 bytes per float. x is a storage block or (TEXEL) a texel
// buffer. Go twin: copy.go
#include "group.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
#ifdef TEXEL
layout(binding = 1) uniform samplerBuffer x;
#define X(i) texelFetch(x, int(mg_off[1] + i))
#else
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
#define X(i) x[mg_off[1] / 4u + i]
#endif
layout(std140, binding = 0) uniform Params { int n; };

void main() {
    uint i = invocation_id();
    if (i < uint(n) / 4u) y[mg_off[0] / 4u + i] = X(i);
}
