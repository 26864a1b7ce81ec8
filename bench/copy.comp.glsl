#version 430 core
// The memory roofline: y = x, n floats, n a multiple of 4. One vec4 per invocation, so that
// neighbours read neighbours. 8 bytes per float. x is a storage block or (TEXEL) a texel
// buffer. RUN: eight neighbours copy 8 x 8 vec4 side by side, and store floats by pairs, which
// is the fastest way on processors (kernels/include/words.glsl says why); n is a multiple of 256.
// Go twin: copy.go
#include "group.glsl"

#ifdef RUN
layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer BufY { dvec2 y[]; };
dvec2 pack(vec4 v) { return dvec2(packDouble2x32(floatBitsToUint(v.xy)), packDouble2x32(floatBitsToUint(v.zw))); }
#else
layout(local_size_x = 256) in;
layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
#endif
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
#ifdef RUN
    i += i / 8u * 56u;
    if (i >= uint(n) / 4u) return;
    for (uint k = 0u; k < 8u; k++, i += 8u) y[mg_off[0] / 4u + i] = pack(X(i));
#else
    if (i < uint(n) / 4u) y[mg_off[0] / 4u + i] = X(i);
#endif
}
