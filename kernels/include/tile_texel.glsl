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

#define COL(c, X) \
    b = KEEP(texelFetch(k, k_at[(c)] + t)); \
    s[0 + (c) / 4].X += dot(a0, b); s[4 + (c) / 4].X += dot(a1, b); \
    s[8 + (c) / 4].X += dot(a2, b); s[12 + (c) / 4].X += dot(a3, b); \
    s[16 + (c) / 4].X += dot(a4, b); s[20 + (c) / 4].X += dot(a5, b); \
    s[24 + (c) / 4].X += dot(a6, b); s[28 + (c) / 4].X += dot(a7, b);
#define COLS(c) COL(c, x) COL(c + 1, y) COL(c + 2, z) COL(c + 3, w)

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
        vec4 b;
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
