#version 430 core
// The memory roofline: y = x, n floats, n a multiple of 4. One vec4 per invocation, so that
// neighbours read neighbours. 8 bytes per float. Go twin: copy.go
#include "group.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer BufY { vec4 y[]; };
layout(std430, binding = 1) readonly buffer BufX { vec4 x[]; };
layout(std140, binding = 0) uniform Params { int n; };

void main() {
    uint i = invocation_id();
    if (i < uint(n) / 4u) y[mg_off[0] / 4u + i] = x[mg_off[1] / 4u + i];
}
