// Normal numbers from random bits (Box and Muller 1958), without the device's log, sqrt, sin
// and cos: additions and products only, all `precise`, so that every device that rounds
// them as IEEE 754 says gives the same bits. Polynomials: Cephes logf, sinf, cosf
// (S. Moshier). Go twin: normal.go

// sqrt(-2 ln u) with u = (k + 1) / 2^24, k in 0..2^24-1: in 0..5.77.
float normal_radius(uint k) {
    uint bits = floatBitsToUint(float(k + 1u) * 5.9604644775390625e-8);
    float e = float(int(bits >> 23) - 126); // u = m 2^e with m in [1/2, 1)
    float m = uintBitsToFloat((bits & 0x007FFFFFu) | 0x3F000000u);
    if (m < 0.707106781) {
        e -= 1.0;
        m += m;
    }
    m -= 1.0;
    precise float z = m * m;
    precise float p = 7.0376836292e-2;
    p = p * m - 1.1514610310e-1;
    p = p * m + 1.1676998740e-1;
    p = p * m - 1.2420140846e-1;
    p = p * m + 1.4249322787e-1;
    p = p * m - 1.6668057665e-1;
    p = p * m + 2.0000714765e-1;
    p = p * m - 2.4999993993e-1;
    p = p * m + 3.3333331174e-1;
    p = p * m * z;
    p = p + e * -2.12194440e-4; // ln 2 in two pieces
    p = p - 0.5 * z;
    p = (m + p) + e * 0.693359375;
    precise float x = -2.0 * p;
    // 1 / sqrt(x): a guess from the exponent's half, and Newton's step three times.
    precise float y = uintBitsToFloat(0x5F375A86u - (floatBitsToUint(x) >> 1));
    precise float h = 0.5 * x;
    y = y * (1.5 - h * y * y);
    y = y * (1.5 - h * y * y);
    y = y * (1.5 - h * y * y);
    precise float r = x * y;
    return r;
}

// cos and sin of 2 pi k / 2^24, k in 0..2^24-1: quarter turns are taken off exactly.
vec2 normal_turn(uint k) {
    uint q = (k + 0x200000u) >> 22;
    precise float t = float(int(k) - int(q << 22)) * 3.74507027829e-7;
    precise float z = t * t;
    precise float s = -1.9515295891e-4;
    s = s * z + 8.3321608736e-3;
    s = s * z - 1.6666654611e-1;
    s = s * z * t + t;
    precise float c = 2.443315711809948e-5;
    c = c * z - 1.388731625493765e-3;
    c = c * z + 4.166664568298827e-2;
    c = c * z * z - 0.5 * z;
    c = c + 1.0;
    switch (q & 3u) {
    case 1u: return vec2(-s, c);
    case 2u: return vec2(-c, -s);
    case 3u: return vec2(s, -c);
    }
    return vec2(c, s);
}

// Two normal numbers from two words of random bits.
vec2 normal_pair(uint a, uint b) {
    precise vec2 n = normal_radius(a >> 8) * normal_turn(b >> 8);
    return n;
}
