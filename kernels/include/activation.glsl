// Activation functions, for float and vec4. Every formula is the one of PyTorch's function
// of that name; exp never overflows into NaN. Go twins: activation.go

#define EACH(F) vec4 F(vec4 v) { return vec4(F(v.x), F(v.y), F(v.z), F(v.w)); }

float relu(float x) { return x < 0.0 ? 0.0 : x; } // NaN stays NaN
EACH(relu)
