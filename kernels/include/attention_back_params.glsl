// Parameters and common buffers of attention_back; kernels/attention_back.go says what they mean.
#include "special.glsl"

layout(std140, binding = 0) uniform Params {
    int batch;
    int len;
    int heads;
    int width;
    int ld_dq;
    int ld_dk;
    int ld_dv;
    int ld_dout;
    int ld_q;
    int ld_k;
    int ld_v;
    int causal;
    int parts;
    int accumulate;
    float scale;
};
layout(std430, binding = 0) buffer BufDq { ELEMENT dq[]; };
layout(std430, binding = 1) buffer BufDk { ELEMENT dk[]; };
layout(std430, binding = 2) buffer BufDv { ELEMENT dv[]; };
layout(std430, binding = 7) readonly buffer BufRows { float rows[]; };

// (lse, delta) of query i of a head.
vec2 row_of(int head, int i) {
    uint at = mg_off[7] + 2u * uint(head * len + i);
    return vec2(rows[at], rows[at + 1u]);
}

// p = exp(s - lse); 0 where the row has no keys, and NaN for NaN.
float probability(float s, float lse) {
    float d = s - lse;
    return lse == -INF ? 0.0 : is_nan(d) ? d : exp(d);
}
vec4 probability(vec4 s, vec4 lse) {
    return vec4(probability(s.x, lse.x), probability(s.y, lse.y), probability(s.z, lse.z), probability(s.w, lse.w));
}
