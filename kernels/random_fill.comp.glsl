#version 430 core
// Random numbers by counter: x[i] depends on (seed, stream, offset + i) alone, so that any
// cut of a fill into launches or devices gives the same numbers.
//
//   block j = philox(counter (j lo, j hi, stream, 0), key seed), number n is its word
//   n mod 4 with j = n / 4; n = offset + i
//
// KIND 0: the 32 bits as they are                       x: count, contiguous
//      1: base + spread * (upper 24 bits) / 2^24        (product and sum rounded apart)
//      2: base + spread * normal; words 0, 1 and 2, 3 make two normal numbers each
//      3: an int in 0..range-1: the upper word of bits * range (bias below range / 2^32)
//
// One invocation makes a block: four numbers. VEC 4 writes them at once: offset and count
// are then multiples of 4. Go twin: random_fill.go
#include "group.glsl"
#include "philox.glsl"
#include "normal.glsl"

#ifndef KIND
#define KIND 0
#endif
#ifndef VEC
#define VEC 1
#endif
#if KIND == 0
#define T uint
#define T4 uvec4
#elif KIND == 3
#define T int
#define T4 ivec4
#else
#define T float
#define T4 vec4
#endif

layout(local_size_x = 64) in;

#if VEC == 4
layout(std430, binding = 0) writeonly buffer BufX { T4 x[]; };
#else
layout(std430, binding = 0) writeonly buffer BufX { T x[]; };
#endif
layout(std140, binding = 0) uniform Params {
    int count;
    uint seed_lo;
    uint seed_hi;
    uint stream;
    uint offset_lo;
    uint offset_hi;
    float base;
    float spread;
    uint range;
};

T4 numbers(uvec4 r) {
#if KIND == 0
    return r;
#elif KIND == 1
    precise vec4 v = spread * (vec4(r >> 8u) * 5.9604644775390625e-8);
    v = base + v;
    return v;
#elif KIND == 2
    precise vec4 v = spread * vec4(normal_pair(r.x, r.y), normal_pair(r.z, r.w));
    v = base + v;
    return v;
#else
    uvec4 hi, lo;
    umulExtended(r, uvec4(range), hi, lo);
    return ivec4(hi);
#endif
}

void main() {
    uint i = invocation_id();
    uint skip = offset_lo & 3u; // numbers of the first block that lie before the fill
    if (i * 4u >= uint(count) + skip) return;
    uint carry;
    uint lo = uaddCarry((offset_lo >> 2) | (offset_hi << 30), i, carry);
    T4 v = numbers(philox(uvec4(lo, (offset_hi >> 2) + carry, stream, 0u), uvec2(seed_lo, seed_hi)));
#if VEC == 4
    x[mg_off[0] / 4u + i] = v;
#else
    for (uint w = 0u; w < 4u; w++) {
        uint at = 4u * i + w - skip; // wraps for numbers before the fill
        if (at < uint(count)) x[mg_off[0] + at] = v[w];
    }
#endif
}
