#version 430 core
// One step of Adam (Kingma and Ba 2015) over matrices of rows x cols with row strides:
//
//   d = factor g + decay p    or, decoupled (Loshchilov and Hutter 2019), p = decay p, d = factor g
//   m = keep_m m + add_m d    v = keep_v v + add_v d^2
//   p = p - rate m / (sqrt(v) / root_bias + eps)
//
//   p, m, v: changed     g: read     factor: 1
//
// One invocation takes one element (VEC 1), four neighbours (VEC 4) or a run (RUN); 28 bytes an element.
// Go twin: adam.go
#include "element.glsl"

layout(std430, binding = 0) buffer BufP { WORDS p[]; };
layout(std430, binding = 1) buffer BufM { WORDS m[]; };
layout(std430, binding = 2) buffer BufV { WORDS v[]; };
INPUT(3, g);
layout(std430, binding = 4) readonly buffer BufFactor { float factor[]; };
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int ld_p;
    int ld_m;
    int ld_v;
    int ld_g;
    float keep_m;
    float add_m;
    float keep_v;
    float add_v;
    float rate;
    float root_bias;
    float eps;
    float decay;
    int decoupled;
};

void main() {
    if (!element(rows, cols)) return;
    float f = factor[mg_off[4]];
    ELEMENTS {
        uint ip = AT(0, ld_p), im = AT(1, ld_m), iv = AT(2, ld_v);
        T w = unpack(p[ip]);
        T d = f * IN(g, 3, ld_g);
        if (decoupled != 0) w *= decay;
        else if (decay != 0.0) d += decay * w;
        T first = keep_m * unpack(m[im]) + add_m * d;
        T second = keep_v * unpack(v[iv]) + add_v * d * d;
        m[im] = pack(first);
        v[iv] = pack(second);
        p[ip] = pack(w - rate * first / (sqrt(second) / root_bias + eps));
    }
}
