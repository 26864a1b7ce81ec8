#version 430 core
// y (+)= op(g) x, for processors: no barriers, 8 x 16 elements of y in registers.
//
//   y: m x n, stride ld_y     x: kk x n     (texels: ld_x and ld_g are multiples of 4)
//   g: m x kk, or with TRANS kk x m
//
//                n: 16 columns, 4 texels of a row of x
//              +-----------+
//   m: 8 rows  |  s[8][4]  |   without TRANS four steps of kk at a time: 8 texels of g along
//              +-----------+   kk and 16 of x; with it one step: 2 of g along m and 4 of x
//
// Flops: 2 m n kk. Go twin: infonce_apply.go
#include "group.glsl"

layout(local_size_x = 16) in;

layout(std430, binding = 0) buffer BufY { float y[]; };
layout(binding = 1) uniform samplerBuffer g;
layout(binding = 2) uniform samplerBuffer x;
#include "infonce_apply_params.glsl"

vec4 s[32];

#define OUTER(r, v) s[4 * r] += (v) * b0; s[4 * r + 1] += (v) * b1; s[4 * r + 2] += (v) * b2; s[4 * r + 3] += (v) * b3;
#define ROW(t) { \
    int at = int(mg_off[2]) + (t) * (ld_x / 4); \
    b0 = texelFetch(x, at + j_at[0]); b1 = texelFetch(x, at + j_at[1]); \
    b2 = texelFetch(x, at + j_at[2]); b3 = texelFetch(x, at + j_at[3]); }

void main() {
    int across = (n + 15) / 16;
    // A group's lanes lie side by side, and one below the other where y is narrow. Groups go
    // down first: their columns of x stay in cache.
    int wide = min(across, 16), high = 16 / wide;
    int tall = ((m + 7) / 8 + high - 1) / high;
    int lane = int(gl_LocalInvocationIndex), strip = int(group_id()) / tall;
    int i0 = ((int(group_id()) - strip * tall) * high + lane / wide) * 8;
    int j0 = (strip * wide + lane % wide) * 16;
    if (lane >= wide * high || i0 >= m || j0 >= n) return;
    for (int r = 0; r < 32; r++) s[r] = vec4(0.0);
    int j_at[4]; // texels of a row of x; beyond its end the last one, whose products nobody stores
    for (int c = 0; c < 4; c++) j_at[c] = min(j0 / 4 + c, (n - 1) / 4);
    vec4 b0, b1, b2, b3;
#ifdef TRANS
    int i_at = int(mg_off[1]) + i0 / 4;
    int i_next = min(i0 / 4 + 1, (m - 1) / 4) - i0 / 4;
    for (int t = 0; t < kk; t++) {
        vec4 a0 = texelFetch(g, i_at + t * (ld_g / 4));
        vec4 a1 = texelFetch(g, i_at + i_next + t * (ld_g / 4));
        ROW(t)
        OUTER(0, a0.x) OUTER(1, a0.y) OUTER(2, a0.z) OUTER(3, a0.w)
        OUTER(4, a1.x) OUTER(5, a1.y) OUTER(6, a1.z) OUTER(7, a1.w)
    }
#else
    int i_at[8];
    for (int r = 0; r < 8; r++) i_at[r] = int(mg_off[1]) + min(i0 + r, m - 1) * (ld_g / 4);
#define GET(r) mix(vec4(0.0), texelFetch(g, i_at[r] + t / 4), keep)
#define STEP(l, X) ROW(min(t + l, kk - 1)) \
    OUTER(0, a0.X) OUTER(1, a1.X) OUTER(2, a2.X) OUTER(3, a3.X) OUTER(4, a4.X) OUTER(5, a5.X) OUTER(6, a6.X) OUTER(7, a7.X)
    for (int t = 0; t < kk; t += 4) {
        bvec4 keep = lessThan(ivec4(0, 1, 2, 3) + t, ivec4(kk)); // a row of g may end within a texel
        vec4 a0 = GET(0), a1 = GET(1), a2 = GET(2), a3 = GET(3), a4 = GET(4), a5 = GET(5), a6 = GET(6), a7 = GET(7);
        STEP(0, x)
        STEP(1, y)
        STEP(2, z)
        STEP(3, w)
    }
#endif
    // Rows move up through s[0..3], so that the code for a row stands here once.
    for (int i = i0; i < min(i0 + 8, m); i++) {
        uint o = mg_off[0] + uint(i) * uint(ld_y) + uint(j0);
        for (int c = 0; c < 16; c++) {
            if (j0 + c < n) {
                float v = s[c / 4][c % 4];
                y[o + uint(c)] = accumulate != 0 ? y[o + uint(c)] + v : v;
            }
        }
        for (int r = 0; r < 28; r++) s[r] = s[r + 4];
    }
}
