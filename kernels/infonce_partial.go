package kernels

import (
	"math"
	"math/rand/v2"
	"slices"

	"mindgap/engine"
)

// InfoNCEPartialParams describes one strip of the logits S = scale Q K^T: rows x cols pairs.
// Columns are cut into blocks of ColBlock and rows into blocks of RowBlock; every row gets a
// pair (max, sum) per block of columns, every column one per block of rows. Sides says
// which: 1 rows, 2 columns, 3 both. Row i is matched with column First + i.
type InfoNCEPartialParams struct {
	Rows, Cols, D, LdQ, LdK   int32
	RowBlock, ColBlock, First int32
	Sides                     int32
}

// Sides of the logits over which a softmax is taken.
const (
	sideRows int32 = 1
	sideCols int32 = 2
)

var infoncePartial = &engine.Kernel[InfoNCEPartialParams]{
	Name: "infonce_partial", Doc: "(max, sum exp(s - max)) of blocks of rows and columns of s = scale Q K^T; its diagonal", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "row_max", Access: engine.Out}, {Name: "row_sum", Access: engine.Out},
		{Name: "col_max", Access: engine.Out}, {Name: "col_sum", Access: engine.Out},
		{Name: "diag", Access: engine.Out},
		{Name: "q", Access: engine.In}, {Name: "k", Access: engine.In}, {Name: "scale", Access: engine.In},
	},
	Variants: slices.Concat(partialShared("shared", 8), partialShared("shared_64", 4), []engine.Variant[InfoNCEPartialParams]{
		{
			Name: "texel", File: "infonce_partial_texel.comp.glsl", Texel: []string{"q", "k"},
			Groups: partialTexelGroups, Loops: partialTexelLoops,
			Fits: func(p InfoNCEPartialParams, _ *engine.Caps) bool {
				return p.ColBlock == texelCols && p.RowBlock%texelRows == 0 && p.LdQ%4 == 0 && p.LdK%4 == 0 && p.D%4 == 0
			},
			Prefer: engine.Software[InfoNCEPartialParams],
		},
		{
			Name: "texel_tail", File: "infonce_partial_texel.comp.glsl", Defines: []string{"TAIL=1"}, Texel: []string{"q", "k"},
			Groups: partialTexelGroups, Loops: partialTexelLoops,
			Fits: func(p InfoNCEPartialParams, _ *engine.Caps) bool {
				return p.ColBlock == texelCols && p.RowBlock%texelRows == 0 && p.LdQ%4 == 0 && p.LdK%4 == 0
			},
			Prefer: engine.Software[InfoNCEPartialParams],
		},
		{
			Name: "plain", File: "infonce_partial.comp.glsl",
			Groups: func(p InfoNCEPartialParams) int {
				return ceil(int(p.Rows)*ceil(int(p.Cols), int(p.ColBlock))+int(p.Cols)*ceil(int(p.Rows), int(p.RowBlock)), 64)
			},
			Loops: func(p InfoNCEPartialParams) int {
				block := max(min(p.ColBlock, p.Cols), min(p.RowBlock, p.Rows))
				return ceil(int(block), 8) * (int(p.D) + 50)
			},
		},
	}),
	Size: func(p InfoNCEPartialParams) []int {
		checkMatrix("infonce_partial", p.Rows, p.D, p.LdQ)
		checkMatrix("infonce_partial", p.Cols, p.D, p.LdK)
		engine.Check("infonce_partial", p.D > 0 && p.RowBlock > 0 && p.ColBlock > 0, "width %d, blocks of %d x %d", p.D, p.RowBlock, p.ColBlock)
		size := []int{0, 0, 0, 0, int(p.Rows), span(p.Rows, p.D, p.LdQ), span(p.Cols, p.D, p.LdK), 1}
		if p.Sides&sideRows != 0 {
			size[0] = ceil(int(p.Cols), int(p.ColBlock)) * int(p.Rows)
			size[1] = size[0]
		}
		if p.Sides&sideCols != 0 {
			size[2] = ceil(int(p.Rows), int(p.RowBlock)) * int(p.Cols)
			size[3] = size[2]
		}
		return size
	},
	Cost: func(p InfoNCEPartialParams) engine.Cost {
		n, m, d := float64(p.Rows), float64(p.Cols), float64(p.D)
		return engine.Cost{Flops: 2 * n * m * d, Bytes: 4 * d * (n + m)}
	},
	Ref: func(p InfoNCEPartialParams, b [][]float64) {
		rows, cols := int(p.Rows), int(p.Cols)
		s := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[5], b[6])
		for i := range s {
			s[i] *= b[7][0]
		}
		for i := range rows {
			if j := int(p.First) + i; j >= 0 && j < cols {
				b[4][i] = s[i*cols+j]
			}
		}
		eachPartial(p, func(out, at, step, n, _ int, row bool) {
			m := math.Inf(-1)
			for t := range n {
				if x := s[at+t*step]; x > m {
					m = x
				}
			}
			var sum float64
			for t := range n {
				sum += math.Exp(s[at+t*step] - finiteBase(m))
			}
			k := 2
			if row {
				k = 0
			}
			b[k][out], b[k+1][out] = m, sum
		})
	},
	Host:   infoncePartialHost,
	Bound:  infoncePartialBound,
	Inputs: infoncePartialInputs,
	Cases: []InfoNCEPartialParams{
		{0, 3, 4, 4, 4, 8, 16, 0, 3}, {1, 1, 1, 1, 1, 8, 16, 0, 3}, {1, 1, 4, 4, 4, 64, 64, 0, 3},
		{9, 17, 4, 4, 8, 8, 16, 0, 3}, {8, 16, 6, 8, 8, 8, 16, -2, 3}, {33, 70, 33, 36, 40, 16, 16, 5, 3},
		{130, 300, 64, 64, 64, 64, 16, 100, 3}, {65, 129, 20, 20, 21, 64, 64, 3, 3}, {70, 60, 9, 9, 9, 128, 64, 0, 1},
		{150, 260, 17, 17, 19, 128, 128, -7, 3}, {40, 50, 12, 12, 12, 16, 16, 0, 2}, {300, 40, 5, 5, 5, 512, 512, 0, 3},
		{70, 131, 36, 36, 40, 64, 64, -3, 3}, {260, 140, 20, 20, 24, 256, 128, 3, 3},
	},
	Bench:  []InfoNCEPartialParams{{512, 4096, 512, 512, 512, 512, 16, 0, 3}, {512, 65536, 64, 64, 64, 512, 16, 0, 3}, {512, 16384, 128, 128, 128, 512, 16, 0, 3}},
	Bucket: InfoNCEPartialParams.bucket, Tune: infoncePartialTune,
}

func partialShared(name string, tm int) []engine.Variant[InfoNCEPartialParams] {
	return sharedTile(engine.Variant[InfoNCEPartialParams]{
		Name: name, File: "infonce_partial_shared.comp.glsl",
		Groups: func(p InfoNCEPartialParams) int {
			return ceil(int(p.Rows), int(p.RowBlock)) * ceil(int(p.Cols), int(p.ColBlock))
		},
		Loops:  func(p InfoNCEPartialParams) int { return partialSharedLoops(p, tm) },
		Fits:   func(p InfoNCEPartialParams, _ *engine.Caps) bool { return int(p.ColBlock) == 16*tm },
		Prefer: engine.Hardware[InfoNCEPartialParams],
	}, tm, []string{"q", "k"}, func(p InfoNCEPartialParams) bool { return rowsOfFour(p.D, p.LdQ) && rowsOfFour(p.D, p.LdK) })
}

func partialTexelGroups(p InfoNCEPartialParams) int {
	return ceil(int(p.Rows), int(p.RowBlock)) * ceil(int(p.Cols), texelCols*texelLanes)
}

// partialTexelLoops counts what a driver counts that runs several lanes as one: the tiles of all
// lanes that lie on the diagonal, which may be every tile.
func partialTexelLoops(p InfoNCEPartialParams) int {
	return ceil(min(int(p.RowBlock), int(p.Rows)), texelRows)*(ceil(int(p.D), 4)+240) + 40
}

func partialSharedLoops(p InfoNCEPartialParams, tm int) int {
	return ceil(min(int(p.RowBlock), int(p.Rows)), 16*tm) * (sharedTileLoops(int(p.D), tm) + 6*tm*(tm+1) + 4*16)
}

// finiteBase is what to subtract in exp(x - max): a row of nothing but -Inf gives exp(-Inf)
// = 0 and not NaN.
func finiteBase(m float64) float64 {
	if math.IsInf(m, -1) {
		return 0
	}
	return m
}

// eachPartial calls f for every pair (max, sum) that a launch writes: its place in its
// buffer, and where its n logits lie: at, at+step, ... in the row-major strip.
func eachPartial(p InfoNCEPartialParams, f func(out, at, step, n, block int, row bool)) {
	rows, cols := int(p.Rows), int(p.Cols)
	if p.Sides&sideRows != 0 {
		for c := 0; c*int(p.ColBlock) < cols; c++ {
			lo := c * int(p.ColBlock)
			for i := range rows {
				f(c*rows+i, i*cols+lo, 1, min(int(p.ColBlock), cols-lo), int(p.ColBlock), true)
			}
		}
	}
	if p.Sides&sideCols != 0 {
		for r := 0; r*int(p.RowBlock) < rows; r++ {
			lo := r * int(p.RowBlock)
			for j := range cols {
				f(r*cols+j, lo*cols+j, cols, min(int(p.RowBlock), rows-lo), int(p.RowBlock), false)
			}
		}
	}
}

// infoncePartialBound: a logit errs by delta = gamma_{D+1} |scale| sum |q||k|, the max of a
// block by the largest delta in it. In the sum, each exponent errs by its own delta, the
// max's, and the subtraction; online merging (a tile of 8 at a time) multiplies by up to
// n/8 factors exp(old - new), whose subtractions add up to at most the distance that the
// max has moved. A term t with exponent error x errs by t (e^x - 1).
func infoncePartialBound(p InfoNCEPartialParams, e engine.MathErrors, b [][]float64) [][]float64 {
	out := make([][]float64, len(b))
	for i := range 5 {
		out[i] = make([]float64, len(b[i]))
	}
	cols, scale := int(p.Cols), math.Abs(b[7][0])
	s := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[5], b[6])
	delta := pairDotErrors(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[5], b[6], 1, e.Tiny)
	for i := range s {
		s[i] *= b[7][0]
		delta[i] = delta[i]*scale + e.Tiny
	}
	for i := range int(p.Rows) {
		if j := int(p.First) + i; j >= 0 && j < cols {
			out[4][i] = delta[i*cols+j]
		}
	}
	eachPartial(p, func(o, at, step, n, _ int, row bool) {
		var worst, low float64
		k := 2
		if row {
			k = 0
		}
		m := b[k][o]
		for t := range n {
			worst = math.Max(worst, delta[at+t*step])
			low = math.Max(low, m-s[at+t*step])
		}
		merges := float64(ceil(n, 8))
		fixed := worst + 2*engine.U*low + (merges+1)*(e.Exp*engine.U+engine.U) + engine.Gamma(n)
		var sum float64
		for t := range n {
			x := s[at+t*step]
			sum += math.Exp(x-m)*math.Expm1(delta[at+t*step]+fixed) + expTiny
		}
		out[k][o], out[k+1][o] = worst, sum+merges*float64(n)*expTiny
	})
	return out
}

// infoncePartialInputs: unit rows, and a logit scale from 1 to 1000.
func infoncePartialInputs(p InfoNCEPartialParams, r *rand.Rand, b [][]float64) {
	unitRows(r, b[5], p.Rows, p.D, p.LdQ)
	unitRows(r, b[6], p.Cols, p.D, p.LdK)
	b[7][0] = []float64{1, 14.3, 100, 1000}[r.IntN(4)]
}
