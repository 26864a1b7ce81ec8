package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"mindgap/engine"
)

// CosineGramParams describes the products D^T D of chunks of rows of a matrix D.
type CosineGramParams struct{ Rows, Cols, Chunk, LdD int32 }

// gramVariant takes tiles of 4 w x 4 w, from rows read as the shader's READ says.
func gramVariant(name string, read, w int) engine.Variant[CosineGramParams] {
	v := engine.Variant[CosineGramParams]{
		Name: name, File: "cosine_gram.comp.glsl", Defines: []string{fmt.Sprintf("READ=%d", read), fmt.Sprintf("W=%d", w)},
		Groups: func(p CosineGramParams) int {
			t := ceil(int(p.Cols), 4*w)
			return ceil(chunks(p.Rows, p.Chunk)*t*t, 16)
		},
		Loops: func(p CosineGramParams) int { return int(min(p.Chunk, p.Rows)) + 4*8*w },
	}
	switch read {
	case 0: // two loops over four to a row
		v.Loops = func(p CosineGramParams) int { return 9*int(min(p.Chunk, p.Rows)) + 32 }
	case 1:
		v.Vec4 = []string{"d"}
	case 2:
		v.Texel = []string{"d"}
		v.Prefer = engine.Software[CosineGramParams]
	}
	if read > 0 {
		v.Fits = func(p CosineGramParams, _ *engine.Caps) bool { return int(p.Cols)%(4*w) == 0 && p.LdD%4 == 0 }
	}
	return v
}

var cosineGram = &engine.Kernel[CosineGramParams]{
	Name: "cosine_gram", Doc: "m[k] = D_k^T D_k for chunk k of the rows of D", Source: shaders,
	Bufs: []engine.Buf{{Name: "m", Access: engine.Out}, {Name: "d", Access: engine.In}},
	Variants: []engine.Variant[CosineGramParams]{
		gramVariant("texel8", 2, 2), gramVariant("tile8", 1, 2), gramVariant("tile4", 1, 1), gramVariant("scalar", 0, 1),
	},
	Size: func(p CosineGramParams) []int {
		engine.Check("cosine_gram", p.Chunk >= 1, "a chunk of %d", p.Chunk)
		checkMatrix("cosine_gram", p.Rows, p.Cols, p.LdD)
		return []int{chunks(p.Rows, p.Chunk) * int(p.Cols) * int(p.Cols), span(p.Rows, p.Cols, p.LdD)}
	},
	Cost: func(p CosineGramParams) engine.Cost {
		n, d := float64(p.Rows), float64(p.Cols)
		return engine.Cost{Flops: n * d * (d + 1), Bytes: 4 * (n*d + float64(chunks(p.Rows, p.Chunk))*d*d)}
	},
	Split: func(p CosineGramParams) engine.Split[CosineGramParams] {
		q := p
		return engine.Split[CosineGramParams]{
			Rows: chunks(p.Rows, p.Chunk), Step: []int{int(p.Cols) * int(p.Cols), int(p.Chunk) * int(p.LdD)},
			Part: func(lo, hi int) CosineGramParams {
				q.Rows = int32(min(hi*int(p.Chunk), int(p.Rows)) - lo*int(p.Chunk))
				return q
			},
		}
	},
	Ref: func(p CosineGramParams, b [][]float64) {
		n := int(p.Cols)
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			m := b[0][k*n*n:][:n*n]
			if clear(m); n == 0 || lo == hi {
				return
			}
			d := blas64.General{Rows: hi - lo, Cols: n, Stride: max(int(p.LdD), n), Data: b[1][lo*int(p.LdD):]}
			blas64.Gemm(blas.Trans, blas.NoTrans, 1, d, d, 0, blas64.General{Rows: n, Cols: n, Stride: n, Data: m})
		})
	},
	// Every core takes whole chunks; one chunk is left to the BLAS's own threads.
	Host: func(h *engine.Host, p CosineGramParams, v []engine.View) {
		n, count := int(p.Cols), chunks(p.Rows, p.Chunk)
		run := h.ParallelBLAS
		if count == 1 {
			run = h.Parallel
		}
		run(count, 1, func(from, to int) {
			for k := from; k < to && !h.Stopped(); k++ {
				lo, hi := k*int(p.Chunk), min((k+1)*int(p.Chunk), int(p.Rows))
				m := v[0].F[k*n*n:][:n*n]
				if clear(m); n == 0 || lo >= hi {
					continue
				}
				d, ld := v[1].F[lo*int(p.LdD):], max(int(p.LdD), n)
				h.BLAS.Sgemm(blas.Trans, blas.NoTrans, n, n, hi-lo, 1, d, ld, d, ld, 0, m, n)
			}
		})
	},
	Bound: func(p CosineGramParams, e engine.MathErrors, b [][]float64) [][]float64 {
		n := int(p.Cols)
		out := make([]float64, len(b[0]))
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			g := engine.Gamma(hi - lo)
			for i := range n {
				for j := range n {
					var s float64
					for r := lo; r < hi; r++ {
						s += math.Abs(b[1][r*int(p.LdD)+i] * b[1][r*int(p.LdD)+j])
					}
					out[k*n*n+i*n+j] = g*s + 2*float64(hi-lo)*e.Tiny
				}
			}
		})
		return [][]float64{out, nil}
	},
	Cases:  []CosineGramParams{{5, 0, 5, 0}, {0, 6, 7, 6}, {1, 1, 1, 1}, {7, 5, 100, 9}, {65, 19, 16, 23}, {64, 36, 64, 40}, {300, 64, 128, 64}, {33, 88, 20, 92}},
	Bench:  []CosineGramParams{{16384, 512, 1024, 512}},
	Bucket: CosineGramParams.bucket,
}
