#version 430 core
// C = act(alpha op(A) op(B) + beta C + bias), for shaders that run on a processor.
//
// One invocation computes 16 rows x 4 WIDE columns of C and keeps all sums in registers;
// a group of LANES invocations lies along the columns, so a tile of C is 16 x 4 WIDE LANES:
//
//              k .. k+3            4 WIDE columns of op(B)
//            +----------+         +----+----+
//    16 rows | x0       |  k..k+3 | b0 | b1 | ...       row r of the tile, per step:
//    of op(A)| x1       |         +----+----+           c[r] += x[r].x b.row0 + x[r].y b.row1
//            | ...      |                                     + x[r].z b.row2 + x[r].w b.row3
//            +----------+
//
// On a processor, loads cost and arithmetic does not: a load gathers lane by lane. One
// step makes 16 + 4 WIDE loads for 16 x 4 WIDE x 4 multiply-adds. Reading A and B through a buffer
// texture over the same memory fetches four floats at once (TEXEL); storage blocks, which need
// no alignment, are about three times slower. No shared memory: at a barrier such
// a driver suspends every lane. The code is straight because arrays would go through memory.
// Transposed operands are fetched along their rows as well and turned round in registers,
// where that is only a matter of names.
// Cost: 2 m n k flops; k/4 + 19 loop iterations. Go twin: matmul.go
#include "matmul.glsl"

#ifndef WIDE
#define WIDE 2
#endif
#ifndef LANES
#define LANES 16
#endif

layout(local_size_x = LANES) in;

// Four neighbours at element i (texel i/4); i never leaves the matrix by more than its row's padding.
#ifdef TEXEL
vec4 four_a(int i) { return texelFetch(a, i >> 2); }
vec4 four_b(int i) { return texelFetch(b, i >> 2); }
int texel_base_a(int z) { return 4 * int(mg_off[1]) + z * step_a; }
int texel_base_b(int z) { return 4 * int(mg_off[2]) + z * step_b; }
#else
int last_a = 0, last_b = 0; // of all elements
vec4 four_a(int i) { return vec4(a[i], a[min(i + 1, last_a)], a[min(i + 2, last_a)], a[min(i + 3, last_a)]); }
vec4 four_b(int i) { return vec4(b[i], b[min(i + 1, last_b)], b[min(i + 2, last_b)], b[min(i + 3, last_b)]); }
#define texel_base_a base_a
#define texel_base_b base_b
#endif

int at_a = 0, at_b = 0; // where the batch's matrices begin

// Column i of the result is row r+i of op(A) at k .. k+3. Rows beyond the edge repeat
// the last: what they give is not stored.
mat4 load_a(int r, int kk) {
#if TA
    int i = at_a + kk * ld_a + min(r, (m - 1) & ~3);
    return transpose(mat4(four_a(i), four_a(i + ld_a), four_a(i + 2 * ld_a), four_a(i + 3 * ld_a)));
#else
    int i = at_a + kk;
    return mat4(four_a(i + min(r, m - 1) * ld_a), four_a(i + min(r + 1, m - 1) * ld_a),
                four_a(i + min(r + 2, m - 1) * ld_a), four_a(i + min(r + 3, m - 1) * ld_a));
#endif
}

// Column j of the result is row k+j of op(B) at four columns from col on.
mat4 load_b(int kk, int col) {
#if TB
    int i = at_b + kk;
    return transpose(mat4(four_b(i + min(col, n - 1) * ld_b), four_b(i + min(col + 1, n - 1) * ld_b),
                          four_b(i + min(col + 2, n - 1) * ld_b), four_b(i + min(col + 3, n - 1) * ld_b)));
#else
    int i = at_b + kk * ld_b + min(col, (n - 1) & ~3);
    return mat4(four_b(i), four_b(i + ld_b), four_b(i + 2 * ld_b), four_b(i + 3 * ld_b));
#endif
}

// The same for a single k, for the up to three that are left: rows r .. r+3, columns col .. col+3.
vec4 load_a1(int r, int kk) {
#if TA
    return four_a(at_a + kk * ld_a + min(r, (m - 1) & ~3));
#else
    return transpose(load_a(r, kk & ~3))[kk & 3];
#endif
}
vec4 load_b1(int kk, int col) {
#if TB
    return load_b(kk & ~3, col)[kk & 3];
#else
    return four_b(at_b + kk * ld_b + min(col, (n - 1) & ~3));
#endif
}

// Sums: row r has vec4 p<r>, q<r>.
#define EACH_ROW(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)
#define BEGIN(r) vec4 p##r = vec4(0.0), q##r = vec4(0.0);
#define ADD(r, s, bp, bq) p##r += (s) * (bp); q##r += (s) * (bq);
#define ROW(r, u) ADD(r, u.x, b0[0], b1[0]) ADD(r, u.y, b0[1], b1[1]) ADD(r, u.z, b0[2], b1[2]) ADD(r, u.w, b0[3], b1[3])
#define ROWS(r0, r1, r2, r3) { \
    mat4 x = load_a(row + r0, kk); \
    ROW(r0, x[0]) ROW(r1, x[1]) ROW(r2, x[2]) ROW(r3, x[3]) }
#define ROWS_1(r0, r1, r2, r3) { \
    vec4 x = load_a1(row + r0, kk); \
    ADD(r0, x.x, b0, b1) ADD(r1, x.y, b0, b1) ADD(r2, x.z, b0, b1) ADD(r3, x.w, b0, b1) }
#define UP(r, next) p##r = p##next; q##r = q##next;

void main() {
    int tiles_m = tiles(m, 16), tiles_n = tiles(n, 8 * LANES);
    int g = int(group_id());
    int z = g / (tiles_m * tiles_n);
    g -= z * tiles_m * tiles_n;
    int row = g / tiles_n * 16;
    int col = (g % tiles_n * LANES + int(gl_LocalInvocationID.x)) * 8;
    at_a = texel_base_a(z);
    at_b = texel_base_b(z);
#ifndef TEXEL
    last_a = at_a + (TA == 1 ? (k - 1) * ld_a + m : (m - 1) * ld_a + k) - 1;
    last_b = at_b + (TB == 1 ? (n - 1) * ld_b + k : (k - 1) * ld_b + n) - 1;
#endif

    EACH_ROW(BEGIN)
    int kk = 0;
    for (; kk + 4 <= k; kk += 4) {
        mat4 b0 = load_b(kk, col), b1 = load_b(kk, col + 4);
        ROWS(0, 1, 2, 3) ROWS(4, 5, 6, 7) ROWS(8, 9, 10, 11) ROWS(12, 13, 14, 15)
    }
    for (; kk < k; kk++) {
        vec4 b0 = load_b1(kk, col), b1 = load_b1(kk, col + 4);
        ROWS_1(0, 1, 2, 3) ROWS_1(4, 5, 6, 7) ROWS_1(8, 9, 10, 11) ROWS_1(12, 13, 14, 15)
    }

    // Store the first row, then move all rows up: code for one row serves all.
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 8; j++) {
            put(z, row + i, col + j, p0.x);
            p0 = vec4(p0.yzw, q0.x);
            q0 = vec4(q0.yzw, 0.0);
        }
        UP(0, 1) UP(1, 2) UP(2, 3) UP(3, 4) UP(4, 5) UP(5, 6) UP(6, 7) UP(7, 8)
        UP(8, 9) UP(9, 10) UP(10, 11) UP(11, 12) UP(12, 13) UP(13, 14) UP(14, 15)
    }
}
