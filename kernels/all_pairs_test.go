package kernels

import (
	bin "encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"mindgap/engine"
)

// unitVectors normalises in float64; a row of zeros stays.
func unitVectors(x []float32, n, width int) *mat.Dense {
	m := mat.NewDense(n, width, nil)
	for r := range n {
		row := m.RawRowView(r)
		for c := range row {
			row[c] = float64(x[r*width+c])
		}
		floats.Scale(1/max(floats.Norm(row, 2), 1e-12), row)
	}
	return m
}

// allPairs64 is the definition: every pair, in float64.
func allPairs64(x []float32, n, width int) (mean, variance float64) {
	u := unitVectors(x, n, width)
	var s mat.SymDense
	s.SymOuterK(1, u)
	var list []float64
	for i := range n {
		for j := range i {
			list = append(list, s.At(i, j))
		}
	}
	return stat.PopMeanVariance(list, nil)
}

func TestAllPairsCosine(t *testing.T) {
	cases := []struct {
		name                  string
		n, width              int
		mean, spread          float64 // of the rows' elements
		zeros                 int     // every so many rows; 0: none
		withinMean, withinVar float64 // relative
	}{
		{"random", 1000, 128, 0, 1, 0, 1e-6, 1e-6},
		{"cone", 1000, 100, 1, 1, 0, 1e-6, 1e-6},
		{"odd width", 501, 37, 0.3, 1, 0, 1e-6, 1e-6},
		{"two", 2, 3, 0, 1, 0, 1e-6, math.Inf(1)},
		{"rows of zeros", 700, 64, 1, 0.1, 9, 1e-6, 1e-6},
		// Cosines within 1e-4 and 1e-6 of 1; their standard deviations are 1e-5 and 1e-7.
		{"narrow cone", 1000, 128, 1, 1e-2, 0, 1e-6, 1e-6},
		{"collapsed cone", 1000, 128, 1, 1e-3, 0, 1e-6, 1e-6},
		{"collapsed cone in chunks", 2100, 64, 1, 1e-3, 0, 1e-6, 1e-6},
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s := d.Scope()
				defer s.Close()
				data := normals(7, c.n*c.width, 0)
				for i := range data {
					data[i] = float32(c.mean + c.spread*float64(data[i]))
				}
				for i := 0; c.zeros > 0 && i < c.n; i += c.zeros {
					clear(data[i*c.width:][:c.width])
				}
				mean, variance := allPairs64(data, c.n, c.width)
				got, err := AllPairsCosine(s.Upload(data, c.n, c.width))
				require.NoError(t, err)
				alone, err := AllPairsCosineMean(s.Upload(data, c.n, c.width))
				require.NoError(t, err)
				t.Logf("mean %.9g, relative error %.2g and %.2g alone; variance %.9g, relative error %.2g",
					mean, got.Mean/mean-1, alone/mean-1, variance, got.Variance/variance-1)
				require.InEpsilon(t, mean, got.Mean, c.withinMean)
				require.InEpsilon(t, mean, alone, c.withinMean)
				if !math.IsInf(c.withinVar, 0) {
					require.InEpsilon(t, variance, got.Variance, c.withinVar)
				}
			})
		}
	})
}

// N 4096, D 128, random rows: their mean cosine is near 0, so that |s|^2 - N cancels.
func TestAllPairsCosineOfManyRows(t *testing.T) {
	const n, width = 4096, 128
	data := normals(11, n*width, 0)
	mean, variance := allPairs64(data, n, width)
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		got, err := AllPairsCosine(s.Upload(data, n, width))
		require.NoError(t, err)
		t.Logf("mean %.9g, relative error %.2g; variance %.9g, relative error %.2g", mean, got.Mean/mean-1, variance, got.Variance/variance-1)
		require.InEpsilon(t, mean, got.Mean, 1e-6)
		require.InEpsilon(t, variance, got.Variance, 1e-6)
	})
}

func TestCrossPairsCosine(t *testing.T) {
	const n, width = 700, 60
	a, b := normals(8, n*width, 0.1), normals(9, n*width, 0.2)
	ua, ub := unitVectors(a, n, width), unitVectors(b, n, width)
	var all mat.Dense
	all.Mul(ua, ub.T())
	mean := mat.Sum(&all) / (n * n)
	matched := mat.Trace(&all) / n
	unmatched := (mat.Sum(&all) - mat.Trace(&all)) / (n * (n - 1))
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		got, err := CrossPairsCosine(s.Upload(a, n, width), s.Upload(b, n, width))
		require.NoError(t, err)
		require.InEpsilon(t, mean, got.Mean, 1e-6)
		require.InEpsilon(t, matched, got.Matched, 1e-6)
		require.InEpsilon(t, unmatched, got.Unmatched, 1e-6)
		part, err := CrossPairsCosine(s.Upload(a, n, width), s.Upload(b, n, width).SliceRows(0, 1))
		require.NoError(t, err)
		require.True(t, math.IsNaN(part.Matched))
	})
}

// The authors' CLIP features (500 images, 500 texts): mean cosines within a modality, rows
// normalised again, pairs i != j, from a float64 computation over the same file.
func TestAllPairsCosineOfPublishedFeatures(t *testing.T) {
	const file = "../../shared/data/features_clip.npy"
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the authors' feature files are not here: " + file)
	}
	require.NoError(t, err)
	const n, width, header = 500, 512, 128
	data := make([]float32, 2*n*width)
	require.Len(t, raw, header+4*len(data))
	for i := range data {
		data[i] = math.Float32frombits(bin.LittleEndian.Uint32(raw[header+4*i:]))
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		x := s.Upload(data, 2, n, width)
		for i, want := range []float64{.531483, .515194} {
			mean, variance := allPairs64(data[i*n*width:][:n*width], n, width)
			got, err := AllPairsCosine(x.At(i))
			require.NoError(t, err)
			require.InDelta(t, want, got.Mean, 1e-5)
			require.InEpsilon(t, mean, got.Mean, 1e-6)
			require.InEpsilon(t, variance, got.Variance, 1e-6)
		}
	})
}
