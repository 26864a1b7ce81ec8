#version 430 core
// norm = scale sqrt(squares), factor = scale min(1, most / (norm + 1e-6)): what gradients are
// multiplied by so that all of them together are no longer than most. NaN stays NaN.
//
//   factor, norm, squares: 1
//
// One invocation. Go twin: clip_factor.go
#include "group.glsl"
#include "special.glsl"

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer BufFactor { float factor[]; };
layout(std430, binding = 1) writeonly buffer BufNorm { float norm[]; };
layout(std430, binding = 2) readonly buffer BufSquares { float squares[]; };
layout(std140, binding = 0) uniform Params {
    float most;
    float scale;
};

void main() {
    float n = scale * sqrt(squares[mg_off[2]]);
    float f = most / (n + 1e-6);
    norm[mg_off[1]] = n;
    factor[mg_off[0]] = scale * (is_nan(f) || f < 1.0 ? f : 1.0);
}
