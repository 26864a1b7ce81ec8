#version 430 core
// The gradient of c = max(a, b): dc goes to a where a >= b, else to b.
//   da (+)= a >= b ? dc : 0        db (+)= a >= b ? 0 : dc
//
//   da, db, dc, a, b: rows x cols, strides ld_da, ld_db, ld_dc, ld_a, ld_b
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN). Go twin: maxout_back.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufDa { WORDS da[]; };
layout(std430, binding = 1) buffer BufDb { WORDS db[]; };
INPUT(2, dc);
INPUT(3, a);
INPUT(4, b);
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_da;
    int ld_db;
    int ld_dc;
    int ld_a;
    int ld_b;
    int accumulate;
};

float pick(float d, float x, float y) { return x >= y ? d : 0.0; }
vec4 pick(vec4 d, vec4 x, vec4 y) { return mix(vec4(0.0), d, greaterThanEqual(x, y)); }
float rest(float d, float x, float y) { return x >= y ? 0.0 : d; }
vec4 rest(vec4 d, vec4 x, vec4 y) { return mix(d, vec4(0.0), greaterThanEqual(x, y)); }

void main() {
    if (!element(rows, cols)) return;
    ELEMENTS {
        T d = IN(dc, 2, ld_dc);
        T x = IN(a, 3, ld_a);
        T y = IN(b, 4, ld_b);
        T to_a = pick(d, x, y);
        T to_b = rest(d, x, y);
        uint i = AT(0, ld_da);
        uint j = AT(1, ld_db);
        if (accumulate != 0) {
            to_a += unpack(da[i]);
            to_b += unpack(db[j]);
        }
        da[i] = pack(to_a);
        db[j] = pack(to_b);
    }
}
