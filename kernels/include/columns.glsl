// Terms of a product of matrices for shaders on a processor, whose sums are named vec4 (p0, p1, ..: four
// columns of rows 0, 1, ..): f holds four rows of A at k .. k+3, b k .. k+3 of B at four columns. The
// order, four rows and then column by column, leaves most operands in registers. Four terms are added
// up before they join the sum: as many operations, a quarter of the roundings at the sum's size.
#define EACH_ROW(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)
#define TERMS(s, f, b, j) s.j += (f.x * b[0].j + f.y * b[1].j) + (f.z * b[2].j + f.w * b[3].j);
#define COLUMN(s, r0, r1, r2, r3, b, j) TERMS(s##r0, f[0], b, j) TERMS(s##r1, f[1], b, j) TERMS(s##r2, f[2], b, j) TERMS(s##r3, f[3], b, j)
#define COLUMNS(s, r0, r1, r2, r3, b) COLUMN(s, r0, r1, r2, r3, b, x) COLUMN(s, r0, r1, r2, r3, b, y) \
    COLUMN(s, r0, r1, r2, r3, b, z) COLUMN(s, r0, r1, r2, r3, b, w)
