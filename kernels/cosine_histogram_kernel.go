package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"mindgap/engine"
)

// CosineHistogramParams describes the products of rows x_i, i < Rows, and y_j, j < Cols: all
// of them, or with Upper those with i < j. UnitRows x UnitCols pairs share one histogram.
// A product c falls into bin clamp(floor((c - Lo) PerBin), 0, Bins - 1).
type CosineHistogramParams struct {
	Rows, Cols, D, LdX, LdY int32
	UnitRows, UnitCols      int32
	Bins, Upper             int32
	Lo, PerBin              float32
}

var allPairsCosineHistogram = &engine.Kernel[CosineHistogramParams]{
	Name: "all_pairs_cosine_histogram", Doc: "histogram, minimum and maximum of x_i . y_j over all pairs, or over i < j", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "counts", Type: engine.Uint32, Access: engine.InOut},
		{Name: "low", Access: engine.InOut}, {Name: "high", Access: engine.InOut},
		{Name: "x", Access: engine.In}, {Name: "y", Access: engine.In},
	},
	Variants: slices.Concat(histogramShared("shared", 8, 2816), histogramShared("shared_64", 4, 5120), []engine.Variant[CosineHistogramParams]{
		histogramTexel("texel", false), histogramTexel("texel_tail", true),
		{
			Name: "plain", File: "cosine_histogram.comp.glsl", Groups: histogramUnits,
			Loops: func(p CosineHistogramParams) int {
				return ceil(int(p.UnitRows)*int(p.UnitCols), 256)*(int(p.D)+1) + 256
			},
		},
	}),
	Size: func(p CosineHistogramParams) []int {
		const name = "all_pairs_cosine_histogram"
		checkMatrix(name, p.Rows, p.D, p.LdX)
		checkMatrix(name, p.Cols, p.D, p.LdY)
		engine.Check(name, p.D > 0 && p.UnitRows > 0 && p.UnitCols > 0 && p.Bins > 0, "width %d, units of %d x %d, %d bins", p.D, p.UnitRows, p.UnitCols, p.Bins)
		n := histogramUnits(p)
		return []int{n * (int(p.Bins) + 1), n, n, span(p.Rows, p.D, p.LdX), span(p.Cols, p.D, p.LdY)}
	},
	Cost: func(p CosineHistogramParams) engine.Cost {
		n, m, d := float64(p.Rows), float64(p.Cols), float64(p.D)
		c := engine.Cost{Flops: 2 * n * m * d, Bytes: 4 * d * (n + m)}
		if p.Upper != 0 {
			c.Flops = (2*m - n) * n * d // the pairs right of the diagonal, where n <= m
		}
		return c
	},
	Ref: func(p CosineHistogramParams, b [][]float64) {
		c := pairDots(p.Rows, p.Cols, p.D, p.LdX, p.LdY, b[3], b[4])
		eachPair(p, func(i, j, unit int) {
			x := c[i*int(p.Cols)+j]
			b[0][unit*(int(p.Bins)+1)+histogramBin(p, (x-float64(p.Lo))*float64(p.PerBin))]++
			if x < b[1][unit] {
				b[1][unit] = x
			}
			if x > b[2][unit] {
				b[2][unit] = x
			}
		})
	},
	Host: cosineHistogramHost,
	// A count errs by the pairs that float32 may move over one of its bin's edges: those nearer
	// to it than the product's error, gamma_D sum |x||y|, and two roundings of the position.
	Bound: func(p CosineHistogramParams, e engine.MathErrors, b [][]float64) [][]float64 {
		counts, low, high := make([]float64, len(b[0])), make([]float64, len(b[1])), make([]float64, len(b[2]))
		c := pairDots(p.Rows, p.Cols, p.D, p.LdX, p.LdY, b[3], b[4])
		delta := pairDotErrors(p.Rows, p.Cols, p.D, p.LdX, p.LdY, b[3], b[4], 0, e.Tiny)
		eachPair(p, func(i, j, unit int) {
			at := i*int(p.Cols) + j
			t := (c[at] - float64(p.Lo)) * float64(p.PerBin)
			dt := delta[at]*math.Abs(float64(p.PerBin)) + engine.Gamma(2)*math.Abs(t)
			if lo, hi := histogramBin(p, t-dt), histogramBin(p, t+dt); lo < hi && !math.IsNaN(t) {
				for k := lo; k <= hi; k++ {
					counts[unit*(int(p.Bins)+1)+k]++
				}
			}
			low[unit] = math.Max(low[unit], delta[at])
			high[unit] = low[unit]
		})
		return [][]float64{counts, low, high, nil, nil}
	},
	Inputs: func(p CosineHistogramParams, r *rand.Rand, b [][]float64) {
		for i := range b[0] {
			b[0][i] = float64(r.IntN(8))
		}
		for i := range b[1] {
			b[1][i], b[2][i] = 0.1*r.NormFloat64(), 0.1*r.NormFloat64()
		}
		unitRows(r, b[3], p.Rows, p.D, p.LdX)
		unitRows(r, b[4], p.Cols, p.D, p.LdY)
	},
	Cases: []CosineHistogramParams{
		{0, 5, 3, 3, 3, 8, 16, 4, 1, -1, 2}, {1, 1, 1, 1, 1, 64, 64, 1, 0, -1, 0.5}, {1, 1, 4, 4, 4, 8, 16, 7, 1, -1, 3.5},
		{20, 33, 4, 4, 8, 8, 16, 10, 1, -1, 5}, {33, 100, 7, 8, 12, 16, 32, 100, 0, -0.5, 100}, {65, 300, 64, 64, 64, 64, 256, 64, 1, -1, 32},
		{130, 129, 33, 33, 35, 64, 64, 1000, 1, -1, 500}, {100, 200, 20, 20, 20, 64, 128, 3000, 0, -1, 1500},
		{150, 300, 17, 17, 17, 128, 256, 50, 1, -0.25, 100}, {40, 40, 129, 132, 132, 8, 48, 33, 1, -1, 16.5},
		{150, 300, 20, 20, 24, 128, 256, 50, 1, -0.25, 100},
	},
	Bench:  []CosineHistogramParams{{1024, 16384, 128, 128, 128, 256, 64, 1024, 1, -1, 512}, {1024, 8192, 512, 512, 512, 256, 64, 1024, 1, -1, 512}},
	Bucket: CosineHistogramParams.bucket, Tune: histogramTune,
}

// histogramUnits is the number of histograms that a launch adds to.
func histogramUnits(p CosineHistogramParams) int {
	return ceil(int(p.Rows), int(p.UnitRows)) * ceil(int(p.Cols), int(p.UnitCols))
}

// histogramBin is the bin at position t, or Bins for NaN.
func histogramBin(p CosineHistogramParams, t float64) int {
	if math.IsNaN(t) {
		return int(p.Bins)
	}
	return int(math.Max(0, math.Min(float64(p.Bins-1), math.Floor(t))))
}

// eachPair calls f for every pair that is counted, with the number of its unit.
func eachPair(p CosineHistogramParams, f func(i, j, unit int)) {
	across := ceil(int(p.Cols), int(p.UnitCols))
	for i := range int(p.Rows) {
		first := 0
		if p.Upper != 0 {
			first = i + 1
		}
		for j := first; j < int(p.Cols); j++ {
			f(i, j, i/int(p.UnitRows)*across+j/int(p.UnitCols))
		}
	}
}

func histogramShared(name string, tm, bins int) []engine.Variant[CosineHistogramParams] {
	tile := int32(16 * tm)
	return sharedTile(engine.Variant[CosineHistogramParams]{
		Name: name, File: "cosine_histogram_shared.comp.glsl", Defines: []string{fmt.Sprintf("HIST=%d", bins)},
		Groups: histogramUnits,
		Loops: func(p CosineHistogramParams) int {
			tiles := ceil(int(p.UnitRows), int(tile)) * ceil(int(p.UnitCols), int(tile))
			return tiles*(sharedTileLoops(int(p.D), tm)+tm*tm+tm+2) + 18*ceil(bins, 256) + 32
		},
		Fits: func(p CosineHistogramParams, _ *engine.Caps) bool {
			return p.UnitRows%tile == 0 && p.UnitCols%tile == 0 && int(p.Bins) < bins
		},
		Prefer: engine.Hardware[CosineHistogramParams],
	}, tm, []string{"x", "y"}, func(p CosineHistogramParams) bool { return rowsOfFour(p.D, p.LdX) && rowsOfFour(p.D, p.LdY) })
}

func histogramTexel(name string, tail bool) engine.Variant[CosineHistogramParams] {
	v := engine.Variant[CosineHistogramParams]{
		Name: name, File: "cosine_histogram_texel.comp.glsl", Texel: []string{"x", "y"},
		Groups: func(p CosineHistogramParams) int { return ceil(histogramUnits(p), texelLanes) },
		Loops: func(p CosineHistogramParams) int {
			return ceil(int(p.UnitCols), texelCols) * (ceil(int(p.UnitRows), texelRows)*(ceil(int(p.D), 4)+60) + 20)
		},
		Fits: func(p CosineHistogramParams, _ *engine.Caps) bool {
			return p.UnitRows%texelRows == 0 && p.UnitCols%texelCols == 0 && p.LdX%4 == 0 && p.LdY%4 == 0 && (tail || p.D%4 == 0)
		},
		Prefer: engine.Software[CosineHistogramParams],
	}
	if tail {
		v.Defines = []string{"TAIL=1"}
	}
	return v
}
