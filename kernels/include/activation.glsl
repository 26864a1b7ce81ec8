// Activation functions and their derivatives, for float and vec4. Formulas are those of
// PyTorch's functions of the same names. Go twins: activation.go, activation_host.go
//
//   activate(code, x) = f(x)        activate_back(code, x) = f'(x)
//   0 none, 1 relu, 2 leaky_relu, 3 sigmoid, 4 tanh, 5 gelu, 6 quick_gelu, 7 elu
//
// exp is only taken of numbers <= 0: it cannot overflow, and the result is never Inf - Inf
// or 0 * Inf for a finite x. NaN stays NaN.
#include "nan.glsl"

// max(x, 0) that keeps NaN: as a comparison of floats, compilers turn it into max.
float relu(float x) { return is_nan(x) || x > 0.0 ? x : 0.0; }

// e^-t for t >= 0; beyond 104 it is below half of the smallest float, and drivers whose
// exp stops at 2^-126 must not leave something there.
float exp_neg(float t) { return t > 104.0 ? 0.0 : exp(-t); }

// s(x) = 1 / (1 + e^-x)
float sigmoid(float x) {
    float z = exp_neg(abs(x));
    float r = 1.0 / (1.0 + z);
    return x < 0.0 ? z * r : r;
}

// s' = s (1 - s) = z / (1 + z)^2 with z = e^-|x|
float sigmoid_back(float x) {
    float z = exp_neg(abs(x));
    float r = 1.0 / (1.0 + z);
    return z * r * r;
}

// Near 0 a polynomial (Cephes tanhf, S. Moshier), else (1 - w) / (1 + w) with w = e^-2|x|.
float tanh_f(float x) {
    float t = abs(x);
    if (t < 0.625) {
        float z = x * x;
        float p = -5.70498872745e-3;
        p = p * z + 2.06390887954e-2;
        p = p * z - 5.37397155531e-2;
        p = p * z + 1.33314422036e-1;
        p = p * z - 3.33332819422e-1;
        return p * z * x + x;
    }
    float w = exp_neg(2.0 * t);
    float r = (1.0 - w) / (1.0 + w);
    return x < 0.0 ? -r : r;
}

// 1 - tanh^2 = 4 w / (1 + w)^2
float tanh_back(float x) { return 4.0 * sigmoid_back(2.0 * x); }

// The upper tail of the normal distribution, q(t) = erfc(t / sqrt(2)) / 2 for t >= 0, given
// e = e^(-t^2/2): q = e s P(s) with s = 1 / (1 + 0.27 t). P is the Chebyshev fit of degree
// 8 for t in 0..14, relative error 0.72 * 2^-24 with these coefficients.
float normal_tail(float t, float e) {
    float s = 1.0 / (1.0 + 0.27 * t);
    float p = 0.0291070286;
    p = p * s - 0.127242118;
    p = p * s + 0.171444684;
    p = p * s - 0.0712139159;
    p = p * s + 0.109277204;
    p = p * s + 0.071406059;
    p = p * s + 0.101980366;
    p = p * s + 0.107518606;
    p = p * s + 0.107722096;
    return e * s * p;
}

// x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2
float gelu(float x) {
    float q = normal_tail(abs(x), exp_neg(0.5 * x * x));
    return x < 0.0 ? x * q : x * (1.0 - q);
}

// Phi(x) + x phi(x), phi the normal density
float gelu_back(float x) {
    float e = exp_neg(0.5 * x * x);
    float q = normal_tail(abs(x), e);
    float d = e == 0.0 ? 0.0 : x * (e * 0.398942280);
    return (x < 0.0 ? q : 1.0 - q) + d;
}

// x s(1.702 x)
float quick_gelu(float x) { return x * sigmoid(1.702 * x); }

// s + 1.702 x s (1 - s)
float quick_gelu_back(float x) {
    float a = 1.702 * x;
    float d = sigmoid_back(a);
    return sigmoid(a) + (d == 0.0 ? 0.0 : a * d);
}

// x > 0 ? x : e^x - 1, by the Taylor series near 0
float elu(float x) {
    if (x > 0.0) return x;
    if (x > -0.5) {
        float p = 2.48015873e-5;
        p = p * x + 1.98412698e-4;
        p = p * x + 1.38888889e-3;
        p = p * x + 8.33333333e-3;
        p = p * x + 4.16666667e-2;
        p = p * x + 1.66666667e-1;
        p = p * x + 0.5;
        return p * x * x + x;
    }
    return exp_neg(-x) - 1.0;
}

// 1 above 0, low at and below 0 (the left value at a kink, as in PyTorch), NaN for NaN.
float slope(float x, float low) {
    if (is_nan(x)) return x;
    return x > 0.0 ? 1.0 : low;
}

float activate(int code, float x) {
    switch (code) {
    case 1: return relu(x);
    case 2: return x * (x < 0.0 ? 0.01 : 1.0);
    case 3: return sigmoid(x);
    case 4: return tanh_f(x);
    case 5: return gelu(x);
    case 6: return quick_gelu(x);
    case 7: return elu(x);
    }
    return x;
}

float activate_back(int code, float x) {
    switch (code) {
    case 1: return slope(x, 0.0);
    case 2: return slope(x, 0.01);
    case 3: return sigmoid_back(x);
    case 4: return tanh_back(x);
    case 5: return gelu_back(x);
    case 6: return quick_gelu_back(x);
    case 7: return x > 0.0 ? 1.0 : exp_neg(-x);
    }
    return 1.0;
}

vec4 activate(int code, vec4 v) {
    return vec4(activate(code, v.x), activate(code, v.y), activate(code, v.z), activate(code, v.w));
}

vec4 activate_back(int code, vec4 v) {
    return vec4(activate_back(code, v.x), activate_back(code, v.y), activate_back(code, v.z), activate_back(code, v.w));
}
