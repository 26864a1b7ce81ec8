// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror, Shaw: Parallel random
// numbers: as easy as 1, 2, 3 (SC 2011). Any block of a stream is computed by itself.
//
//   philox(counter, key): 128 random bits, a bijection of the counter for every key
//
// Go twin: philox.go

uvec4 philox(uvec4 c, uvec2 k) {
    for (int i = 0; i < 10; i++) {
        uint hi0, lo0, hi1, lo1;
        umulExtended(0xD2511F53u, c.x, hi0, lo0);
        umulExtended(0xCD9E8D57u, c.z, hi1, lo1);
        c = uvec4(hi1 ^ c.y ^ k.x, lo1, hi0 ^ c.w ^ k.y, lo0);
        k += uvec2(0x9E3779B9u, 0xBB67AE85u);
    }
    return c;
}
