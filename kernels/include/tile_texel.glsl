// A tile of products that one invocation holds in registers: rows q_at[0..7] of q by 16 rows
// of k, D in steps of four, read as RGBA32F texels. Straight-line code: on a processor it is
// the loads that cost, and a tile of 8 x 16 makes 512 products of 24 of them.
//
//   s[4 r + c/4][c%4] = q_(row r) . k_(column c)
//
// With TAIL the last texel of a row may reach beyond d; what is there is masked, since it
// may be NaN. The reader defines samplerBuffer q, k.

vec4 s[32];
int q_at[8];  // first texel of each row of q
int k_at[16]; // and of k

#ifdef TAIL
#define KEEP(v) mix(vec4(0.0), v, keep)
#else
#define KEEP(v) (v)
#endif

// Four columns at a time, row by row, leave most operands in registers.
#define ROW(r, a, c) s[4 * r + c / 4] += vec4(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3));
#define COLS(c) \
    b0 = KEEP(texelFetch(k, k_at[c] + t)); b1 = KEEP(texelFetch(k, k_at[c + 1] + t)); \
    b2 = KEEP(texelFetch(k, k_at[c + 2] + t)); b3 = KEEP(texelFetch(k, k_at[c + 3] + t)); \
    ROW(0, a0, c) ROW(1, a1, c) ROW(2, a2, c) ROW(3, a3, c) ROW(4, a4, c) ROW(5, a5, c) ROW(6, a6, c) ROW(7, a7, c)

void tile_products(int width) {
    for (int i = 0; i < 32; i++) s[i] = vec4(0.0);
    int texels = (width + 3) / 4;
    for (int t = 0; t < texels; t++) {
#ifdef TAIL
        bvec4 keep = lessThan(ivec4(0, 1, 2, 3) + 4 * t, ivec4(width));
#endif
        vec4 a0 = KEEP(texelFetch(q, q_at[0] + t));
        vec4 a1 = KEEP(texelFetch(q, q_at[1] + t));
        vec4 a2 = KEEP(texelFetch(q, q_at[2] + t));
        vec4 a3 = KEEP(texelFetch(q, q_at[3] + t));
        vec4 a4 = KEEP(texelFetch(q, q_at[4] + t));
        vec4 a5 = KEEP(texelFetch(q, q_at[5] + t));
        vec4 a6 = KEEP(texelFetch(q, q_at[6] + t));
        vec4 a7 = KEEP(texelFetch(q, q_at[7] + t));
        vec4 b0, b1, b2, b3;
        COLS(0)
        COLS(4)
        COLS(8)
        COLS(12)
    }
}

// Rows move up by one. A loop of next_row needs the code for a row only in s[0..3], once:
// a driver takes seconds to compile eight copies of an epilogue with stores.
#define UP(r) s[r] = s[r + 4]; s[r + 1] = s[r + 5]; s[r + 2] = s[r + 6]; s[r + 3] = s[r + 7];
void next_row() {
    UP(0)
    UP(4)
    UP(8)
    UP(12)
    UP(16)
    UP(20)
    UP(24)
}
