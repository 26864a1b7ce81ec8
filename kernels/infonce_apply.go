package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"mindgap/engine"
)

// InfoNCEApplyParams describes y (m x n) (+)= op(g) x, with x of kk rows and n columns: op(g)
// is g (m x kk), or with Trans the transpose of g (kk x m).
type InfoNCEApplyParams struct {
	M, N, Kk          int32
	LdY, LdG, LdX     int32
	Trans, Accumulate int32
}

var infonceApply = &engine.Kernel[InfoNCEApplyParams]{
	Name: "infonce_apply", Doc: "y (+)= g x, or g^T x: gradients of rows from gradients of products", Source: shaders,
	Bufs: []engine.Buf{{Name: "y", Access: engine.InOut}, {Name: "g", Access: engine.In}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[InfoNCEApplyParams]{
		{
			Name: "shared", File: "infonce_apply_shared.comp.glsl",
			Groups: func(p InfoNCEApplyParams) int { return ceil(int(p.M), 64) * ceil(int(p.N), 64) },
			Loops:  func(p InfoNCEApplyParams) int { return sharedTileLoops(int(p.Kk), 4) + 40 },
			Prefer: engine.Hardware[InfoNCEApplyParams],
		},
		applyTexel("texel", 0), applyTexel("texel_trans", 1),
		{
			Name: "plain", File: "infonce_apply.comp.glsl",
			Groups: func(p InfoNCEApplyParams) int { return ceil(int(p.M)*int(p.N), 64) },
			Loops:  func(p InfoNCEApplyParams) int { return int(p.Kk) },
		},
	},
	Size: func(p InfoNCEApplyParams) []int {
		checkMatrix("infonce_apply", p.M, p.N, p.LdY)
		checkMatrix("infonce_apply", p.Kk, p.N, p.LdX)
		if p.Trans != 0 {
			checkMatrix("infonce_apply", p.Kk, p.M, p.LdG)
			return []int{span(p.M, p.N, p.LdY), span(p.Kk, p.M, p.LdG), span(p.Kk, p.N, p.LdX)}
		}
		checkMatrix("infonce_apply", p.M, p.Kk, p.LdG)
		return []int{span(p.M, p.N, p.LdY), span(p.M, p.Kk, p.LdG), span(p.Kk, p.N, p.LdX)}
	},
	Cost: func(p InfoNCEApplyParams) engine.Cost {
		m, n, k := float64(p.M), float64(p.N), float64(p.Kk)
		return engine.Cost{Flops: 2 * m * n * k, Bytes: 4 * (m*n + m*k + k*n)}
	},
	Ref: func(p InfoNCEApplyParams, b [][]float64) { applyRef(p, b[0], b[1], b[2]) },
	Host: func(h *engine.Host, p InfoNCEApplyParams, v []engine.View) {
		if p.M == 0 || p.N == 0 {
			return
		}
		if p.Kk == 0 {
			for i := range int(p.M) {
				if p.Accumulate == 0 {
					clear(v[0].F[i*int(p.LdY):][:p.N])
				}
			}
			return
		}
		t, width := blas.NoTrans, p.Kk
		if p.Trans != 0 {
			t, width = blas.Trans, p.M
		}
		h.BLAS.Sgemm(t, blas.NoTrans, int(p.M), int(p.N), int(p.Kk), 1, v[1].F, int(max(p.LdG, width)), v[2].F, int(max(p.LdX, p.N)), float32(min(p.Accumulate, 1)), v[0].F, int(max(p.LdY, p.N)))
	},
	// A sum of kk products and the old y: gamma_{kk+1} sum |g||x| + |y|.
	Bound: func(p InfoNCEApplyParams, e engine.MathErrors, b [][]float64) [][]float64 {
		abs := func(x []float64) []float64 {
			out := make([]float64, len(x))
			for i, v := range x {
				out[i] = math.Abs(v)
			}
			return out
		}
		out := make([]float64, len(b[0]))
		q := p
		q.Accumulate = 0
		applyRef(q, out, abs(b[1]), abs(b[2]))
		for i := range out { // |old y| <= |y| + sum |g||x|
			out[i] = engine.Gamma(int(p.Kk)+1)*(2*out[i]+math.Abs(b[0][i])) + float64(p.Kk)*2*e.Tiny
		}
		return [][]float64{out, nil, nil}
	},
	Cases: []InfoNCEApplyParams{
		{0, 3, 4, 3, 4, 3, 0, 0}, {3, 5, 0, 5, 1, 5, 0, 0}, {1, 1, 1, 1, 1, 1, 0, 1}, {1, 1, 1, 1, 4, 4, 1, 0},
		{9, 17, 6, 17, 8, 20, 0, 0}, {9, 17, 6, 18, 12, 20, 1, 1}, {70, 33, 129, 33, 132, 36, 0, 1}, {130, 65, 70, 65, 132, 68, 1, 0},
		{65, 66, 67, 66, 67, 67, 0, 1}, {33, 64, 300, 64, 35, 64, 1, 1},
	},
	Bench: []InfoNCEApplyParams{{1024, 64, 1024, 64, 1040, 64, 0, 1}, {1024, 64, 1024, 64, 1040, 64, 1, 1}, {1024, 512, 1024, 512, 1040, 512, 0, 1}, {1024, 512, 1024, 512, 1040, 512, 1, 1}},
}

func applyTexel(name string, trans int32) engine.Variant[InfoNCEApplyParams] {
	v := engine.Variant[InfoNCEApplyParams]{
		Name: name, File: "infonce_apply_texel.comp.glsl", Texel: []string{"g", "x"},
		Groups: func(p InfoNCEApplyParams) int {
			across := ceil(int(p.N), texelCols)
			wide := max(1, min(across, texelLanes))
			return ceil(ceil(int(p.M), texelRows), texelLanes/wide) * ceil(across, wide)
		},
		Loops: func(p InfoNCEApplyParams) int { return int(p.Kk) + 8*40 },
		Fits: func(p InfoNCEApplyParams, _ *engine.Caps) bool {
			return min(p.Trans, 1) == trans && p.LdG%4 == 0 && p.LdX%4 == 0 && p.Kk > 0
		},
		Prefer: engine.Software[InfoNCEApplyParams],
	}
	if trans != 0 {
		v.Defines = []string{"TRANS=1"}
	}
	return v
}

func applyRef(p InfoNCEApplyParams, y, g, x []float64) {
	if p.M == 0 || p.N == 0 {
		return
	}
	beta := float64(min(p.Accumulate, 1))
	if p.Kk == 0 {
		if beta == 0 {
			eachRow(p.M, p.N, func(i, j int) { y[i*int(p.LdY)+j] = 0 })
		}
		return
	}
	t, a := blas.NoTrans, general64(p.M, p.Kk, p.LdG, g)
	if p.Trans != 0 {
		t, a = blas.Trans, general64(p.Kk, p.M, p.LdG, g)
	}
	blas64.Gemm(t, blas.NoTrans, 1, a, general64(p.Kk, p.N, p.LdX, x), beta, general64(p.M, p.N, p.LdY, y))
}
