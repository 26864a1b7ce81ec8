#version 430 core
// Skinny: C = act(alpha op(A) op(B) + beta C + bias) where one operand has no more than FEW rows or
// columns: BIG 1: op(A) has FEW rows or less, B is large; BIG 0: op(B) has FEW columns or less, A is
// large. FEW 1 is the product of a matrix and a vector.
//
//   rows of the large one along k:           rows of the large one across k:
//
//      k: 32 lanes x vec4, again and again      8 lanes x 4 columns
//      +-------------------------+              +-----+
//    2 |===========>             | a warp     k |  |  | 32 slices, each every 32nd row
//      +-------------------------+              |  v  |
//      8 warps: 16 elements of C                +-----+ 32 elements of C
//
// The large operand is read once, four floats at a time, neighbours reading neighbours; the small
// one stays in the cache. What lanes or slices have summed is added up in shared memory, always
// in the same order. Memory bounds it: 2 FEW flops per 4 bytes.
// Cost: 2 m n k flops; at most 37 k / 128 loop iterations for FEW 8. Go twin: matmul.go
#include "unroll.glsl"
#include "matmul.glsl"

#ifndef BIG
#define BIG 1
#endif
#ifndef FEW
#define FEW 8
#endif

layout(local_size_x = 256) in;

#if BIG == 1
#define LARGE(i, j) b[(at_b + (i) * ld_b + (j)) >> 2] // elements j .. j+3 of a row in memory
#define SMALL a
#define AT_SMALL(s, kk) (at_a + (TA == 1 ? (kk) * ld_a + (s) : (s) * ld_a + (kk)))
#define VEC_SMALL VEC_A
#define PLACE(s, o) s, o
int few() { return m; }
int many() { return n; }
#else
#define LARGE(i, j) a[(at_a + (i) * ld_a + (j)) >> 2]
#define SMALL b
#define AT_SMALL(s, kk) (at_b + (TB == 1 ? (s) * ld_b + (kk) : (kk) * ld_b + (s)))
#define VEC_SMALL VEC_B
#define PLACE(s, o) o, s
int few() { return n; }
int many() { return m; }
#endif

// The s-th row or column of the small operand at kk .. kk+3.
#if VEC_SMALL == 4
#define FOUR(s, kk) SMALL[AT_SMALL(s, kk) >> 2]
#else
#define FOUR(s, kk) vec4(SMALL[AT_SMALL(s, kk)], SMALL[AT_SMALL(s, (kk) + 1)], SMALL[AT_SMALL(s, (kk) + 2)], SMALL[AT_SMALL(s, (kk) + 3)])
#endif

#if (BIG == 1 && TB == 1) || (BIG == 0 && TA == 0)
#define OUT 16
shared float part[OUT * FEW][33];

void main() {
    int z = int(group_id()) / tiles(many(), OUT), first = int(group_id()) % tiles(many(), OUT) * OUT;
    int at_a = base_a(z), at_b = base_b(z);
    int i = int(gl_LocalInvocationIndex), lane = i % 32, mine = i / 32 * 2;
    float sum[2][FEW];
    UNROLL for (int o = 0; o < 2; o++) UNROLL for (int s = 0; s < FEW; s++) sum[o][s] = 0.0;
    for (int kk = 4 * lane; kk < k; kk += 128) { // k is a multiple of 4
        vec4 x[2];
        UNROLL for (int o = 0; o < 2; o++) x[o] = first + mine + o < many() ? LARGE(first + mine + o, kk) : vec4(0.0);
        UNROLL for (int s = 0; s < FEW; s++) {
            vec4 y = FOUR(min(s, few() - 1), kk);
            UNROLL for (int o = 0; o < 2; o++) sum[o][s] += dot(x[o], y);
        }
    }
    UNROLL for (int o = 0; o < 2; o++) UNROLL for (int s = 0; s < FEW; s++) part[(mine + o) * FEW + s][lane] = sum[o][s];
    barrier();
    if (i < OUT * FEW && i % FEW < few()) {
        float all = 0.0;
        for (int l = 0; l < 32; l++) all += part[i][l];
        put(z, PLACE(i % FEW, first + i / FEW), all);
        if (act > 1) finish(z, PLACE(i % FEW, first + i / FEW));
    }
}
#else
#define OUT 32
shared vec4 part[256]; // [slice][lane]

void main() {
    int z = int(group_id()) / tiles(many(), OUT), first = int(group_id()) % tiles(many(), OUT) * OUT;
    int at_a = base_a(z), at_b = base_b(z);
    int i = int(gl_LocalInvocationIndex), o = first + i % 8 * 4; // many is a multiple of 4
    vec4 sum[FEW];
    UNROLL for (int s = 0; s < FEW; s++) sum[s] = vec4(0.0);
    if (o < many()) {
        for (int k0 = i / 8; k0 < k; k0 += 128) {
            UNROLL for (int j = 0; j < 4; j++) {
                int kk = k0 + 32 * j;
                if (kk < k) {
                    vec4 x = LARGE(kk, o);
                    UNROLL for (int s = 0; s < FEW; s++) sum[s] += x * SMALL[AT_SMALL(min(s, few() - 1), kk)];
                }
            }
        }
    }
    UNROLL for (int s = 0; s < FEW; s++) {
        barrier();
        part[i] = sum[s];
        barrier();
        if (i < OUT && s < few()) {
            float all = 0.0;
            for (int l = 0; l < 32; l++) all += part[8 * l + i / 4][i % 4];
            put(z, PLACE(s, first + i), all);
            if (act > 1) finish(z, PLACE(s, first + i));
        }
    }
}
#endif
