#version 430 core
// The convolution (or BACK, its gradient) as a product of matrices that are never built, for
// shaders that run on a processor. As in matmul_texel, one invocation keeps 16 x 8 sums in
// registers: 16 pixels by 8 channels of the output; a group is 16 invocations.
//
//               k .. k+3 of one tap      8 output channels
//               +----------+            +-------+-------+
//     16 pixels | f[0]     |     k..k+3 | b0[0] | b1[0] |    p[r] += f[r].x b0[0] + ..
//     of the    | f[1]     |            | ...   | ...   |            + f[r].w b0[3]
//     input     | ..       |            | b0[3] | b1[3] |    q[r] likewise with b1
//               +----------+            +-------+-------+
//
// A tap only moves all 16 pixels by the same distance: their addresses are worked out once.
// To ask at every load whether a pixel lies within the image would cost as much as the
// loads, so this variant takes images that have all pixels that taps reach: the caller
// puts a border of zeros about them (pad2d). Channels come in fours, read as RGBA32F texels
// of a buffer texture; no shared memory, straight code (matmul_texel says why).
// TALL: the group lies along the pixels, its tile is 256 x 8, else 16 x 128.
// Cost: 2 kh kw c flops an element; kh kw (c/4 + 2) loop iterations and 200 more.
// Go twin: conv2d.go
#include "conv2d.glsl"
#include "columns.glsl"

layout(local_size_x = 16) in;

#define SUMS(r) vec4 p##r = vec4(0.0), q##r = vec4(0.0);
#define ROW_AT(r) int ra##r = in_texel(q); if (row + r + 1 < rows) q = next(q);
#define FOUR(r) texelFetch(IN, ra##r + at)
#define ROWS(r0, r1, r2, r3) { mat4 f = mat4(FOUR(r0), FOUR(r1), FOUR(r2), FOUR(r3)); COLUMNS(p, r0, r1, r2, r3, b0) COLUMNS(q, r0, r1, r2, r3, b1) }
#define UP(r, next) p##r = p##next; q##r = q##next;
#define ALL_UP UP(0, 1) UP(1, 2) UP(2, 3) UP(3, 4) UP(4, 5) UP(5, 6) UP(6, 7) UP(7, 8) \
    UP(8, 9) UP(9, 10) UP(10, 11) UP(11, 12) UP(12, 13) UP(13, 14) UP(14, 15)

// The weights of four output channels at four k of a tap, as the rows of a mat4 of k.
#if BACK
#define COL_AT(j) int cb##j = int(mg_off[2]) + min(col + j, (c - 1) & ~3) / 4;
#define LOAD_B(c0, c1, c2, c3) mat4(texelFetch(weights, cb##c0 + by), texelFetch(weights, cb##c0 + by + deeper), \
    texelFetch(weights, cb##c0 + by + 2 * deeper), texelFetch(weights, cb##c0 + by + 3 * deeper))
#define BY(k) 4 * (k) * deeper
#else
#define COL_AT(j) int cb##j = int(mg_off[2]) + min(col + j, o - 1) * deeper;
#define LOAD_B(c0, c1, c2, c3) transpose(mat4(texelFetch(weights, cb##c0 + by), texelFetch(weights, cb##c1 + by), \
    texelFetch(weights, cb##c2 + by), texelFetch(weights, cb##c3 + by)))
#define BY(k) (k)
#endif

int in_texel(ivec3 q) {
    ivec2 at = in_corner(q);
    return int(mg_off[1]) + ((q.x * IN_H + at.x) * IN_W + at.y) * (IN_LD / 4);
}

ivec3 next(ivec3 q) {
    q.z++;
    if (q.z == pixels.y) q.yz = ivec2(q.y + 1, 0);
    if (q.y == pixels.x) q.xy = ivec2(q.x + 1, 0);
    return q;
}

vec4 bias4(int col) {
#if BACK
    return vec4(0.0);
#else
    int at = int(mg_off[3]);
    return has_bias == 0 ? vec4(0.0) : vec4(bias[at + min(col, o - 1)], bias[at + min(col + 1, o - 1)], bias[at + min(col + 2, o - 1)], bias[at + min(col + 3, o - 1)]);
#endif
}

void put4(int pixel, int col, vec4 v) {
    int at = at_out(pixel, col);
    if (act == 1) v = vec4(relu(v.x), relu(v.y), relu(v.z), relu(v.w));
    if (col < WIDTH) OUT[at] = v.x;
    if (col + 1 < WIDTH) OUT[at + 1] = v.y;
    if (col + 2 < WIDTH) OUT[at + 2] = v.z;
    if (col + 3 < WIDTH) OUT[at + 3] = v.w;
}

void main() {
    int g = int(group_id());
#ifdef TALL
    int high = 256, wide = 8;
#else
    int high = 16, wide = 128;
#endif
    int across = (WIDTH + wide - 1) / wide;
    int down = (most_rows() + high - 1) / high;
    begin(g / (across * down));
    g %= across * down;
    int lane = int(gl_LocalInvocationID.x);
#ifdef TALL
    int row = (g / across * 16 + lane) * 16, col = g % across * 8;
#else
    int row = g % down * 16, col = (g / down * 16 + lane) * 8; // pixels first: they share weights
#endif
    if (rows == 0) return;
    ivec3 first = pixel_of(min(row, rows - 1)), q = first;
    int deeper = kh * kw * (ld_w / 4);
    EACH_ROW(SUMS)
    EACH_ROW(ROW_AT)
    COL_AT(0) COL_AT(1) COL_AT(2) COL_AT(3) COL_AT(4) COL_AT(5) COL_AT(6) COL_AT(7)
    for (int jy = 0; jy < taps.x; jy++) {
        for (int jx = 0; jx < taps.y; jx++) {
            int moved = DIR * (jy * IN_W + jx) * (IN_LD / 4), tap = tap_of(jy, jx) * (ld_w / 4);
            for (int k = 0; k < DEPTH / 4; k++) {
                int at = moved + k, by = tap + BY(k);
                mat4 b0 = LOAD_B(0, 1, 2, 3), b1 = LOAD_B(4, 5, 6, 7);
                ROWS(0, 1, 2, 3) ROWS(4, 5, 6, 7) ROWS(8, 9, 10, 11) ROWS(12, 13, 14, 15)
            }
        }
    }
    // Store the first row, then move all rows up: code for one row serves all. A processor runs
    // both sides of a branch but no loop of no iterations: so a residual is a loop.
    vec4 add_p = bias4(col), add_q = bias4(col + 4);
#if BACK
    int more = accumulate;
#else
    int more = has_residual;
#endif
    q = first;
    int count = clamp(rows - row, 0, 16);
    for (int i = 0; i < count; i++) {
        int pixel = out_pixel(q);
        q = next(q);
        vec4 vp = p0 + add_p, vq = q0 + add_q;
        for (int j = 0; j < more; j++) {
#if BACK
            int at = at_out(pixel, 0);
#define MORE(j) dx[at + min(col + j, WIDTH - 1)]
#else
            int at = int(mg_off[4]) + pixel * ld_r;
#define MORE(j) residual[at + min(col + j, WIDTH - 1)]
#endif
            vp += vec4(MORE(0), MORE(1), MORE(2), MORE(3));
            vq += vec4(MORE(4), MORE(5), MORE(6), MORE(7));
        }
        put4(pixel, col, vp);
        put4(pixel, col + 4, vq);
        ALL_UP
    }
    // exp in an activation, likewise.
    q = first;
    int late = act > 1 ? count : 0;
    for (int i = 0; i < late; i++) {
        int pixel = out_pixel(q);
        q = next(q);
        for (int j = col; j < min(col + 8, WIDTH); j++) finish(pixel, j);
    }
}
