#version 430 core
// b = a^T: b[c][r] = a[r][c].
//
//   a: rows x cols, stride ld_a        b: cols x rows, stride ld_b
//
// MODE 0: one element per invocation, in the order of b, so that writes lie side by side.
// MODE 1: 4 x 4 elements per invocation, in registers: no barrier, vec4 both ways.
// MODE 2: 32 x 32 per group through shared memory, so that reads and writes both lie side
//         by side. Rows of the tile are 33 long: a column then touches 32 banks.
//
//        a            tile           b
//   +---+---+      +-------+      +---+---+
//   |   | X | ---> | 32x33 | ---> |   |   |     local size 32 x 8, four rows each
//   +---+---+ rows +-------+ cols | X'|   |
//
// Go twin: transpose.go
#include "group.glsl"

#ifndef MODE
#define MODE 0
#endif
#if MODE == 1
#define T vec4
#else
#define T float
#endif
#if MODE == 2
layout(local_size_x = 32, local_size_y = 8) in;
shared float tile[32][33];
#else
layout(local_size_x = 64) in;
#endif

layout(std430, binding = 0) writeonly buffer BufB { T b[]; };
layout(std430, binding = 1) readonly buffer BufA { T a[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_b;
    int ld_a;
};

#if MODE == 0
void main() {
    uint i = invocation_id();
    uint c = i / uint(rows);
    uint r = i - c * uint(rows);
    if (c < uint(cols)) b[mg_off[0] + c * uint(ld_b) + r] = a[mg_off[1] + r * uint(ld_a) + c];
}
#elif MODE == 1
void main() {
    uint high = uint(rows) / 4u;
    uint i = invocation_id();
    uint c = i / high;
    uint r = i - c * high;
    if (c >= uint(cols) / 4u) return;
    uint step_a = uint(ld_a) / 4u;
    uint step_b = uint(ld_b) / 4u;
    uint from = mg_off[1] / 4u + 4u * r * step_a + c;
    uint to = mg_off[0] / 4u + 4u * c * step_b + r;
    mat4 m = transpose(mat4(a[from], a[from + step_a], a[from + 2u * step_a], a[from + 3u * step_a]));
    b[to] = m[0];
    b[to + step_b] = m[1];
    b[to + 2u * step_b] = m[2];
    b[to + 3u * step_b] = m[3];
}
#else
void main() {
    uint across = (uint(cols) + 31u) / 32u;
    uint r0 = group_id() / across * 32u;
    uint c0 = group_id() % across * 32u;
    uint x = gl_LocalInvocationID.x;
    for (uint y = gl_LocalInvocationID.y; y < 32u; y += 8u) {
        if (r0 + y < uint(rows) && c0 + x < uint(cols)) {
            tile[y][x] = a[mg_off[1] + (r0 + y) * uint(ld_a) + c0 + x];
        }
    }
    barrier();
    for (uint y = gl_LocalInvocationID.y; y < 32u; y += 8u) {
        if (c0 + y < uint(cols) && r0 + x < uint(rows)) {
            b[mg_off[0] + (c0 + y) * uint(ld_b) + r0 + x] = tile[x][y];
        }
    }
}
#endif
