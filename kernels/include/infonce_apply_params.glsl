// Parameters of infonce_apply; kernels/infonce_apply.go says what they mean.
layout(std140, binding = 0) uniform Params {
    int m;
    int n;
    int kk;
    int ld_y;
    int ld_g;
    int ld_x;
    int trans;
    int accumulate;
};
