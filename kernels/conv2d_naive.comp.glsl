#version 430 core
// y = act(conv(x, weights) + bias + residual), or BACK: dx (+)= its transpose applied to dy.
// An invocation an element, straight from the definition:
//
//   y[n][oy][ox][o] = sum over ky, kx, c of x[n][oy s - p + ky][ox s - p + kx][c] weights[o][ky][kx][c]
//
// Outside the image x is 0. It reads what any layout holds, at any offset, and is the step from
// which the others are understood.
// Cost: 2 kh kw c flops and 2 loads an element; kh kw c loop iterations. Go twin: conv2d.go
#include "conv2d.glsl"

layout(local_size_x = 64) in;

void main() {
    uint i = invocation_id();
    uint pixel = i / uint(WIDTH);
    int col = int(i - pixel * uint(WIDTH));
#if BACK
    ivec3 to = ivec3(pixel / uint(h * w), pixel / uint(w) % uint(h), pixel % uint(w));
    if (to.x >= n) return;
    begin(to.y % stride * stride + to.z % stride);
    ivec3 q = ivec3(to.x, to.yz / stride);
#else
    begin(0);
    if (pixel >= uint(rows)) return;
    ivec3 q = pixel_of(int(pixel));
#endif
    ivec2 corner = in_corner(q);
    float sum = 0.0;
    for (int jy = 0; jy < taps.x; jy++) {
        for (int jx = 0; jx < taps.y; jx++) {
            ivec2 at = corner + DIR * ivec2(jy, jx);
            bool inside = all(greaterThanEqual(at, ivec2(0))) && at.x < IN_H && at.y < IN_W;
            int from = int(mg_off[1]) + ((q.x * IN_H + at.x) * IN_W + at.y) * IN_LD;
            int by = int(mg_off[2]) + tap_of(jy, jx) * ld_w;
            for (int k = 0; k < DEPTH; k++) {
                float v = 0.0;
                if (inside) v = IN[from + k];
#if BACK
                sum += v * weights[by + k * kh * kw * ld_w + col];
#else
                sum += v * weights[by + col * kh * kw * ld_w + k];
#endif
            }
        }
    }
    put(int(pixel), col, sum);
    if (act > 1) finish(int(pixel), col);
}
