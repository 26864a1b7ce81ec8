package kernels

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Rows and columns far beyond every loop budget, in stages; n terms in chunks of about
// sqrt(n) err by gamma of chunk and number of chunks.
func TestReductionsOfAnyLength(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, n := range []int{0, 1, 64, 65, 4096, 4097, 10_000_001} {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				s := d.Scope()
				defer s.Close()
				data := normals(1, n, 1)
				sum, size := sum64(data)
				most, at, square := math.Inf(-1), -1, 0.0
				for i, v := range data {
					if float64(v) > most {
						most, at = float64(v), i
					}
					square += float64(v) * float64(v)
				}
				var e float64
				for _, v := range data {
					e += math.Exp(float64(v) - most)
				}
				lse := most + math.Log(e)
				gamma := engine.Gamma(2*chunkFor(n, rowsUncut) + 64)
				x := s.Upload(data, 1, n)
				column := x.Reshape(n, 1)
				y, i := s.Floats(1), s.Ints(1)
				check := func(what string, want, within float64) {
					t.Helper()
					got := float64(read(t, y)[0])
					if math.IsNaN(want) || math.IsInf(want, 0) {
						require.Equal(t, fmt.Sprint(want), fmt.Sprint(got), what)
						return
					}
					require.InDelta(t, want, got, within, what)
				}
				index := func(what string) {
					t.Helper()
					got := make([]int32, 1)
					require.NoError(t, i.ReadInts(got))
					require.EqualValues(t, at, got[0], what)
				}
				RowSum(y, x, false)
				check("RowSum", sum, gamma*size)
				RowSum(y, x, true)
				check("RowSum, accumulated", 2*sum, 3*gamma*size)
				ColumnSum(y, column, false)
				check("ColumnSum", sum, gamma*size)
				ColumnSum(y, column, true)
				check("ColumnSum, accumulated", 2*sum, 3*gamma*size)
				Sum(y, column)
				check("Sum", sum, gamma*size)
				RowMean(y, x)
				check("RowMean", sum/float64(n), gamma*size/float64(n))
				ColumnMean(y, column)
				check("ColumnMean", sum/float64(n), gamma*size/float64(n))
				Mean(y, column)
				check("Mean", sum/float64(n), gamma*size/float64(n))
				Centroid(y, column) // two or three stages of half a unit each, then a division
				check("Centroid", sum/float64(n), 6*engine.U*math.Abs(sum/float64(n)))
				RowNorm(y, x)
				check("RowNorm", math.Sqrt(square), gamma*math.Sqrt(square))
				RowMax(y, x)
				check("RowMax", most, 0)
				ColumnMax(y, column)
				check("ColumnMax", most, 0)
				// Each of the stages rounds at the size of the result and sums e^(x - max).
				m := d.Caps().Math
				within := 4*engine.U*math.Abs(lse) + gamma + (m.Exp+m.Log+20)*4*engine.U*20
				RowLogSumExp(y, x)
				check("RowLogSumExp", lse, within)
				ColumnLogSumExp(y, column)
				check("ColumnLogSumExp", lse, within)
				RowArgmax(i, x)
				index("RowArgmax")
				ColumnArgmax(i, column)
				index("ColumnArgmax")
			})
		}
	})
}

// Sum of a view that is not contiguous; one column of a matrix as a reduction's output.
func TestReductionsOfViews(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		x := s.Upload([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).SliceCols(1, 3)
		y := s.Floats(1)
		Sum(y, x)
		require.Equal(t, []float32{33}, read(t, y)) // 2+3+5+6+8+9
		Mean(y, x)
		require.Equal(t, []float32{5.5}, read(t, y))
		table := s.Zeros(3, 2)
		RowSum(table.SliceCols(1, 2), x, false)
		require.Equal(t, []float32{0, 5, 0, 11, 0, 17}, read(t, table))
		require.Panics(t, func() { RowSum(s.Floats(2), x, false) })
		require.Panics(t, func() { ColumnSum(s.Floats(3), x, false) })
	})
}

// Special values come through every stage: 5000 columns are two.
func TestSpecialValuesThroughStages(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	rows := map[string]struct {
		fill, one float32
		lse, most string
		at        int32
	}{
		"masked":            {-inf, -inf, "-Inf", "-Inf", 0},
		"one is not masked": {-inf, 3, "3", "3", 4321},
		"+Inf":              {0, inf, "+Inf", "+Inf", 4321},
		"NaN":               {0, nan, "NaN", "NaN", 4321},
		"NaN among +Inf":    {inf, nan, "NaN", "NaN", 4321},
		"equal":             {2, 2, fmt.Sprint(float32(2 + math.Log(5000))), "2", 0},
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for name, c := range rows {
			s := d.Scope()
			data := make([]float32, 5000)
			for i := range data {
				data[i] = c.fill
			}
			data[4321] = c.one
			x, y, i := s.Upload(data, 1, 5000), s.Floats(1), s.Ints(1)
			RowLogSumExp(y, x)
			if c.fill == 2 {
				require.InDelta(t, 2+math.Log(5000), read(t, y)[0], 1e-5, name)
			} else {
				require.Equal(t, c.lse, fmt.Sprint(read(t, y)[0]), name)
			}
			RowMax(y, x)
			require.Equal(t, c.most, fmt.Sprint(read(t, y)[0]), name)
			got := make([]int32, 1)
			RowArgmax(i, x)
			require.NoError(t, i.ReadInts(got))
			require.Equal(t, c.at, got[0], name)
			ColumnArgmax(i, x.Reshape(5000, 1))
			require.NoError(t, i.ReadInts(got))
			require.Equal(t, c.at, got[0], name)
			s.Close()
		}
	})
}
