package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// CosineGramParams describes the products D^T D of chunks of rows of a matrix D, the shifted
// unit rows of X.
type CosineGramParams struct{ Rows, Cols, Chunk, LdX int32 }

// gramVariant takes tiles of h x w, h a multiple of w, from rows read as the shader's READ says.
func gramVariant(name string, read, h, w int) engine.Variant[CosineGramParams] {
	tiles := func(p CosineGramParams) int {
		down, across := ceil(int(p.Cols), h), ceil(int(p.Cols), w)
		return down*across - down*(down-1)/2*(h/w)
	}
	v := engine.Variant[CosineGramParams]{
		Name: name, File: "cosine_gram.comp.glsl",
		Defines: []string{fmt.Sprintf("READ=%d", read), fmt.Sprintf("H=%d", h), fmt.Sprintf("W=%d", w)},
		Groups: func(p CosineGramParams) int {
			return ceil(chunks(p.Rows, p.Chunk)*tiles(p), 16) + ceil(int(p.Rows), 64)
		},
		Loops: func(p CosineGramParams) int {
			each, rest := 1, ceil(int(p.Cols), h)+2*(h+w)
			if read == 0 { // loops over four elements of eight vec4s, and of what is stored
				each, rest = 41, rest+40
			}
			return max(each*ceil(int(min(p.Chunk, p.Rows)), 4)+rest, 25*ceil(int(p.Cols), 4))
		},
	}
	switch read {
	case 1:
		v.Vec4 = []string{"m", "x", "g"}
	case 2:
		v.Vec4, v.Texel = []string{"m"}, []string{"x", "g"}
		v.Prefer = engine.Software[CosineGramParams]
	}
	if read > 0 {
		v.Fits = func(p CosineGramParams, _ *engine.Caps) bool { return int(p.Cols)%h == 0 && p.LdX%4 == 0 }
	}
	return v
}

var cosineGram = &engine.Kernel[CosineGramParams]{
	Name: "cosine_gram", Source: shaders,
	Doc: "with d = x / max(norm[r], 1e-12) - g[0]: q[r] = |d[r] - g[1]|^2, m[k] = D_k^T D_k for chunk k of the rows of D",
	Bufs: []engine.Buf{
		{Name: "m", Access: engine.Out}, {Name: "q", Access: engine.Out},
		{Name: "x", Access: engine.In}, {Name: "norm", Access: engine.In}, {Name: "g", Access: engine.In},
	},
	Variants: []engine.Variant[CosineGramParams]{
		gramVariant("texel16", 2, 16, 8), gramVariant("texel8", 2, 8, 8), gramVariant("tile8", 1, 8, 8), gramVariant("tile4", 1, 4, 4),
		gramVariant("scalar", 0, 4, 4),
	},
	Size: func(p CosineGramParams) []int {
		engine.Check("cosine_gram", p.Chunk >= 1, "a chunk of %d", p.Chunk)
		checkMatrix("cosine_gram", p.Rows, p.Cols, p.LdX)
		m := chunks(p.Rows, p.Chunk) * int(p.Cols) * int(p.Cols)
		return []int{m, int(p.Rows), span(p.Rows, p.Cols, p.LdX), int(p.Rows), 2 * int(p.Cols)}
	},
	Cost: func(p CosineGramParams) engine.Cost {
		n, d := float64(p.Rows), float64(p.Cols)
		return engine.Cost{Flops: n * d * (d + 3), Bytes: 4 * (n*(d+2) + float64(chunks(p.Rows, p.Chunk))*d*d)}
	},
	Split: func(p CosineGramParams) engine.Split[CosineGramParams] {
		q, chunk := p, int(p.Chunk)
		return engine.Split[CosineGramParams]{
			Rows: chunks(p.Rows, p.Chunk), Step: []int{int(p.Cols) * int(p.Cols), chunk, chunk * int(p.LdX), chunk, 0},
			Part: func(lo, hi int) CosineGramParams {
				q.Rows = int32(min(hi*chunk, int(p.Rows)) - lo*chunk)
				return q
			},
		}
	},
	Ref: func(p CosineGramParams, b [][]float64) {
		n, d := int(p.Cols), p.shifted(b)
		for r := range int(p.Rows) {
			s := floats.Distance(d[r*n:][:n], b[4][n:], 2)
			b[1][r] = s * s
		}
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			m := b[0][k*n*n:][:n*n]
			if clear(m); n == 0 || lo == hi {
				return
			}
			part := blas64.General{Rows: hi - lo, Cols: n, Stride: n, Data: d[lo*n:]}
			blas64.Gemm(blas.Trans, blas.NoTrans, 1, part, part, 0, blas64.General{Rows: n, Cols: n, Stride: n, Data: m})
		})
	},
	Host: cosineGramHost,
	// d errs by a division, a product and a difference (or two); sums of its products by gamma.
	Bound: func(p CosineGramParams, e engine.MathErrors, b [][]float64) [][]float64 {
		n, d := int(p.Cols), p.shifted(b)
		off := make([]float64, len(d)) // error of d
		for i, v := range d {
			u := math.Abs(v + b[4][i%n])
			off[i] = (e.Div+1)*engine.U*u*(1+2*engine.U) + 2*engine.U*(math.Abs(v)+math.Abs(b[4][n+i%n])) + e.Tiny
		}
		product := func(i, j int) float64 {
			return math.Abs(d[i])*off[j] + math.Abs(d[j])*off[i] + off[i]*off[j]
		}
		m, q := make([]float64, len(b[0])), make([]float64, len(b[1]))
		for r := range q {
			var s float64
			for i := r * n; i < (r+1)*n; i++ {
				s += product(i, i) + 2*off[i]*math.Abs(b[4][n+i%n])
			}
			q[r] = s + engine.Gamma(n)*(b[1][r]+s) + 2*float64(n)*e.Tiny
		}
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			g := engine.Gamma(hi - lo)
			for i := range n {
				for j := range n {
					var s, size float64
					for r := lo * n; r < hi*n; r += n {
						s += product(r+i, r+j)
						size += math.Abs(d[r+i] * d[r+j])
					}
					m[k*n*n+i*n+j] = s + g*(size+s) + 2*float64(hi-lo)*e.Tiny
				}
			}
		})
		return [][]float64{m, q, nil, nil, nil}
	},
	// Rows of some length, every seventh of none, and a shift of the size of a unit row in two parts.
	Inputs: func(p CosineGramParams, r *rand.Rand, b [][]float64) {
		for i := range b[2] {
			b[2][i] = r.NormFloat64()
		}
		for i := range b[4] {
			b[4][i] = r.NormFloat64() / math.Sqrt(float64(p.Cols))
			if i >= int(p.Cols) {
				b[4][i] /= 1 << 10
			}
		}
		for i := range b[3] {
			row := p.row(b[2], i)
			if i%7 == 3 {
				clear(row)
			}
			b[3][i] = floats.Norm(row, 2)
		}
	},
	Cases: []CosineGramParams{{5, 0, 5, 0}, {0, 6, 7, 6}, {1, 1, 1, 1}, {7, 5, 100, 9}, {65, 19, 16, 23}, {64, 36, 64, 40}, {300, 64, 128, 64}, {33, 88, 20, 92}, {700, 48, 700, 48}},
	Bench: []CosineGramParams{{16384, 512, 1024, 512}}, Bucket: CosineGramParams.bucket,
}

// row is row r of X.
func (p CosineGramParams) row(x []float64, r int) []float64 {
	return UnitSumParams{Cols: p.Cols, LdX: p.LdX}.row(x, r)
}

// shifted gives D without gaps between its rows.
func (p CosineGramParams) shifted(b [][]float64) []float64 {
	n := int(p.Cols)
	d := make([]float64, int(p.Rows)*n)
	for r := range int(p.Rows) {
		row := d[r*n:][:n]
		floats.AddScaled(row, 1/atLeastEps(b[3][r]), p.row(b[2], r))
		floats.Sub(row, b[4][:n])
	}
	return d
}
