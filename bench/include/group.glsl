// The launch as the engine gives it to every shader.
//
// Work groups are numbered linearly: the engine cuts 0..groups into rectangles of at most
// 65535 x 65535 and into pieces of about 100 ms, and says where each piece begins.
// mg_off[i] is where the view of buffer i begins in the bound range: elements for a
// storage block, RGBA32F texels for a samplerBuffer.

layout(location = 0) uniform uint mg_first;
layout(location = 1) uniform uint mg_off[8];

// Number of this group in the whole launch.
uint group_id() {
    return mg_first + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}

// Number of this invocation in the whole launch. A macro, because a function could use
// gl_WorkGroupSize only after the shader's own local_size.
#define invocation_id() (group_id() * (gl_WorkGroupSize.x * gl_WorkGroupSize.y * gl_WorkGroupSize.z) + gl_LocalInvocationIndex)
