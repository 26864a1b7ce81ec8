// What every variant of C = act(alpha op(A) op(B) + beta C + bias) shares: parameters,
// buffers, and the last step. TA and TB (0 or 1) say whether A and B are stored transposed.
//
//   op(A): m x k, stored so, or (TA) k x m       rows ld_a apart, matrices step_a apart
//   op(B): k x n, stored so, or (TB) n x k       rows ld_b apart, matrices step_b apart
//   C:     m x n                                 rows ld_c apart, matrices step_c apart
//   bias:  n, read where has_bias is not 0       shared by all batches
//
// VEC 4: A, B and C are vec4 storage blocks, or VEC_A, VEC_B, VEC_C each on its own; TEXEL: A and
// B are RGBA32F buffer textures.
#include "group.glsl"
#include "activation.glsl"

#ifndef TA
#define TA 0
#endif
#ifndef TB
#define TB 0
#endif
#ifndef VEC
#define VEC 1
#endif
#ifndef VEC_A
#define VEC_A VEC
#endif
#ifndef VEC_B
#define VEC_B VEC
#endif
#ifndef VEC_C
#define VEC_C VEC
#endif

#if VEC_C == 4
layout(std430, binding = 0) buffer BufC { vec4 c[]; };
#else
layout(std430, binding = 0) buffer BufC { float c[]; };
#endif
#if defined(TEXEL)
layout(binding = 1) uniform samplerBuffer a;
layout(binding = 2) uniform samplerBuffer b;
#else
#if VEC_A == 4
layout(std430, binding = 1) readonly buffer BufA { vec4 a[]; };
#else
layout(std430, binding = 1) readonly buffer BufA { float a[]; };
#endif
#if VEC_B == 4
layout(std430, binding = 2) readonly buffer BufB { vec4 b[]; };
#else
layout(std430, binding = 2) readonly buffer BufB { float b[]; };
#endif
#endif
layout(std430, binding = 3) readonly buffer BufBias { float bias[]; };
layout(std140, binding = 0) uniform Params {
    int m;
    int n;
    int k;
    int ld_a;
    int ld_b;
    int ld_c;
    int batch;
    int step_a;
    int step_b;
    int step_c;
    float alpha;
    float beta;
    int has_bias;
    int act;
};

int tiles(int size, int tile) { return (size + tile - 1) / tile; }

// Where the matrices of one batch begin, in elements.
int base_a(int z) { return int(mg_off[1]) + z * step_a; }
int base_b(int z) { return int(mg_off[2]) + z * step_b; }

// Where a group stands: x the batch, y and z the row and column of its tile. Neighbours in
// the numbering walk down BAND rows of tiles before they step to the next column, so that
// groups that run together read few different tiles of A and B (they stay in the cache).
#ifndef BAND
#define BAND 8
#endif
ivec3 tile(int tiles_m, int tiles_n) {
    int g = int(group_id());
    int z = g / (tiles_m * tiles_n);
    g -= z * tiles_m * tiles_n;
    int first = g / (BAND * tiles_n) * BAND;
    int height = min(tiles_m - first, BAND);
    g -= first * tiles_n;
    return ivec3(z, first + g % height, g / height);
}

int at_c(int z, int row, int col) { return int(mg_off[0]) + z * step_c + row * ld_c + col; }

#if VEC_C == 4
// The last step for columns col .. col+3 of a row of C, which are stored at once; sizes, strides
// and offsets of C are multiples of 4. See put and finish below.
void put4(int z, int row, int col, vec4 sum) {
    if (row >= m || col >= n) return;
    int at = at_c(z, row, col) >> 2;
    vec4 v = alpha == 0.0 ? vec4(0.0) : alpha * sum;
    if (beta != 0.0) v += beta * c[at];
    if (has_bias != 0) {
        int j = int(mg_off[3]) + col;
        v += vec4(bias[j], bias[j + 1], bias[j + 2], bias[j + 3]);
    }
    c[at] = act == 1 ? vec4(relu(v.x), relu(v.y), relu(v.z), relu(v.w)) : v;
}

void finish4(int z, int row, int col) {
    if (row >= m || col >= n) return;
    int at = at_c(z, row, col) >> 2;
    c[at] = activate(act, c[at]);
}
#else
// The last step for one element of C, sum being its row of op(A) times its column of op(B).
// As in BLAS, alpha = 0 and beta = 0 do not look at what they multiply. What lies beyond
// the edges is not stored. An activation with exp is left to finish.
void put(int z, int row, int col, float sum) {
    if (row >= m || col >= n) return;
    int at = at_c(z, row, col);
    float v = alpha == 0.0 ? 0.0 : alpha * sum;
    if (beta != 0.0) v += beta * c[at];
    if (has_bias != 0) v += bias[int(mg_off[3]) + col];
    c[at] = act == 1 ? relu(v) : v;
}

// The activation of an element that this invocation has put. It stands apart so that
// variants whose loops over registers are unrolled hold its code once and not 128 times:
// drivers took minutes to compile that.
void finish(int z, int row, int col) {
    if (row >= m || col >= n) return;
    int at = at_c(z, row, col);
    c[at] = activate(act, c[at]);
}

void put4(int z, int row, int col, vec4 sum) {
    put(z, row, col, sum.x);
    put(z, row, col + 1, sum.y);
    put(z, row, col + 2, sum.z);
    put(z, row, col + 3, sum.w);
}

void finish4(int z, int row, int col) {
    for (int j = 0; j < 4; j++) finish(z, row, col + j);
}
#endif
