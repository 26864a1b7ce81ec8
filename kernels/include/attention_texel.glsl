// Attention in the registers of one invocation, for processors: four rows of its own (queries,
// say) with all rows of the other side (keys), eight at a time, read as RGBA32F texels.
//
//   own[r], other[c]            first texels of rows, of one head
//   DOTS(s, A, own, B, other)   s[r][c] = A_r . B_c, as two vec4 for eight c
//   TIMES(t, B, other)          a<t>[r] += sum over c of s[r][c] B_c, texel `first` + t of it
//
// The T texels of the R = 4 sums are variables a0, a1, ...: they stay in registers or on the stack,
// where an array that a loop goes through would be gathered lane by lane. EACH_TEXEL writes the
// code for every one. On a processor loads cost and arithmetic does not: DOTS makes 128
// multiply-adds of 12 loads, TIMES of 8. More rows are faster by a tenth and take twice as long
// to compile. The reader defines T: 8 or 16.
#if T == 16
#define EACH_TEXEL(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15)
#define EACH_NEXT(F) F(0, 1) F(1, 2) F(2, 3) F(3, 4) F(4, 5) F(5, 6) F(6, 7) F(7, 8) \
    F(8, 9) F(9, 10) F(10, 11) F(11, 12) F(12, 13) F(13, 14) F(14, 15)
#else
#define EACH_TEXEL(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#define EACH_NEXT(F) F(0, 1) F(1, 2) F(2, 3) F(3, 4) F(4, 5) F(5, 6) F(6, 7)
#endif

#define R 4
#define EACH_ROW(F, t) F(0, t) F(1, t) F(2, t) F(3, t)

#define SUMS(t) vec4 a##t[R];
EACH_TEXEL(SUMS)
#define CLEAR(t) for (int r = 0; r < R; r++) a##t[r] = vec4(0.0);
#define FADE(t) a##t[r] *= f;
#define UP(t, next) a##t = a##next;

#define FOUR(B, other, c, t) mat4(texelFetch(B, other[c] + (t)), texelFetch(B, other[(c) + 1] + (t)), \
    texelFetch(B, other[(c) + 2] + (t)), texelFetch(B, other[(c) + 3] + (t)))

#define DOT(r, s, A, own) { vec4 x = texelFetch(A, own[r] + t); s[r][0] += x * b0; s[r][1] += x * b1; }
#define DOTS(s, A, own, B, other)                                    \
    for (int r = 0; r < R; r++) s[r][0] = s[r][1] = vec4(0.0);       \
    for (int t = 0; t < width / 4; t++) {                            \
        mat4 b0 = FOUR(B, other, 0, t), b1 = FOUR(B, other, 4, t);   \
        DOT(0, s, A, own) DOT(1, s, A, own) DOT(2, s, A, own) DOT(3, s, A, own) \
    }

// Where a head has fewer than T texels left, the last repeats: those sums are not stored.
#define ADD(r, t) a##t[r] += b0 * s[r][0] + b1 * s[r][1];
#define TIMES(t, B, other) {                                             \
        int at = min(first + t, width / 4 - 1);                          \
        mat4 b0 = FOUR(B, other, 0, at), b1 = FOUR(B, other, 4, at);     \
        EACH_ROW(ADD, t)                                                 \
    }
