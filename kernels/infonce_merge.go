package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// InfoNCEMergeParams describes parts x n pairs (max, sum), of which every Fold parts become
// one. With Accumulate (1; Fold must cover all parts) what the output holds is merged in.
type InfoNCEMergeParams struct{ Parts, N, Fold, Accumulate int32 }

var infonceMerge = &engine.Kernel[InfoNCEMergeParams]{
	Name: "infonce_merge", Doc: "m = max m_p, s = sum s_p exp(m_p - m)", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "out_max", Access: engine.InOut}, {Name: "out_sum", Access: engine.InOut},
		{Name: "part_max", Access: engine.In}, {Name: "part_sum", Access: engine.In},
	},
	Variants: []engine.Variant[InfoNCEMergeParams]{{
		Name: "plain", File: "infonce_merge.comp.glsl",
		Groups: func(p InfoNCEMergeParams) int { return ceil(int(p.N)*ceil(int(p.Parts), int(p.Fold)), 64) },
		Loops:  func(p InfoNCEMergeParams) int { return 2 * int(p.Fold) },
	}},
	Size: func(p InfoNCEMergeParams) []int {
		engine.Check("infonce_merge", p.Parts >= 0 && p.N >= 0 && p.Fold > 0, "%d parts of %d in folds of %d", p.Parts, p.N, p.Fold)
		engine.Check("infonce_merge", p.Accumulate == 0 || p.Parts <= p.Fold, "%d parts accumulate in folds of %d", p.Parts, p.Fold)
		out := ceil(int(p.Parts), int(p.Fold)) * int(p.N)
		in := int(p.Parts) * int(p.N)
		return []int{out, out, in, in}
	},
	Cost: func(p InfoNCEMergeParams) engine.Cost {
		n := float64(p.Parts) * float64(p.N)
		return engine.Cost{Flops: 3 * n, Bytes: 8 * n}
	},
	Ref: func(p InfoNCEMergeParams, b [][]float64) {
		eachFold(p, func(o, at, n int) {
			m := math.Inf(-1)
			if p.Accumulate != 0 && b[0][o] > m {
				m = b[0][o]
			}
			for t := range n {
				m = larger(m, b[2][at+t*int(p.N)])
			}
			var s float64
			if p.Accumulate != 0 {
				s = b[1][o] * math.Exp(b[0][o]-finiteBase(m))
			}
			for t := range n {
				s += b[3][at+t*int(p.N)] * math.Exp(b[2][at+t*int(p.N)]-finiteBase(m))
			}
			b[0][o], b[1][o] = m, s
		})
	},
	Host: func(h *engine.Host, p InfoNCEMergeParams, v []engine.View) {
		n := int(p.N)
		folds := ceil(int(p.Parts), int(p.Fold))
		h.Parallel(n*folds, 1<<10, func(lo, hi int) {
			for o := lo; o < hi; o++ {
				first := o / n * int(p.Fold)
				last := min(first+int(p.Fold), int(p.Parts))
				m := float32(math.Inf(-1))
				if p.Accumulate != 0 && v[0].F[o] > m {
					m = v[0].F[o]
				}
				for t := first; t < last; t++ {
					if x := v[2].F[t*n+o%n]; x > m {
						m = x
					}
				}
				var s float32
				if p.Accumulate != 0 {
					s = v[1].F[o] * engine.Exp32(v[0].F[o]-finiteBase32(m))
				}
				for t := first; t < last; t++ {
					s += v[3].F[t*n+o%n] * engine.Exp32(v[2].F[t*n+o%n]-finiteBase32(m))
				}
				v[0].F[o], v[1].F[o] = m, s
			}
		})
	},
	// The max is one of its inputs. A term of the sum has one subtraction, whose error enters
	// the exponent, one exp, one product, and up to n sums.
	Bound: func(p InfoNCEMergeParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[1]))
		eachFold(p, func(o, at, n int) {
			m := b[0][o]
			for t := range n {
				d := b[2][at+t*int(p.N)] - m
				out[o] = math.Max(out[o], math.Abs(d))
			}
			if p.Accumulate != 0 { // the old max is gone: m is at most 40 above it in the cases
				out[o] = math.Max(out[o], 40)
			}
			out[o] = b[1][o]*(math.Expm1(engine.U*out[o])+e.Exp*engine.U+engine.Gamma(n+2)) + 1e3*float64(n+1)*expTiny
		})
		return [][]float64{make([]float64, len(b[0])), out, nil, nil}
	},
	Inputs: func(p InfoNCEMergeParams, r *rand.Rand, b [][]float64) {
		for i := range b {
			for j := range b[i] {
				if i%2 == 0 {
					b[i][j] = max(-20, min(20, 5*r.NormFloat64()))
				} else {
					b[i][j] = 1 + 100*r.Float64()
				}
			}
		}
	},
	Cases: []InfoNCEMergeParams{{1, 0, 4, 0}, {1, 1, 1, 0}, {1, 5, 8, 1}, {7, 33, 64, 0}, {7, 33, 64, 1}, {130, 65, 64, 0}, {64, 3, 64, 1}, {65, 100, 8, 0}},
	Bench: []InfoNCEMergeParams{{4096, 512, 64, 0}},
}

// eachFold calls f for every output o, whose n parts lie at, at+N, ... in the input.
func eachFold(p InfoNCEMergeParams, f func(o, at, n int)) {
	for first := 0; first < int(p.Parts); first += int(p.Fold) {
		for i := range int(p.N) {
			f(first/int(p.Fold)*int(p.N)+i, first*int(p.N)+i, min(int(p.Fold), int(p.Parts)-first))
		}
	}
}

// larger is max, which passes over a NaN in b.
func larger(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}

// InfoNCELSEParams is the length of the vectors.
type InfoNCELSEParams struct{ N int32 }

var infonceLSE = &engine.Kernel[InfoNCELSEParams]{
	Name: "infonce_lse", Doc: "lse = m + log s", Source: shaders,
	Bufs: []engine.Buf{{Name: "lse", Access: engine.Out}, {Name: "part_max", Access: engine.In}, {Name: "part_sum", Access: engine.In}},
	Variants: []engine.Variant[InfoNCELSEParams]{{
		Name: "plain", File: "infonce_lse.comp.glsl",
		Groups: func(p InfoNCELSEParams) int { return ceil(int(p.N), 64) },
		Loops:  func(InfoNCELSEParams) int { return 1 },
	}},
	Size: func(p InfoNCELSEParams) []int {
		engine.Check("infonce_lse", p.N >= 0, "%d rows", p.N)
		return []int{int(p.N), int(p.N), int(p.N)}
	},
	Cost: func(p InfoNCELSEParams) engine.Cost {
		return engine.Cost{Flops: 2 * float64(p.N), Bytes: 12 * float64(p.N)}
	},
	Ref: func(p InfoNCELSEParams, b [][]float64) {
		for i := range b[0] {
			b[0][i] = b[1][i] + math.Log(b[2][i])
		}
	},
	Host: func(h *engine.Host, p InfoNCELSEParams, v []engine.View) {
		h.Parallel(int(p.N), 1<<12, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				v[0].F[i] = v[1].F[i] + engine.Log32(v[2].F[i])
			}
		})
	},
	Bound: func(p InfoNCELSEParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		for i := range out {
			l := math.Abs(math.Log(b[2][i]))
			out[i] = engine.U * ((1+e.Log*engine.U)*math.Abs(b[0][i]) + 2*e.Log*l)
		}
		return [][]float64{out, nil, nil}
	},
	Inputs: func(p InfoNCELSEParams, r *rand.Rand, b [][]float64) {
		for i := range b[1] {
			b[1][i], b[2][i] = 30*r.NormFloat64(), 1+1000*r.Float64()*r.Float64()
		}
	},
	Cases: []InfoNCELSEParams{{0}, {1}, {65}, {1000}},
}
