// What every variant of C = act(alpha op(A) op(B) + beta C + bias) shares: parameters,
// buffers, and the last step. TA and TB (0 or 1) say whether A and B are stored transposed.
//
//   op(A): m x k, stored so, or (TA) k x m       rows ld_a apart, matrices step_a apart
//   op(B): k x n, stored so, or (TB) n x k       rows ld_b apart, matrices step_b apart
//   C:     m x n                                 rows ld_c apart, matrices step_c apart
//   bias:  n, read where has_bias is not 0       shared by all batches
//
// VEC 4: A and B are vec4 storage blocks; TEXEL: they are RGBA32F buffer textures.
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

layout(std430, binding = 0) buffer BufC { float c[]; };
#if defined(TEXEL)
layout(binding = 1) uniform samplerBuffer a;
layout(binding = 2) uniform samplerBuffer b;
#elif VEC == 4
layout(std430, binding = 1) readonly buffer BufA { vec4 a[]; };
layout(std430, binding = 2) readonly buffer BufB { vec4 b[]; };
#else
layout(std430, binding = 1) readonly buffer BufA { float a[]; };
layout(std430, binding = 2) readonly buffer BufB { float b[]; };
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
