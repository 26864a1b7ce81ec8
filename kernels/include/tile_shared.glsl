// A tile of products for GPUs: 16 TM rows of q by 16 TM rows of k, D in steps of 16 through
// shared memory, TM x TM products per invocation. 256 invocations.
//
//             k: tile_x 0..15, 4 columns in each part of 64
//            +----+----+-- --+----+
//   q:       |    |    |     |    |    S(r, c) = q_row . k_column, of the tile's rows ROW(r) and
//   tile_y   +----+----+-- --+----+    columns COL(c), r and c below TM
//   0..15    +----+----+-- --+----+
//   TM rows  |    |    |     |    |    tile_q and tile_k hold 16 steps of D, transposed and
//            +----+----+-- --+----+    padded, so that neighbours read neighbouring banks
//
// A warp of 32 is 8 wide and 4 high: it reads 8 + 4 different blocks of four floats for each
// block of sums. VEC 4: q and k are vec4 storage blocks; D, strides and offsets are multiples of 4.
// The reader includes tile_rows.glsl first, defines storage blocks q and k of QK_TYPE, and lets every
// invocation of the group call tile_products.

#define TILE (16 * TM)
#define QUADS (TM / 4)

shared vec4 tile_q[16][TILE / 4 + 1]; // [step][4 rows]
shared vec4 tile_k[16][TILE / 4 + 1];

vec4 sums[TM][QUADS];
#define S(r, c) sums[r][(c) / 4][(c) % 4]

uint tile_x() { return gl_LocalInvocationIndex / 32u % 2u * 8u + gl_LocalInvocationIndex % 8u; }
uint tile_y() { return gl_LocalInvocationIndex / 64u * 4u + gl_LocalInvocationIndex / 8u % 4u; }
#define ROW(r) (int(tile_y()) * TM + (r))
#define COL(c) (int(tile_x()) * 4 + (c) / 4 * 64 + (c) % 4)

// Steps d .. d+3 of a row; 0 beyond the edges.
#if VEC == 4
#define STEPS(X, at, ok, d, width) ((ok) && (d) < (width) ? X[((at) + uint(d)) >> 2] : vec4(0.0))
#else
#define STEP(X, at, ok, d, width) ((ok) && (d) < (width) ? X[(at) + uint(d)] : 0.0)
#define STEPS(X, at, ok, d, width) vec4(STEP(X, at, ok, d, width), STEP(X, at, ok, (d) + 1, width), \
                                        STEP(X, at, ok, (d) + 2, width), STEP(X, at, ok, (d) + 3, width))
#endif

// Products of rows i0.. of q (n rows in all) and j0.. of k (m rows). 4 x 4 blocks of q are
// loaded by the first TILE invocations, those of k by the next; stores of eight neighbours fall
// into different banks.
void tile_products(int width, uint q_base, int ldq, int i0, int n, uint k_base, int ldk, int j0, int m) {
    int i = int(gl_LocalInvocationIndex) % TILE;
    ivec2 from = 4 * ivec2(i / 16 * 4 + i / 2 % 4, i % 2 + i / 8 % 2 * 2); // row and step
    bool loads_q = gl_LocalInvocationIndex < TILE, loads_k = !loads_q && gl_LocalInvocationIndex < 2 * TILE;
    uint tx = tile_x(), ty = tile_y();
    UNROLL for (int r = 0; r < TM; r++) UNROLL for (int p = 0; p < QUADS; p++) sums[r][p] = vec4(0.0);
    for (int d0 = 0; d0 < width; d0 += 16) {
        mat4 b = mat4(0.0);
        if (loads_q) {
            UNROLL for (int r = 0; r < 4; r++)
                b[r] = STEPS(q, q_base + uint(i0 + from.x + r) * uint(ldq), i0 + from.x + r < n, d0 + from.y, width);
        }
        if (loads_k) {
            UNROLL for (int r = 0; r < 4; r++)
                b[r] = STEPS(k, k_base + uint(j0 + from.x + r) * uint(ldk), j0 + from.x + r < m, d0 + from.y, width);
        }
        b = transpose(b);
        barrier(); // the tile before is done with
        if (loads_q) UNROLL for (int t = 0; t < 4; t++) tile_q[from.y + t][from.x / 4] = b[t];
        if (loads_k) UNROLL for (int t = 0; t < 4; t++) tile_k[from.y + t][from.x / 4] = b[t];
        barrier();
        UNROLL for (int t = 0; t < 16; t++) {
            vec4 u[QUADS], v[QUADS];
            UNROLL for (int p = 0; p < QUADS; p++) {
                u[p] = tile_q[t][ty * QUADS + p];
                v[p] = tile_k[t][tx + 16 * p];
            }
            UNROLL for (int r = 0; r < TM; r++)
                UNROLL for (int p = 0; p < QUADS; p++) sums[r][p] += u[r / 4][r % 4] * v[p];
        }
    }
}
