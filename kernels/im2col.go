package kernels

import "mindgap/engine"

// Im2colParams describes the matrix of patches of N images of H x W pixels of C channels:
// row (n, oy, ox) holds, for ky < Kh, kx < Kw and c, in this order,
//
//	x[n][oy s - p + ky][ox s - p + kx][c]
//
// with stride s and padding p, 0 outside the image. LdP is the distance of its rows, LdX of
// pixels.
type Im2colParams struct {
	N, H, W, C      int32
	Oh, Ow          int32
	Kh, Kw          int32
	Stride, Padding int32
	LdP, LdX        int32
}

// patches is the patch matrix of a convolution.
func (p ConvParams) patches() Im2colParams {
	return Im2colParams{p.N, p.H, p.W, p.C, p.Oh, p.Ow, p.Kh, p.Kw, p.Stride, p.Padding, int32(p.depth()), p.LdX}
}

func (p Im2colParams) count() int32 { return p.N * p.Oh * p.Ow }
func (p Im2colParams) cols() int32  { return p.Kh * p.Kw * p.C }

func im2colVariant(name string, vec int) engine.Variant[Im2colParams] {
	v := engine.Variant[Im2colParams]{
		Name: name, File: "im2col.comp.glsl",
		Groups: func(p Im2colParams) int { return ceil(int(p.count())*int(p.Kh), 64) },
		Loops:  func(p Im2colParams) int { return int(p.Kw) * (int(p.C)/vec + 1) },
	}
	if vec == 4 {
		v.Defines, v.Vec4 = []string{"VEC=4"}, []string{"patches", "x"}
		v.Fits = func(p Im2colParams, _ *engine.Caps) bool { return p.C%4 == 0 && p.LdP%4 == 0 && p.LdX%4 == 0 }
	}
	return v
}

var im2col = &engine.Kernel[Im2colParams]{
	Name: "im2col", Doc: "patches[n oy ox][ky kx c] = x[n][oy s - p + ky][ox s - p + kx][c], 0 outside the image", Source: shaders, Special: true,
	Bufs:     []engine.Buf{{Name: "patches", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[Im2colParams]{im2colVariant("vec4", 4), im2colVariant("scalar", 1)},
	Size: func(p Im2colParams) []int {
		const name = "im2col"
		engine.Check(name, min(p.N, p.H, p.W, p.Oh, p.Ow) >= 0, "%d images of %d x %d to %d x %d is no size", p.N, p.H, p.W, p.Oh, p.Ow)
		engine.Check(name, min(p.Kh, p.Kw, p.Stride) >= 1 && p.Padding >= 0, "kernel %d x %d, stride %d, padding %d", p.Kh, p.Kw, p.Stride, p.Padding)
		checkMatrix(name, p.count(), p.cols(), p.LdP)
		checkMatrix(name, p.N*p.H*p.W, p.C, p.LdX)
		return []int{span(p.count(), p.cols(), p.LdP), span(p.N*p.H*p.W, p.C, p.LdX)}
	},
	Cost: func(p Im2colParams) engine.Cost {
		return engine.Cost{Bytes: 4 * (float64(p.count())*float64(p.cols()) + float64(p.N)*float64(p.H)*float64(p.W)*float64(p.C))}
	},
	Split: func(p Im2colParams) engine.Split[Im2colParams] {
		return engine.Split[Im2colParams]{
			Rows: int(p.N), Step: []int{int(p.Oh * p.Ow * p.LdP), int(p.H * p.W * p.LdX)},
			Part: func(lo, hi int) Im2colParams { p.N = int32(hi - lo); return p },
		}
	},
	Ref: func(p Im2colParams, b [][]float64) {
		eachRow(p.count(), p.cols(), func(row, col int) {
			n, oy, ox := row/int(p.Oh*p.Ow), row/int(p.Ow)%int(p.Oh), row%int(p.Ow)
			ky, kx, c := col/int(p.Kw*p.C), col/int(p.C)%int(p.Kw), col%int(p.C)
			iy, ix := oy*int(p.Stride)-int(p.Padding)+ky, ox*int(p.Stride)-int(p.Padding)+kx
			v := 0.0
			if iy >= 0 && iy < int(p.H) && ix >= 0 && ix < int(p.W) {
				v = b[1][((n*int(p.H)+iy)*int(p.W)+ix)*int(p.LdX)+c]
			}
			b[0][row*int(p.LdP)+col] = v
		})
	},
	Host: func(h *engine.Host, p Im2colParams, v []engine.View) {
		if p.cols() == 0 {
			return
		}
		g := p.gather()
		g.in = v[1].F
		h.Parallel(int(p.count()), rowGrain(p.cols(), elementGrain), func(lo, hi int) {
			g.patches(v[0].F[lo*int(p.LdP):], int(p.LdP), lo, hi)
		})
	},
	Cases: im2colCases(),
	Bench: []Im2colParams{conv(8, 56, 56, 64, 64, 3, 3, 1, 1).patches()},
}

// im2colCases: those of conv2d, each patch matrix at two strides.
func im2colCases() (list []Im2colParams) {
	for _, p := range convCases() {
		q := p.patches()
		q.LdP = max(q.LdP, 1)
		if list = append(list, q); len(list)%2 == 1 {
			list[len(list)-1].LdP += 3
		}
	}
	return list
}

// gather is the convolution whose patches these are, as far as they know it.
func (p Im2colParams) gather() gather {
	return gather{
		n: int(p.N), h: int(p.H), w: int(p.W), c: int(p.C), ld: int(p.LdX), oh: int(p.Oh), ow: int(p.Ow),
		kh: int(p.Kh), kw: int(p.Kw), stride: int(p.Stride), top: int(p.Padding), left: int(p.Padding),
	}
}
