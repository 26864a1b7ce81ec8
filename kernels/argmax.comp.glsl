#version 430 core
// y[l][k] = first + the smallest i in chunk k of line l with x[l][i] = max; NaN counts as
// largest; -1 where the chunk is empty.
//
//   x: element i of line l at l x_line + i x_item     y: at l y_line + k y_chunk
//
// Lines are rows (x_item 1) or columns (x_line 1) of a matrix. One invocation has a chunk
// of its own and neighbours have neighbouring lines (LANES 1), or a group shares a chunk:
// its lanes take neighbouring elements in turn and meet in a tree. Go twin: argmax.go
#include "group.glsl"
#include "special.glsl"

#ifndef LANES
#define LANES 1
#endif
#if LANES > 1
layout(local_size_x = LANES) in;
shared float part_x[LANES];
shared int part_i[LANES];
#else
layout(local_size_x = 16) in;
#endif

layout(std430, binding = 0) writeonly buffer BufY { int y[]; };
layout(std430, binding = 1) readonly buffer BufX { float x[]; };
layout(std140, binding = 0) uniform Params {
    int lines;
    int items;
    int chunk;
    int y_line;
    int y_chunk;
    int x_line;
    int x_item;
    int first;
};

// Whether (v, i) comes before (m, j); j < 0 is no element.
bool ahead(float v, int i, float m, int j) {
    if (i < 0 || j < 0) return i >= 0;
    bool above = is_nan(m) ? false : is_nan(v) || v > m;
    bool level = is_nan(m) ? is_nan(v) : v == m;
    return above || level && i < j;
}

void main() {
    uint chunks = max(1u, (uint(items) + uint(chunk) - 1u) / uint(chunk));
#if LANES > 1
    uint pair = group_id();
    uint lane = gl_LocalInvocationIndex;
#else
    uint pair = invocation_id();
    uint lane = 0u;
    if (pair >= uint(lines) * chunks) return;
#endif
    uint k = pair / uint(lines);
    uint line = pair - k * uint(lines);
    uint to = min((k + 1u) * uint(chunk), uint(items));
    float m = 0.0;
    int j = -1;
    for (uint i = k * uint(chunk) + lane; i < to; i += LANES) {
        float v = x[mg_off[1] + line * uint(x_line) + i * uint(x_item)];
        if (ahead(v, int(i), m, j)) {
            m = v;
            j = int(i);
        }
    }
#if LANES > 1
    part_x[lane] = m;
    part_i[lane] = j;
    barrier();
    for (uint half_ = LANES / 2u; half_ > 0u; half_ /= 2u) {
        if (lane < half_ && ahead(part_x[lane + half_], part_i[lane + half_], part_x[lane], part_i[lane])) {
            part_x[lane] = part_x[lane + half_];
            part_i[lane] = part_i[lane + half_];
        }
        barrier();
    }
    j = part_i[0];
#endif
    if (lane == 0u) y[mg_off[0] + line * uint(y_line) + k * uint(y_chunk)] = j < 0 ? -1 : first + j;
}
