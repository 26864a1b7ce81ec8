// Mergeable softmax sums: a pair (m, s) stands for numbers x with m = max x and
// s = sum exp(x - m), so log sum exp(x) = m + log(s). Nothing is (-Inf, 0).

#define MINUS_INF (-uintBitsToFloat(0x7F800000u))
#define EMPTY vec2(MINUS_INF, 0.0)

// NaN in b is passed over here; it reaches the sum.
float larger(float a, float b) { return b > a ? b : a; }

// What to subtract: exp(-Inf - base) is 0 and not NaN where there is nothing but -Inf.
float base(float m) { return m == MINUS_INF ? 0.0 : m; }

vec2 merge(vec2 a, vec2 b) {
    float m = larger(a.x, b.x);
    return vec2(m, a.y * exp(a.x - base(m)) + b.y * exp(b.x - base(m)));
}
