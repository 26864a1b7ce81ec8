// Compensated sums: a pair (s, e) is a float32 sum and the error it has made so far
// (Knuth's two-sum). 256 invocations of one group add their pairs in a tree.

shared vec2 sum_pair[256];

vec2 two_sum(vec2 p, float x) {
    precise float t = p.x + x;
    precise float z = t - p.x;
    precise float e = (p.x - (t - z)) + (x - z);
    return vec2(t, p.y + e);
}

// Sum of all invocations' pairs; every invocation of the group must call it.
float sum_all(vec2 mine) {
    uint lane = gl_LocalInvocationIndex;
    sum_pair[lane] = mine;
    barrier();
    for (uint half_width = 128u; half_width > 0u; half_width >>= 1) {
        if (lane < half_width) {
            vec2 other = sum_pair[lane + half_width];
            vec2 p = two_sum(sum_pair[lane], other.x);
            sum_pair[lane] = vec2(p.x, p.y + other.y);
        }
        barrier();
    }
    float r = sum_pair[0].x + sum_pair[0].y;
    return r == r ? r : sum_pair[0].x; // Inf, whose error term is NaN
}
