// Parameters of attention; kernels/attention.go says what they mean.
layout(std140, binding = 0) uniform Params {
    int batch;
    int len;
    int heads;
    int width;
    int ld_o;
    int ld_q;
    int ld_k;
    int ld_v;
    int causal;
    int has_lse;
    float scale;
};
