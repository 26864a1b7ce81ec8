// Numbers that are not finite, by their bits; maxima that keep NaN.
#include "nan.glsl"

#define INF uintBitsToFloat(0x7F800000u)
#define NAN uintBitsToFloat(0x7FC00000u)

bool is_finite(float x) { return (floatBitsToUint(x) & 0x7FFFFFFFu) < 0x7F800000u; }

// The larger of two numbers; NaN counts as the largest of all.
float larger(float a, float b) { return is_nan(a) ? a : is_nan(b) ? b : a < b ? b : a; }

// The larger of x and a limit, NaN staying NaN: a bare x < limit may take NaN for less.
float at_least(float limit, float x) { return is_nan(x) ? x : x < limit ? limit : x; }
