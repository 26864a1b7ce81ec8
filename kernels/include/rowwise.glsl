// Element-wise functions of matrices and of numbers that belong to their rows: one
// invocation takes one element (VEC 1) or four neighbours (VEC 4). Go twin: rowwise.go
#include "group.glsl"
#include "special.glsl"

#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#else
#define T float
#endif

layout(local_size_x = 64) in;

layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_y; // the output's
    int ld_a; // the first input's
    int ld_b; // the second's, if there is one
    int accumulate;
};

uint row, col; // of this invocation; col counts in VEC

// Finds row and col; false beyond the matrix.
bool place() {
    uint width = uint(cols) / VEC;
    uint i = invocation_id();
    row = i / width;
    col = i - row * width;
    return row < uint(rows);
}

// Where this invocation's element lies in buffer i.
uint at(int i, int ld) { return (mg_off[i] + row * uint(ld)) / VEC + col; }
