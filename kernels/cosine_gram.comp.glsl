#version 430 core
// With d[r] = x[r] / max(norm[r], 1e-12) - g[0], the unit row shifted: q[r] = |d[r] - g[1]|^2,
// and M_k = D_k^T D_k for chunk k of the rows. Chunks are added up by the caller.
//
//   x: rows x cols, stride ld_x   norm, q: rows   g: 2 x cols   m: chunks x cols x cols, symmetric
//
//            j .. j+W-1
//          +---------+    one invocation takes an H x W tile that meets the diagonal or lies
//   i      |  tile   |    above it, and writes it on both sides; it walks down the rows of a
//  i+H-1   +---------+    chunk, four at a time: H/4 vec4s of d[r][i..], W/4 of d[r][j..]
//
// d is never stored. Groups beyond those of the tiles give q, four rows to an invocation.
// READ: 0 floats of a storage block, any width; 1 vec4s of it, cols a multiple of H; 2 texels
// of a buffer texture, the same. Cost: rows cols^2 multiply-adds. Go twin: cosine_gram.go
#include "group.glsl"
#include "special.glsl"

#ifndef READ
#define READ 0
#endif
#ifndef H // 4, 8 or 16
#define H 4
#endif
#ifndef W // 4 or 8
#define W 4
#endif

layout(local_size_x = 16) in;

#if READ > 0
layout(std430, binding = 0) writeonly buffer BufM { vec4 m[]; };
#else
layout(std430, binding = 0) writeonly buffer BufM { float m[]; };
#endif
layout(std430, binding = 1) writeonly buffer BufQ { float q[]; };
#if READ == 2
layout(binding = 2) uniform samplerBuffer x;
#elif READ == 1
layout(std430, binding = 2) readonly buffer BufX { vec4 x[]; };
#else
layout(std430, binding = 2) readonly buffer BufX { float x[]; };
#endif
layout(std430, binding = 3) readonly buffer BufNorm { float norm[]; };
#if READ == 2
layout(binding = 4) uniform samplerBuffer g;
#elif READ == 1
layout(std430, binding = 4) readonly buffer BufG { vec4 g[]; };
#else
layout(std430, binding = 4) readonly buffer BufG { float g[]; };
#endif
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int chunk;
    int ld_x;
};

// Four elements of x from column c on, of a row that begins at AT(row), and of g[n]; 0 beyond
// the last.
#if READ == 2
#define AT(row) (mg_off[2] + (row) * uint(ld_x) / 4u)
vec4 four(uint at, uint c) { return texelFetch(x, int(at + c / 4u)); }
vec4 shift(uint n, uint c) { return texelFetch(g, int(mg_off[4] + (n * uint(cols) + c) / 4u)); }
#elif READ == 1
#define AT(row) ((mg_off[2] + (row) * uint(ld_x)) / 4u)
vec4 four(uint at, uint c) { return x[at + c / 4u]; }
vec4 shift(uint n, uint c) { return g[(mg_off[4] + n * uint(cols) + c) / 4u]; }
#else
#define AT(row) (mg_off[2] + (row) * uint(ld_x))
#define FOUR(list, at) \
    vec4 v = vec4(0.0); \
    for (uint i = 0u; i < 4u; i++) { \
        if (c + i < uint(cols)) v[i] = list[at + c + i]; \
    } \
    return v;
vec4 four(uint at, uint c) { FOUR(x, at) }
vec4 shift(uint n, uint c) { FOUR(g, mg_off[4] + n * uint(cols)) }
#endif

float scale(uint row) { return 1.0 / at_least(1e-12, norm[mg_off[3] + row]); }

// The twelve leading bits of a number: the product of two such numbers is exact.
vec4 lead(vec4 v) { return uintBitsToFloat(floatBitsToUint(v) & uvec4(0xFFFFF000u)); }

// The squared length of d of four rows from row on. Here d errs by its own rounding alone: in a
// narrow cone that of the unit row would be a thousand times as large.
void squares(uint row) {
    if (row >= uint(rows)) return;
    uvec4 rs = min(row + uvec4(0u, 1u, 2u, 3u), uvec4(rows - 1));
    uvec4 at = AT(rs);
    vec4 f = vec4(scale(rs.x), scale(rs.y), scale(rs.z), scale(rs.w));
    vec4 high = lead(f);
    vec4 low = f - high;
    vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
    for (uint c = 0u; c < uint(cols); c += 4u) {
        vec4 g0 = shift(0u, c);
        vec4 g1 = shift(1u, c);
#define SQUARE(r, s) { \
        vec4 v = four(at.r, c); \
        vec4 l = lead(v); \
        precise vec4 d = ((l * high.r - g0) + ((v - l) * high.r + v * low.r)) - g1; \
        s += d * d; }
        SQUARE(x, s0) SQUARE(y, s1) SQUARE(z, s2) SQUARE(w, s3)
    }
#define TOTAL(r, s) q[mg_off[1] + rs.r] = (s.x + s.y) + (s.z + s.w);
    TOTAL(x, s0) TOTAL(y, s1) TOTAL(z, s2) TOTAL(w, s3)
}

// Four rows of the tile are the vec4s s0 .. s3 (and t0 .. t3, columns 4 .. 7, where W is 8).
// QUADS gives F the tile's rows in fours: the first row, and the names of the four.
#define QUAD_4(F) F(i, s0, s1, s2, s3, t0, t1, t2, t3, g0)
#define QUAD_8(F) F(i + 4u, s4, s5, s6, s7, t4, t5, t6, t7, g1)
#define QUAD_12(F) F(i + 8u, s8, s9, s10, s11, t8, t9, t10, t11, g2)
#define QUAD_16(F) F(i + 12u, s12, s13, s14, s15, t12, t13, t14, t15, g3)
#if H == 16
#define QUADS(F) QUAD_4(F) QUAD_8(F) QUAD_12(F) QUAD_16(F)
#elif H == 8
#define QUADS(F) QUAD_4(F) QUAD_8(F)
#else
#define QUADS(F) QUAD_4(F)
#endif
#if W == 8
#define ALSO(code) code
#else
#define ALSO(code)
#endif

#define BEGIN(r, s0, s1, s2, s3, t0, t1, t2, t3, of) \
    vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0); \
    ALSO(vec4 t0 = vec4(0.0); vec4 t1 = vec4(0.0); vec4 t2 = vec4(0.0); vec4 t3 = vec4(0.0);) \
    vec4 of = shift(0u, r);

// Four rows of D from column c on, 0 for rows beyond the chunk; column by column of the tile,
// because the operands of four sums stay in registers.
#define LOAD(c, of) mat4(four(at.x, c) * f.x - of * on.x, four(at.y, c) * f.y - of * on.y, \
    four(at.z, c) * f.z - of * on.z, four(at.w, c) * f.w - of * on.w)
#define TERMS(s, p, a, j) s.j += p.x * a[0].j; s.j += p.y * a[1].j; s.j += p.z * a[2].j; s.j += p.w * a[3].j;
#define COLUMN(s0, s1, s2, s3, a, j) TERMS(s0, p[0], a, j) TERMS(s1, p[1], a, j) TERMS(s2, p[2], a, j) TERMS(s3, p[3], a, j)
#define COLUMNS(s0, s1, s2, s3, a) COLUMN(s0, s1, s2, s3, a, x) COLUMN(s0, s1, s2, s3, a, y) \
    COLUMN(s0, s1, s2, s3, a, z) COLUMN(s0, s1, s2, s3, a, w)
#define ADD(r, s0, s1, s2, s3, t0, t1, t2, t3, of) { \
    mat4 p = transpose(LOAD(r, of)); \
    COLUMNS(s0, s1, s2, s3, a) \
    ALSO(COLUMNS(t0, t1, t2, t3, b)) }

#define STORE(r, s0, s1, s2, s3, t0, t1, t2, t3, of) \
    store(r, j, s0, s1, s2, s3); \
    ALSO(store(r, j + 4u, t0, t1, t2, t3);)

uint base; // of this chunk's product in m

#if READ > 0
void put(uint row, uint col, vec4 v) { m[(base + row * uint(cols) + col) / 4u] = v; }
#else
void put(uint row, uint col, vec4 v) {
    for (uint i = 0u; i < 4u; i++) {
        if (row < uint(cols) && col + i < uint(cols)) m[base + row * uint(cols) + col + i] = v[i];
    }
}
#endif

// Four rows and, on the other side of the diagonal, columns. What a tile on the diagonal writes
// twice is the same to the bit: its terms and their order are.
void store(uint row, uint col, vec4 s0, vec4 s1, vec4 s2, vec4 s3) {
    put(row, col, s0);
    put(row + 1u, col, s1);
    put(row + 2u, col, s2);
    put(row + 3u, col, s3);
    put(col, row, vec4(s0.x, s1.x, s2.x, s3.x));
    put(col + 1u, row, vec4(s0.y, s1.y, s2.y, s3.y));
    put(col + 2u, row, vec4(s0.z, s1.z, s2.z, s3.z));
    put(col + 3u, row, vec4(s0.w, s1.w, s2.w, s3.w));
}

void main() {
    uint down = (uint(cols) + H - 1u) / H;
    uint across = (uint(cols) + W - 1u) / W;
    uint tiles = down * across - down * (down - 1u) / 2u * (H / W);
    uint chunks = max(1u, (uint(rows) + uint(chunk) - 1u) / uint(chunk));
    uint id = invocation_id();
    uint beyond = (chunks * tiles + 15u) / 16u * 16u;
    if (id >= beyond) {
        squares((id - beyond) * 4u);
        return;
    }
    uint k = id / tiles;
    if (k >= chunks) return;
    uint tile = id - k * tiles;
    uint i = 0u;
    uint n = across; // tiles in the row of tiles at i
    while (tile >= n) {
        tile -= n;
        n -= H / W;
        i += H;
    }
    uint j = i + tile * W;
    base = mg_off[0] + k * uint(cols) * uint(cols);

    QUADS(BEGIN)
    vec4 ga = shift(0u, j);
    ALSO(vec4 gb = shift(0u, j + 4u);)
    uint to = min((k + 1u) * uint(chunk), uint(rows));
    for (uint r = k * uint(chunk); r < to; r += 4u) {
        uvec4 at = min(uvec4(r, r + 1u, r + 2u, r + 3u), uvec4(to - 1u));
        vec4 on = vec4(1.0, r + 1u < to, r + 2u < to, r + 3u < to);
        vec4 f = vec4(scale(at.x), scale(at.y), scale(at.z), scale(at.w)) * on;
        at = AT(at);
        mat4 a = LOAD(j, ga);
        ALSO(mat4 b = LOAD(j + 4u, gb);)
        QUADS(ADD)
    }
    QUADS(STORE)
}
