package paper

import (
	"math"

	"mindgap/engine"
)

// layer is y = relu(x W^T + b); x is n x k, w m x k, b m, y n x m.
func layer(y, x, w, b *engine.Tensor) {
	seamLayer.Run(seamLayerP{int32(x.Rows()), int32(w.Rows()), int32(x.Cols())}, y, x, w, b)
}

// matchedCosine is c[i] = cos(a[i], b[i]), row by row.
func matchedCosine(c, a, b *engine.Tensor) {
	seamCos.Run(seamCosP{int32(a.Rows()), int32(a.Cols())}, c, a, b)
}

type seamLayerP struct{ N, M, K int32 }

var seamLayer = &engine.Kernel[seamLayerP]{
	Name: "seam_matmul", Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x"}, {Name: "w"}, {Name: "b"}},
	Size: func(p seamLayerP) []int {
		return []int{int(p.N * p.M), int(p.N * p.K), int(p.M * p.K), int(p.M)}
	},
	Cost: func(p seamLayerP) engine.Cost {
		return engine.Cost{Flops: 2 * float64(p.N) * float64(p.M) * float64(p.K), Bytes: 4 * float64(p.M) * float64(p.K)}
	},
	Host: func(h *engine.Host, p seamLayerP, v []engine.View) {
		h.Parallel(int(p.M), 1024, func(lo, hi int) {
			for j := lo; j < hi; j++ {
				for i := range int(p.N) {
					s := v[3].F[j]
					for k := range int(p.K) {
						s += v[1].F[i*int(p.K)+k] * v[2].F[j*int(p.K)+k]
					}
					v[0].F[i*int(p.M)+j] = max(s, 0)
				}
			}
		})
	},
}

type seamCosP struct{ N, D int32 }

var seamCos = &engine.Kernel[seamCosP]{
	Name: "seam_cosine", Bufs: []engine.Buf{{Name: "c", Access: engine.Out}, {Name: "a"}, {Name: "b"}},
	Size: func(p seamCosP) []int { return []int{int(p.N), int(p.N * p.D), int(p.N * p.D)} },
	Cost: func(p seamCosP) engine.Cost {
		return engine.Cost{Flops: 6 * float64(p.N) * float64(p.D), Bytes: 8 * float64(p.N) * float64(p.D)}
	},
	Host: func(h *engine.Host, p seamCosP, v []engine.View) {
		h.Parallel(int(p.N), 64, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				var ab, aa, bb float64
				for k := range int(p.D) {
					x, y := float64(v[1].F[i*int(p.D)+k]), float64(v[2].F[i*int(p.D)+k])
					ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
				}
				v[0].F[i] = float32(ab / math.Sqrt(aa*bb))
			}
		})
	},
}
