#version 430 core
// Sums and maxima over subgroups, of numbers that lanes make in loops of different lengths: where
// a lane that left its loop early is not waited for, they come out short.
//   y: of each lane its number, then sum, maximum, id and count of its subgroup, and whether it is the elected one
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint n; };

void main() {
    uint lane = gl_LocalInvocationIndex, v = 0u;
    for (uint k = lane * lane % 61u; k < n; k += 64u) v += k + 1u;
    y[lane] = v;
    y[64u + lane] = uint(subgroupAdd(float(v)));
    y[128u + lane] = subgroupMax(v);
    y[192u + lane] = gl_SubgroupID;
    y[256u + lane] = gl_NumSubgroups;
    y[320u + lane] = subgroupElect() ? 1u : 0u;
}
