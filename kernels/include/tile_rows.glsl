// How a shader over include/tile_shared.glsl sees its rows: TM, the products of an invocation along
// each side, and QK_TYPE, the element of its storage blocks q and k: four floats where VEC is 4.
#include "unroll.glsl"

#ifndef TM
#define TM 4
#endif
#ifndef VEC
#define VEC 1
#endif
#if VEC == 4
#define QK_TYPE vec4
#else
#define QK_TYPE float
#endif
