#version 430 core
// C = act(alpha op(A) op(B) + beta C + bias), for shaders that run on a processor.
//
// One invocation computes 16 rows x 8 columns of C and keeps its 128 sums in registers; a
// group is 16 invocations along the columns, so a tile of C is 16 x 128:
//
//              k .. k+3           8 columns of op(B)
//            +----------+        +-------+-------+
//    16 rows | f[0]     | k..k+3 | b0[0] | b1[0] |   row r, per step: p[r] += f[r].x b0[0] + ..
//    of op(A)| f[1]     |        | ...   | ...   |                           + f[r].w b0[3]
//            | ..       |        | b0[3] | b1[3] |   columns 4 .. 7:  q[r] likewise with b1
//            +----------+        +-------+-------+
//
// On a processor loads cost and arithmetic does not: a load gathers lane by lane. One step
// makes 24 loads for 512 multiply-adds. Reading A and B through a buffer texture over the
// same memory fetches four floats at once (TEXEL); storage blocks, which need no alignment,
// are four to eight times slower. No shared memory: at a barrier such a driver suspends
// every lane. The code is straight, written by macros, because arrays would live in memory.
// WIDE: 16 columns an invocation, with sums u and v: 32 loads for 1024 multiply-adds, a tenth
// faster or more, but a second to compile (newer drivers: ten).
// TALL: the group lies along the rows, its tile is 256 x 8, for a C of few columns.
// CHAIN: after so many k the sums are added to totals and begin anew, since the error of a single
// chain grows as sqrt(k) beside the result. Short products do without: totals cost a few steps.
// A transposed operand is fetched along its rows as well and turned round in registers,
// where that is only a matter of names.
// Cost: 2 m n k flops; k/4 loop iterations (k/CHAIN more) and 175 more. Go twin: matmul.go
#define BAND 32
#include "matmul.glsl"
#include "columns.glsl"

layout(local_size_x = 16) in;

// Addresses count texels, or elements where there are none: AT converts, FOUR is the next four.
#ifdef TEXEL
vec4 four_a(int i) { return texelFetch(a, i); }
vec4 four_b(int i) { return texelFetch(b, i); }
#define AT(i) ((i) >> 2)
#define FOUR 1
#define FIRST_A 4 * int(mg_off[1])
#define FIRST_B 4 * int(mg_off[2])
#else
// Elements i .. i+3, repeating the matrix's last.
int last_a = 0, last_b = 0;
vec4 four_a(int i) { return vec4(a[i], a[min(i + 1, last_a)], a[min(i + 2, last_a)], a[min(i + 3, last_a)]); }
vec4 four_b(int i) { return vec4(b[i], b[min(i + 1, last_b)], b[min(i + 2, last_b)], b[min(i + 3, last_b)]); }
#define AT(i) (i)
#define FOUR 4
#define FIRST_A int(mg_off[1])
#define FIRST_B int(mg_off[2])
#endif

#define SUMS2(s, t, r) vec4 s##r = vec4(0.0), t##r = vec4(0.0);
#define ADD2(s, t, r, f, b0, b1) s##r += (f) * b0; t##r += (f) * b1;
#ifdef WIDE
#define WIDTH 16
#define SUMS(r) SUMS2(p, q, r) SUMS2(u, v, r)
#define CHAINS(r) SUMS2(cp, cq, r) SUMS2(cu, cv, r)
#define ADD_CHAINS(r) p##r += cp##r; q##r += cq##r; u##r += cu##r; v##r += cv##r;
#define ADD(r, f) ADD2(p, q, r, f, b0, b1) ADD2(u, v, r, f, b2, b3)
#else
#define WIDTH 8
#define SUMS(r) SUMS2(p, q, r)
#define CHAINS(r) SUMS2(cp, cq, r)
#define ADD_CHAINS(r) p##r += cp##r; q##r += cq##r;
#define ADD(r, f) ADD2(p, q, r, f, b0, b1)
#endif

// What steps along k add to: the sums, or chains beside them.
#ifdef CHAIN
#define TO(s) c##s
#else
#define TO(s) s
#endif

// LOAD_A: four rows of op(A), each at k .. k+3, as the columns of a mat4. LOAD_A1: the same
// at a single k. What lies beyond the last row repeats a row: its sums are not stored.
// along: how far k .. k+3 lie from a row's beginning; down: how far row k lies from the first.
#if TA
#define ROW_AT(r) int ra##r = AT(at_a + min(row + r, (m - 1) & ~3));
#define LOAD_A(r0, r1, r2, r3) transpose(mat4(four_a(ra##r0 + down_a), four_a(ra##r0 + down_a + lda), \
    four_a(ra##r0 + down_a + 2 * lda), four_a(ra##r0 + down_a + 3 * lda)))
#define LOAD_A1(r) four_a(AT(at_a + min(r, (m - 1) & ~3)) + down_a)
#else
#define ROW_AT(r) int ra##r = AT(at_a + min(row + r, m - 1) * ld_a);
#define LOAD_A(r0, r1, r2, r3) mat4(four_a(ra##r0 + along), four_a(ra##r1 + along), four_a(ra##r2 + along), four_a(ra##r3 + along))
#define ROW_1(r) four_a(AT(at_a + min(r, m - 1) * ld_a) + along)[kk & 3]
#define LOAD_A1(r) vec4(ROW_1(r), ROW_1(r + 1), ROW_1(r + 2), ROW_1(r + 3))
#endif

// LOAD_B: k .. k+3 of op(B), each at four columns, as the columns of a mat4. LOAD_B1: one k.
#if TB
#define COL_AT(c) int cb##c = AT(at_b + min(col + c, n - 1) * ld_b);
#define LOAD_B(c0, c1, c2, c3) transpose(mat4(four_b(cb##c0 + along), four_b(cb##c1 + along), four_b(cb##c2 + along), four_b(cb##c3 + along)))
#define LOAD_B1(c0, c1, c2, c3) LOAD_B(c0, c1, c2, c3)[kk & 3]
#else
#define COL_AT(c) int cb##c = AT(at_b + min(col + c, (n - 1) & ~3));
#define LOAD_B(c0, c1, c2, c3) mat4(four_b(cb##c0 + down_b), four_b(cb##c0 + down_b + ldb), four_b(cb##c0 + down_b + 2 * ldb), four_b(cb##c0 + down_b + 3 * ldb))
#define LOAD_B1(c0, c1, c2, c3) four_b(cb##c0 + down_b)
#endif

#define TURN1(s, r0, r4, r8, r12) { vec4 t = s##r0; s##r0 = s##r4; s##r4 = s##r8; s##r8 = s##r12; s##r12 = t; }
#define UP1(s, r, next) s##r = s##next;
#ifdef WIDE
#define ALL_COLUMNS(r0, r1, r2, r3) COLUMNS(TO(p), r0, r1, r2, r3, b0) COLUMNS(TO(q), r0, r1, r2, r3, b1) \
    COLUMNS(TO(u), r0, r1, r2, r3, b2) COLUMNS(TO(v), r0, r1, r2, r3, b3)
#define TURN(r0, r4, r8, r12) TURN1(p, r0, r4, r8, r12) TURN1(q, r0, r4, r8, r12) TURN1(u, r0, r4, r8, r12) TURN1(v, r0, r4, r8, r12)
#define UP(r, next) UP1(p, r, next) UP1(q, r, next) UP1(u, r, next) UP1(v, r, next)
#else
#define ALL_COLUMNS(r0, r1, r2, r3) COLUMNS(TO(p), r0, r1, r2, r3, b0) COLUMNS(TO(q), r0, r1, r2, r3, b1)
#define TURN(r0, r4, r8, r12) TURN1(p, r0, r4, r8, r12) TURN1(q, r0, r4, r8, r12)
#define UP(r, next) UP1(p, r, next) UP1(q, r, next)
#endif
#define ROWS(r0, r1, r2, r3) { mat4 f = LOAD_A(r0, r1, r2, r3); ALL_COLUMNS(r0, r1, r2, r3) }
#define ALL_UP UP(0, 1) UP(1, 2) UP(2, 3) UP(3, 4) UP(4, 5) UP(5, 6) UP(6, 7) UP(7, 8) \
    UP(8, 9) UP(9, 10) UP(10, 11) UP(11, 12) UP(12, 13) UP(13, 14) UP(14, 15)

vec4 bias4(int col) {
    int i = int(mg_off[3]);
    return has_bias == 0 ? vec4(0.0) : vec4(bias[i + min(col, n - 1)], bias[i + min(col + 1, n - 1)], bias[i + min(col + 2, n - 1)], bias[i + min(col + 3, n - 1)]);
}

// put for four columns, where beta is 0 and the activation none or relu.
void put4(int z, int row, int col, vec4 sum, vec4 add) {
    int at = at_c(z, row, col);
    vec4 v = (alpha == 0.0 ? vec4(0.0) : alpha * sum) + add;
    if (act == 1) v = vec4(relu(v.x), relu(v.y), relu(v.z), relu(v.w));
    if (col < n) c[at] = v.x;
    if (col + 1 < n) c[at + 1] = v.y;
    if (col + 2 < n) c[at + 2] = v.z;
    if (col + 3 < n) c[at + 3] = v.w;
}

void main() {
#ifdef TALL
    ivec3 t = tile(tiles(m, 256), tiles(n, 8));
    int row = (t.y * 16 + int(gl_LocalInvocationID.x)) * 16, col = t.z * 8;
#else
    ivec3 t = tile(tiles(m, 16), tiles(n, 16 * WIDTH));
    int row = t.y * 16, col = (t.z * 16 + int(gl_LocalInvocationID.x)) * WIDTH;
#endif
    int at_a = FIRST_A + t.x * step_a, at_b = FIRST_B + t.x * step_b;
#ifndef TEXEL
    last_a = at_a + (TA == 1 ? (k - 1) * ld_a + m : (m - 1) * ld_a + k) - 1;
    last_b = at_b + (TB == 1 ? (n - 1) * ld_b + k : (k - 1) * ld_b + n) - 1;
#endif
    EACH_ROW(SUMS)
    EACH_ROW(ROW_AT)
    COL_AT(0) COL_AT(1) COL_AT(2) COL_AT(3) COL_AT(4) COL_AT(5) COL_AT(6) COL_AT(7)
#ifdef WIDE
    COL_AT(8) COL_AT(9) COL_AT(10) COL_AT(11) COL_AT(12) COL_AT(13) COL_AT(14) COL_AT(15)
#endif
    int kk = 0, along = 0, down_a = 0, down_b = 0, lda = AT(ld_a), ldb = AT(ld_b), depth = k;
    int end = depth & ~3;
#ifdef CHAIN
    for (int fours = end; kk < fours;) {
        end = min(kk + CHAIN, fours);
        EACH_ROW(CHAINS)
#endif
    for (; kk < end; kk += 4) {
        mat4 b0 = LOAD_B(0, 1, 2, 3), b1 = LOAD_B(4, 5, 6, 7);
#ifdef WIDE
        mat4 b2 = LOAD_B(8, 9, 10, 11), b3 = LOAD_B(12, 13, 14, 15);
#endif
        ROWS(0, 1, 2, 3) ROWS(4, 5, 6, 7) ROWS(8, 9, 10, 11) ROWS(12, 13, 14, 15)
        along += FOUR;
        down_a += 4 * lda;
        down_b += 4 * ldb;
    }
#ifdef CHAIN
        EACH_ROW(ADD_CHAINS)
    }
#endif
    // Up to three k are left. The sums turn by four rows at a time, so that code for four rows
    // serves all: a driver takes long enough to compile the loop above.
    for (; kk < depth; kk++) {
        vec4 b0 = LOAD_B1(0, 1, 2, 3), b1 = LOAD_B1(4, 5, 6, 7);
#ifdef WIDE
        vec4 b2 = LOAD_B1(8, 9, 10, 11), b3 = LOAD_B1(12, 13, 14, 15);
#endif
        for (int i = 0; i < 16; i += 4) {
            vec4 f = LOAD_A1(row + i);
            ADD(0, f[0]) ADD(1, f[1]) ADD(2, f[2]) ADD(3, f[3])
            TURN(0, 4, 8, 12) TURN(1, 5, 9, 13) TURN(2, 6, 10, 14) TURN(3, 7, 11, 15)
        }
        down_a += lda;
        down_b += ldb;
    }
    // Store the first row, then move all rows up: code for one row serves all. A processor
    // runs both sides of a branch but no loop of no iterations, so what seldom happens (exp
    // in an activation, reading C) has a loop of its own.
    int plain = beta == 0.0 && act <= 1 ? clamp(m - row, 0, 16) : 0;
    vec4 add_p = bias4(col), add_q = bias4(col + 4);
#ifdef WIDE
    vec4 add_u = bias4(col + 8), add_v = bias4(col + 12);
#endif
    for (int i = 0; i < plain; i++) {
        put4(t.x, row + i, col, p0, add_p);
        put4(t.x, row + i, col + 4, q0, add_q);
#ifdef WIDE
        put4(t.x, row + i, col + 8, u0, add_u);
        put4(t.x, row + i, col + 12, v0, add_v);
#endif
        ALL_UP
    }
    for (int i = plain; i < min(m - row, 16); i++) {
        for (int j = 0; j < WIDTH; j++) {
            put(t.x, row + i, col + j, p0.x);
            if (act > 1) finish(t.x, row + i, col + j);
            p0 = vec4(p0.yzw, q0.x);
#ifdef WIDE
            q0 = vec4(q0.yzw, u0.x);
            u0 = vec4(u0.yzw, v0.x);
            v0 = v0.yzww;
#else
            q0 = q0.yzww;
#endif
        }
        ALL_UP
    }
}
