// Parameters of siglip_loss (GRAD 0) and siglip_grad (1); kernels/siglip_pairs.go says what they
// mean. The buffers that their shaders share, and what one pair adds.
#ifndef GRAD
#define GRAD 0
#endif

layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int d;
    int ld_q;
    int ld_k;
    int ld_g;
    int first;
    int total;
    int row_block;
    int col_block;
};
layout(std430, binding = 0) writeonly buffer BufPart { float part[]; };
layout(std430, binding = 3) readonly buffer BufScale { float scale[]; };
layout(std430, binding = 4) readonly buffer BufBias { float bias[]; };
#if GRAD
layout(std430, binding = 5) readonly buffer BufDloss { float dloss[]; };
layout(std430, binding = 6) writeonly buffer BufG { float g[]; };
#endif

// log(1 + e^u). With e = e^-|u| and z = e/(2 + e) it is max(u, 0) + 2 atanh z; of the series of
// atanh seven terms leave 2^-26 for z <= 1/3. The driver's log near 1 is not that good.
float softplus(float u) {
    float e = exp(-abs(u));
    float z = e / (2.0 + e), w = z * z;
    float p = 1.0 / 13.0;
    p = p * w + 1.0 / 11.0;
    p = p * w + 1.0 / 9.0;
    p = p * w + 1.0 / 7.0;
    p = p * w + 1.0 / 5.0;
    p = p * w + 1.0 / 3.0;
    p = p * w + 1.0;
    return max(u, 0.0) + 2.0 * z * p;
}

// 1/(1 + e^-u)
float sigmoid(float u) {
    float e = exp(-abs(u));
    return (u >= 0.0 ? 1.0 : e) / (1.0 + e);
}

#if GRAD
// What each pair is multiplied by.
float pair_factor() { return dloss[mg_off[5]] / float(total); }

// The derivative of a pair's loss with respect to the logit.
float pair_term(float s, bool matched) {
    float p = sigmoid(matched ? -s : s);
    return matched ? -p : p;
}

// A pair's shares of dscale and dbias.
#define PAIR_SUMS vec2
vec2 pair_sums(float x, float dot_ij) { return vec2(dot_ij * x, x); }

void put_g(int i, int j, float x) { g[mg_off[6] + uint(i) * uint(ld_g) + uint(j)] = x; }

void put_part(uint tile, uint tiles, vec2 sum) {
    part[mg_off[0] + tile] = sum.x;
    part[mg_off[0] + tiles + tile] = sum.y;
}
#else
float pair_factor() { return 1.0 / float(total); }
float pair_term(float s, bool matched) { return softplus(matched ? -s : s); }

#define PAIR_SUMS float
float pair_sums(float x, float dot_ij) { return x; }

void put_g(int i, int j, float x) {}
void put_part(uint tile, uint tiles, float sum) { part[mg_off[0] + tile] = sum; }
#endif
