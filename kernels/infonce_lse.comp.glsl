#version 430 core
// lse = m + log s, the logsumexp that a pair (max, sum) stands for.
//
//   lse, part_max, part_sum: n
//
// One invocation per element. Go twin: infonce_merge.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Lse { float lse[]; };
layout(std430, binding = 1) readonly buffer PartMax { float part_max[]; };
layout(std430, binding = 2) readonly buffer PartSum { float part_sum[]; };
layout(std140, binding = 0) uniform Params {
    int n;
};

void main() {
    uint i = invocation_id();
    if (i >= uint(n)) return;
    lse[mg_off[0] + i] = part_max[mg_off[1] + i] + log(part_sum[mg_off[2] + i]);
}
