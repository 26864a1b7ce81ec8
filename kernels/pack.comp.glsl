#version 430 core
// Y = X: copies matrices whose rows lie at any stride to rows at another.
//
//   x: batch of rows x cols, rows ld_x apart, matrices step_x apart
//   y: the same with ld_y, step_y; what lies between rows stays as it was
//
// A product on a processor reads four floats at once only where rows begin at multiples of four
// elements; to copy an operand so costs far less than to read it badly.
// Cost: 8 bytes an element. Go twin: pack.go
#include "group.glsl"

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufX { float x[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int batch;
    int ld_y;
    int ld_x;
    int step_y;
    int step_x;
};

void main() {
    uint i = invocation_id();
    uint line = i / uint(cols);
    uint col = i - line * uint(cols);
    uint z = line / uint(rows);
    uint row = line - z * uint(rows);
    if (z >= uint(batch)) return;
    y[mg_off[0] + z * uint(step_y) + row * uint(ld_y) + col] = x[mg_off[1] + z * uint(step_x) + row * uint(ld_x) + col];
}
