#version 430 core
// c = a op b, or c += a op b, element by element over a matrix of rows x cols with row
// strides. op is the define OP: 0 a + b, 1 a b, 2 max(a, b) (NaN if either is).
//
//   a, b, c: rows x cols, strides ld_a, ld_b, ld_c; ld_b = 0: one row b serves all rows
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). Go twin: binary.go
#include "element.glsl"
#include "nan.glsl"

#ifndef OP
#define OP 0
#endif

layout(std430, binding = 0) buffer BufC { WORDS c[]; };
INPUT(1, a);
INPUT(2, b);
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_c;
    int ld_a;
    int ld_b;
    int accumulate;
};

float larger(float x, float y) { return is_nan(x) ? x : is_nan(y) ? y : max(x, y); }
vec4 larger(vec4 x, vec4 y) {
    return vec4(larger(x.x, y.x), larger(x.y, y.y), larger(x.z, y.z), larger(x.w, y.w));
}

void main() {
    if (!element(rows, cols)) return;
    ELEMENTS {
        T x = IN(a, 1, ld_a);
        T y = IN(b, 2, ld_b);
#if OP == 0
        T z = x + y;
#elif OP == 1
        T z = x * y;
#else
        T z = larger(x, y);
#endif
        uint i = AT(0, ld_c);
        if (accumulate != 0) z += unpack(c[i]);
        c[i] = pack(z);
    }
}
