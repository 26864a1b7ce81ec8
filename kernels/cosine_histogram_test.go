package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// uploadRows uploads unit rows around a common direction, with a stride of d + pad.
func uploadRows(s *engine.Scope, seed uint64, n, d, pad int) (*engine.Tensor, []float64) {
	r := rand.New(rand.NewPCG(seed, 2))
	x := make([]float64, n*d)
	for i := range n {
		row := x[i*d : (i+1)*d]
		var sum float64
		for j := range row {
			row[j] = 0.5 + r.NormFloat64()
			sum += row[j] * row[j]
		}
		for j := range row {
			row[j] = float64(float32(row[j] / math.Sqrt(sum)))
		}
	}
	f := make([]float32, len(x))
	for i, v := range x {
		f[i] = float32(v)
	}
	t := s.Floats(n, d+pad).SliceCols(0, d)
	t.Write(f)
	return t, x
}

// Every pair is counted once, and a bin differs from float64's only by pairs on its edges.
func TestCosineHistogram(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		for _, n := range []int{1, 2, 63, 65, 1000, 2500} {
			for _, bins := range []int{1, 100, 7000, 200000} { // the last: many launches
				if bins > 7000 && n != 1000 {
					continue
				}
				t.Run(fmt.Sprintf("n=%d bins=%d", n, bins), func(t *testing.T) {
					s := dev.Scope()
					defer s.Close()
					const d = 33
					x, data := uploadRows(s, 1, n, d, n%4)
					h, err := CosineHistogram(x, -1, 1, bins)
					require.NoError(t, err)
					require.EqualValues(t, n*(n-1)/2, h.Total())
					require.Zero(t, h.NaN)
					if n > 1 {
						checkHistogram(t, h, data, data, d, true)
					}
				})
			}
		}
		s := dev.Scope()
		defer s.Close()
		a, x := uploadRows(s, 3, 700, 20, 0)
		b, y := uploadRows(s, 4, 301, 20, 4)
		h, err := CrossCosineHistogram(a, b, 0, 0.75, 50)
		require.NoError(t, err)
		require.EqualValues(t, 700*301, h.Total())
		checkHistogram(t, h, x, y, 20, false)
	})
}

func checkHistogram(t *testing.T, h Histogram, x, y []float64, d int, upper bool) {
	t.Helper()
	rows, cols := len(x)/d, len(y)/d
	dots := pairDots(int32(rows), int32(cols), int32(d), int32(d), int32(d), x, y)
	p := CosineHistogramParams{Bins: int32(len(h.Counts))}
	want, allowed := make([]int64, len(h.Counts)), make([]int64, len(h.Counts))
	low, high := math.Inf(1), math.Inf(-1)
	perBin := float64(float32(1 / h.Width()))
	delta := engine.Gamma(d) * (1 + 1e-6)
	for i := range rows {
		first := 0
		if upper {
			first = i + 1
		}
		for _, c := range dots[i*cols+first : (i+1)*cols] {
			at := (c - h.Lo) * perBin
			dt := delta*perBin + engine.Gamma(2)*math.Abs(at)
			want[histogramBin(p, at)]++
			for k, end := histogramBin(p, at-dt), histogramBin(p, at+dt); k < end; k++ {
				allowed[k]++
				allowed[k+1]++
			}
			low, high = math.Min(low, c), math.Max(high, c)
		}
	}
	for i, c := range h.Counts {
		require.LessOrEqual(t, max(int64(c)-want[i], want[i]-int64(c)), allowed[i], "bin %d has %d, want %d", i, c, want[i])
	}
	require.InDelta(t, low, h.Min, delta)
	require.InDelta(t, high, h.Max, delta)
}

// Counts that would outgrow 32 bits are collected on the way: here, as if 2^16 were the limit.
func TestCosineHistogramOfManyPairs(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		const n, bins = 1000, 400000 // few histograms fit: many launches
		x, _ := uploadRows(s, 2, n, 8, 0)
		want, err := CosineHistogram(x, -1, 1, bins)
		require.NoError(t, err)
		got, err := pairHistogram(x, x, true, -1, 1, bins, 1<<16)
		require.NoError(t, err)
		require.EqualValues(t, n*(n-1)/2, got.Total())
		require.Equal(t, want, got)
	})
}

// A row of NaN takes its pairs out of the bins, not out of the total.
func TestCosineHistogramOfNaN(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		const n, d = 100, 8
		x, _ := uploadRows(s, 5, n, d, 0)
		x.SliceRows(41, 42).Write(repeat(d, float32(math.NaN())))
		h, err := CosineHistogram(x, -1, 1, 64)
		require.NoError(t, err)
		require.EqualValues(t, n-1, h.NaN)
		require.EqualValues(t, n*(n-1)/2, h.Total())
		require.False(t, math.IsNaN(h.Min) || math.IsNaN(h.Max))
	})
}

// Quantiles to 1e-5, far below the width of the first pass's bins, against sorted numbers.
func TestCosineQuantiles(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		const n, d, accuracy = 500, 16, 1e-5
		x, data := uploadRows(s, 6, n, d, 0)
		dots := pairDots(n, n, d, d, d, data, data)
		var all []float64
		for i := range n {
			all = append(all, dots[i*n+i+1:(i+1)*n]...)
		}
		slices.Sort(all)
		shares := []float64{0, 0.01, 0.25, 0.5, 0.9, 1}
		got, err := CosineQuantiles(x, shares, accuracy)
		require.NoError(t, err)
		for i, q := range shares {
			// A quantile lies between neighbours in rank, which may be further apart than a bin.
			at := q * float64(len(all))
			lo, hi := all[max(int(at)-1, 0)], all[min(int(at)+1, len(all)-1)]
			require.GreaterOrEqual(t, got[i], lo-accuracy, "share %g", q)
			require.LessOrEqual(t, got[i], hi+accuracy, "share %g", q)
		}
		h, err := CosineHistogram(x, -1, 1, 2000)
		require.NoError(t, err)
		var mean float64
		for _, c := range all {
			mean += c / float64(len(all))
		}
		require.InDelta(t, mean, h.Mean(), h.Width()/2)
	})
}

// 200 million pairs within 200 MiB of process memory: a process of its own checks that, by
// MINDGAP_LONG=1 and -run with one device.
func TestLongCosineHistogramOf20000(t *testing.T) {
	if os.Getenv("MINDGAP_LONG") != "1" {
		t.Skip("make test-long runs this")
	}
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		const n, d = 20000, 128
		x, _ := uploadRows(s, 7, n, d, 0)
		start := time.Now()
		h, err := CosineHistogram(x, -1, 1, 1000)
		require.NoError(t, err)
		peak := peakMemory(t)
		t.Logf("%s: n=%d d=%d in %v, peak memory %s, mean %.6f", dev.Caps().Renderer, n, d, time.Since(start).Round(time.Millisecond), engine.Bytes(peak), h.Mean())
		require.EqualValues(t, n*(n-1)/2, h.Total())
		require.Less(t, peak, int64(200<<20))
	})
}
