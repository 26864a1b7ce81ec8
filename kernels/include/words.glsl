// What shaders over rows read and write: floats, or VEC 4 of them at a time.
//
//   T                 float or vec4
//   INPUT(i, x);      declares buffer i, which is only read
//   READ(x, i, at)    its element `at`, in units of T
//   WORDS             what a block that is written is an array of: y[at] = pack(v), unpack(y[at])
//
// For processors. TEXEL: inputs are texel buffers, which are read as vectors. RUN: one driver
// (llvmpipe) goes to storage blocks lane by lane and word by word; as pairs of floats, each held in a
// double, these are half as many. Both want VEC 4.
#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define T vec4
#else
#define T float
#endif

#ifdef RUN
#define WORDS dvec2
WORDS pack(T v) { return WORDS(packDouble2x32(floatBitsToUint(v.xy)), packDouble2x32(floatBitsToUint(v.zw))); }
T unpack(WORDS w) { return T(uintBitsToFloat(unpackDouble2x32(w.x)), uintBitsToFloat(unpackDouble2x32(w.y))); }
#else
#define WORDS T
#define pack(v) (v)
#define unpack(w) (w)
#endif

#ifdef TEXEL
#define INPUT(i, x) layout(binding = i) uniform samplerBuffer x
#define READ(x, i, at) texelFetch(x, int(mg_off[i] + (at)))
#else
#define INPUT(i, x) layout(std430, binding = i) readonly buffer Buf##i { WORDS x[]; }
#define READ(x, i, at) unpack(x[mg_off[i] / uint(VEC) + (at)])
#endif
