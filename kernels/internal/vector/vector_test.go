package vector

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// normals gives n normal numbers.
func normals(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func doubles(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// Every function, on lengths around multiples of 8, 16 and 32, gives the same bits by assembly and
// by Go, and touches nothing beyond its slices.
func TestAssemblyEqualsGo(t *testing.T) {
	forGo(t, func(n int) (out []any) {
		a, b, c, d := normals(1, n+1), normals(2, n+1), normals(3, n+1), normals(4, n+1)
		x, y, z, w := a[:n], b[:n], c[:n], d[:n]
		out = append(out, ExpSum(x, 0.75), Max(y))
		Scale(x, 1.7)
		LogitGradients(y, x, 0.3, 0.125)
		s1, s2 := CentredSums(y, 0.25)
		g1, g2 := GradSums(x, y, z, 0.1, 1.3)
		out = append(out, s1, s2, g1, g2, RoughSum(z))
		Normalise(w, x, y, z, 0.5, 1e-3, 2)
		GradRow(x, y, z, w, 0.1, 1.1, 0.2, 0.3, false)
		GradRow(x, z, y, w, 0.1, 1.1, 0.2, 0.3, true)
		gain, bias := doubles(x), doubles(y)
		GradColumns(gain, bias, z, w, 0.2, 0.9)
		AddScaled(gain, y, 0.3)
		out = append(out, Squares(x), Shift(w, x, gain, bias, 0.7))
		bin := make([]int32, n)
		low, high := Bins(bin, z, -0.5, 20, 19, 0.1, 0.2)
		ReLU(z, z)
		MaxOf(w, x)
		AddExp(x, y, z)
		for i, c := range []PairGradient{{2, 0.5, 0.3, 0.7, 1.5}, {2, 0.5, 0, 0.7, 1.5}, {2, 0.5, 0.3, 0, 1.5}} {
			out = append(out, c.Row(w, y, z, 5*i-1), slices.Clone(w))
		}
		out = append(out, bin, low, high)
		return append(out, a, b, c, d, gain, bias)
	})
}

// Exp is engine.Exp32 to the bit where the result is not tiny, and 0 below; what needs care may
// stand anywhere.
func TestExp(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	var x, want []float32
	for v := float32(-87.3); v < 88.8; v += 0.0137 {
		x, want = append(x, v), append(want, engine.Exp32(v))
	}
	for v, e := range map[float32]float32{-inf: 0, -1000: 0, -87.4: 0, 0: 1, 89: inf, inf: inf} {
		x, want = append(x, v, 1, 2, 3), append(want, e, engine.Exp32(1), engine.Exp32(2), engine.Exp32(3))
	}
	Exp(x)
	require.Equal(t, want, x)
	for at := range 20 {
		x := make([]float32, 20)
		x[at] = nan
		sum := ExpSum(x, 1)
		require.True(t, x[at] != x[at] && sum != sum)
		x[at] = engine.Exp32(-1)
		for _, v := range x {
			require.Equal(t, engine.Exp32(-1), v, "beside the NaN at %d", at)
		}
	}
}

// Columns: the largest but for NaN, and sums of exponentials with what needs care at every place.
func TestMaxOfAndAddExp(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for at := range 20 {
		x, m := make([]float32, 20), make([]float32, 20)
		for i := range m {
			m[i] = -inf
		}
		x[at] = nan
		MaxOf(m, x)
		for i, v := range m {
			require.Equal(t, i == at, v == -inf)
		}
		base, sum := make([]float32, 20), make([]float32, 20)
		for _, c := range []struct{ x, base, want float32 }{
			{nan, 0, nan}, {200, 0, inf}, {-200, 0, 0}, {-inf, 0, 0}, {3, 2, engine.Exp32(1)}, {0, nan, nan},
		} {
			clear(sum)
			clear(x)
			x[at], base[at] = c.x, c.base
			AddExp(sum, x, base)
			AddExp(sum, x, base)
			for i, v := range sum {
				want := float32(2)
				if i == at {
					want = 2 * c.want
				}
				require.True(t, v == want || v != v && want != want, "%g in place of %g", v, want)
			}
			base[at] = 0
		}
	}
}

// A row of InfoNCE's gradient against float64, at every place of the pair itself, and beside a NaN and
// a logit far above its logsumexp.
func TestPairGradientRow(t *testing.T) {
	const n = 37
	dots, cols := normals(1, n), normals(2, n)
	for i := range cols {
		cols[i] += 3
	}
	for _, w := range [][2]float32{{0.5, 0.5}, {1, 0}, {0, 1}} {
		c := PairGradient{2, 3, w[0], w[1], 0.25}
		lse := cols
		if w[1] == 0 {
			lse = nil
		}
		for own := -1; own <= n; own++ {
			g := make([]float32, n)
			sum, want := c.Row(g, dots, lse, own), 0.0
			for i, v := range g {
				x := float64(w[0])*math.Exp(2*float64(dots[i])-3) + float64(w[1])*math.Exp(2*float64(dots[i])-float64(cols[i]))
				if i == own {
					x--
				}
				want += float64(dots[i]) * x * 0.25
				require.InDelta(t, 2*x*0.25, v, 4e-7*(1+math.Abs(x)), "own=%d i=%d", own, i)
			}
			require.InDelta(t, want, sum, 1e-5)
		}
	}
	c := PairGradient{1, 0, 1, 0, 1}
	for at := range n {
		x, g := make([]float32, n), make([]float32, n)
		x[at] = float32(math.NaN())
		require.True(t, math.IsNaN(float64(c.Row(g, x, nil, -1))))
		x[at] = 100
		c.Row(g, x, nil, -1)
		require.True(t, math.IsInf(float64(g[at]), 1))
		g[at] = 1
		for _, v := range g {
			require.Equal(t, float32(1), v)
		}
	}
}

func TestMax(t *testing.T) {
	nan := float32(math.NaN())
	require.Equal(t, math.Inf(-1), float64(Max(nil)))
	for n := 1; n < 40; n++ {
		for at := range n {
			x := normals(uint64(n), n)
			x[at] = 10
			require.Equal(t, float32(10), Max(x))
			x[at] = nan
			require.True(t, math.IsNaN(float64(Max(x))), "%d of %d", at, n)
		}
	}
}

// NaN, infinities and the edges of bins, at every place.
func TestBinsAndReLU(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	x := []float32{nan, -inf, inf, -1, -0.75, -0.5, 0, 0.25, 0.999, 1, 2, nan, -2}
	want := []int32{8, 0, 7, 0, 1, 2, 4, 5, 7, 7, 7, 8, 0}
	for range 16 {
		bin := make([]int32, len(x))
		low, high := Bins(bin, x, -1, 4, 7, inf, -inf)
		require.Equal(t, want, bin)
		require.Equal(t, []float32{-inf, inf}, []float32{low, high})
		y := append([]float32{}, x...)
		ReLU(y, y)
		for i, v := range x {
			switch {
			case v != v:
				require.NotEqual(t, y[i], y[i])
			default:
				require.Equal(t, math.Float32bits(max(v, 0)), math.Float32bits(y[i]))
			}
		}
		x, want = append(x[1:], x[0]), append(want[1:], want[0])
	}
	low, high := Bins(make([]int32, 9), []float32{nan, nan, nan, nan, nan, nan, nan, nan, nan}, 0, 1, 3, inf, -inf)
	require.Equal(t, []float32{inf, -inf}, []float32{low, high})
}
