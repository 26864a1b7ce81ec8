// Parameters of infonce_partial; kernels/infonce_partial.go says what they mean.
layout(std140, binding = 0) uniform Params {
    int rows;
    int cols;
    int d;
    int ld_q;
    int ld_k;
    int row_block;
    int col_block;
    int first;
    int sides;
};
