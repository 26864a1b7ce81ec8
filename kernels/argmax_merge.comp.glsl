#version 430 core
// y[l] = the candidate c[l][k], over k, whose element x[l][c[l][k]] is largest; the smallest
// one on ties; NaN counts as largest; -1 where there is none. Candidates outside
// 0 .. items-1 are no candidates.
//
//   c: candidate k of line l at l c_line + k c_item   x: as in argmax.comp.glsl   y: lines
//
// The second stage of argmax: one invocation to a line. Go twin: argmax_merge.go
#include "group.glsl"
#include "special.glsl"

layout(local_size_x = 16) in;

layout(std430, binding = 0) writeonly buffer BufY { int y[]; };
layout(std430, binding = 1) readonly buffer BufC { int c[]; };
layout(std430, binding = 2) readonly buffer BufX { float x[]; };
layout(std140, binding = 0) uniform Params {
    int lines;
    int items;
    int candidates;
    int y_line;
    int c_line;
    int c_item;
    int x_line;
    int x_item;
};

void main() {
    uint line = invocation_id();
    if (line >= uint(lines)) return;
    float m = 0.0;
    int j = -1;
    for (int k = 0; k < candidates; k++) {
        int i = c[mg_off[1] + line * uint(c_line) + uint(k) * uint(c_item)];
        if (i < 0 || i >= items) continue;
        float v = x[mg_off[2] + line * uint(x_line) + uint(i) * uint(x_item)];
        bool above = is_nan(m) ? false : is_nan(v) || v > m;
        bool level = is_nan(m) ? is_nan(v) : v == m;
        if (j < 0 || above || level && i < j) {
            m = v;
            j = i;
        }
    }
    y[mg_off[0] + line * uint(y_line)] = j;
}
