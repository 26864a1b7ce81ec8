#version 430 core
// y (+)= op(g) x, for GPUs: 64 x 64 elements of y per group, kk in steps of 16 through
// shared memory, 4 x 4 elements per invocation.
//
//   y: m x n, stride ld_y     x: kk x n, stride ld_x
//   g: m x kk, or with trans kk x m; stride ld_g
//
// Flops: 2 m n kk. Go twin: infonce_apply.go
#include "group.glsl"

layout(local_size_x = 256) in;

layout(std430, binding = 0) buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufG { float g[]; };
layout(std430, binding = 2) readonly buffer BufX { float x[]; };
#include "infonce_apply_params.glsl"

#define PITCH 68
shared float tile_g[16 * PITCH]; // [step][row]
shared float tile_x[16 * PITCH]; // [step][column]

void main() {
    int across = (n + 63) / 64;
    int i0 = int(group_id()) / across * 64, j0 = int(group_id()) % across * 64;
    int lane = int(gl_LocalInvocationIndex);
    int tx = lane % 16, ty = lane / 16;
    float s[4][4];
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) s[r][c] = 0.0;
    for (int k0 = 0; k0 < kk; k0 += 16) {
        barrier();
        for (int e = lane; e < 1024; e += 256) { // neighbours read neighbours
            int row = trans != 0 ? e % 64 : e / 16, t = trans != 0 ? e / 64 : e % 16;
            int i = i0 + row, k = k0 + t;
            uint at = mg_off[1] + (trans != 0 ? uint(k) * uint(ld_g) + uint(i) : uint(i) * uint(ld_g) + uint(k));
            tile_g[t * PITCH + row] = i < m && k < kk ? g[at] : 0.0;
            int j = j0 + e % 64, l = k0 + e / 64;
            tile_x[e / 64 * PITCH + e % 64] = j < n && l < kk ? x[mg_off[2] + uint(l) * uint(ld_x) + uint(j)] : 0.0;
        }
        barrier();
        for (int t = 0; t < 16; t++) {
            float a[4], b[4];
            for (int r = 0; r < 4; r++) {
                a[r] = tile_g[t * PITCH + ty * 4 + r];
                b[r] = tile_x[t * PITCH + tx * 4 + r];
            }
            for (int r = 0; r < 4; r++)
                for (int c = 0; c < 4; c++) s[r][c] += a[r] * b[c];
        }
    }
    for (int r = 0; r < 4; r++) {
        for (int c = 0; c < 4; c++) {
            int i = i0 + ty * 4 + r, j = j0 + tx * 4 + c;
            if (i < m && j < n) {
                uint o = mg_off[0] + uint(i) * uint(ld_y) + uint(j);
                y[o] = accumulate != 0 ? y[o] + s[r][c] : s[r][c];
            }
        }
    }
}
