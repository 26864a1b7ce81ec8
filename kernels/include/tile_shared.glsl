// A tile of products for GPUs: 16 TM rows of q by 16 TM rows of k, D in steps of 16 through
// shared memory, TM x TM products per invocation. 256 invocations.
//
//             k: tx 0..15, TM columns each
//            +----+----+-- --+----+
//   q: ty    |    |    |     |    |    s[r][c] = q_(TM ty + r) . k_(TM tx + c)
//   0..15    +----+----+-- --+----+
//   TM rows  |    |    |     |    |    tile_q and tile_k hold 16 steps of D, transposed and
//            +----+----+-- --+----+    padded, so that neighbours read neighbouring banks
//
// The reader defines storage blocks q and k. Every invocation of the group must call it.

#ifndef TM
#define TM 4
#endif
#define TILE (16 * TM)
#define PITCH (TILE + 4)

shared float tile_q[16 * PITCH];
shared float tile_k[16 * PITCH];

float s[TM][TM];

// Products of rows i0.. of q (n rows in all) and j0.. of k (m rows).
void tile_products(int width, uint q_base, int ldq, int i0, int n, uint k_base, int ldk, int j0, int m) {
    uint lane = gl_LocalInvocationIndex;
    uint tx = lane % 16u, ty = lane / 16u;
    for (int r = 0; r < TM; r++)
        for (int c = 0; c < TM; c++) s[r][c] = 0.0;
    for (int d0 = 0; d0 < width; d0 += 16) {
        barrier();
        // 16 neighbouring invocations load 16 neighbouring steps of one row.
        int step = d0 + int(tx);
        for (int r = int(ty); r < TILE; r += 16) {
            tile_q[tx * PITCH + uint(r)] = i0 + r < n && step < width ? q[q_base + uint(i0 + r) * uint(ldq) + uint(step)] : 0.0;
            tile_k[tx * PITCH + uint(r)] = j0 + r < m && step < width ? k[k_base + uint(j0 + r) * uint(ldk) + uint(step)] : 0.0;
        }
        barrier();
        for (uint t = 0u; t < 16u; t++) {
            float a[TM], b[TM];
            for (int r = 0; r < TM; r++) {
                a[r] = tile_q[t * PITCH + ty * TM + uint(r)];
                b[r] = tile_k[t * PITCH + tx * TM + uint(r)];
            }
            for (int r = 0; r < TM; r++)
                for (int c = 0; c < TM; c++) s[r][c] += a[r] * b[c];
        }
    }
}
