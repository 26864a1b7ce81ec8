package kernels

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// sample gives n numbers, brought to mean 0 and variance 1 by shift and factor.
func sample(t *testing.T, n int, shift, factor float64, fill func(x *engine.Tensor)) []float64 {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x := s.Floats(n)
	fill(x)
	f, err := x.Floats()
	require.NoError(t, err)
	out := make([]float64, n)
	for i, v := range f {
		out[i] = (float64(v) - shift) * factor
	}
	return out
}

// Five standard deviations: a right generator fails one check in 1.7 million; seeds are fixed.
const sigmas = 5

// checkSample compares moments 1 to 4, serial correlations and the distribution of z with
// those of a law: moment(k) = E z^k, cdf.
func checkSample(t *testing.T, z []float64, moment func(k int) float64, cdf func(float64) float64) {
	n := float64(len(z))
	var sums [5]float64
	for _, v := range z {
		power := 1.0
		for k := range sums {
			sums[k] += power
			power *= v
		}
	}
	for k := 1; k <= 4; k++ {
		spread := math.Sqrt((moment(2*k) - moment(k)*moment(k)) / n)
		assert.InDelta(t, moment(k), sums[k]/n, sigmas*spread, "moment %d", k)
	}
	for lag := 1; lag <= 8; lag++ {
		var sum, squares float64
		for i := lag; i < len(z); i++ {
			sum += z[i] * z[i-lag]
			squares += (z[i]*z[i] - 1) * (z[i-lag]*z[i-lag] - 1)
		}
		assert.InDelta(t, 0, sum/n, sigmas/math.Sqrt(n), "correlation at distance %d", lag)
		v := moment(4) - 1 // variance of z^2
		assert.InDelta(t, 0, squares/n, sigmas*v/math.Sqrt(n), "correlation of squares at distance %d", lag)
	}
	// Kolmogorov and Smirnov: P(D sqrt(n) > x) is about 2 exp(-2 x^2), at 2.75 5e-7.
	slices.Sort(z)
	var d float64
	for i, v := range z {
		f := cdf(v)
		d = max(d, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	assert.Less(t, d*math.Sqrt(n), 2.75, "Kolmogorov-Smirnov distance")
}

const samples = 1 << 20

func TestUniformsAreUniform(t *testing.T) {
	root3 := math.Sqrt(3)
	z := sample(t, samples, 0.5, 2*root3, func(x *engine.Tensor) { FillUniform(x, Stream{1, 0}, 0, 0, 1) })
	for _, v := range z {
		require.GreaterOrEqual(t, v, -root3)
		require.Less(t, v, root3)
	}
	checkSample(t, z,
		func(k int) float64 { // E z^k of a uniform z in [-sqrt 3, sqrt 3]
			if k%2 == 1 {
				return 0
			}
			return math.Pow(3, float64(k/2)) / float64(k+1)
		},
		func(v float64) float64 { return (v/root3 + 1) / 2 })
}

func TestNormalsAreNormal(t *testing.T) {
	z := sample(t, samples, 3, 2, func(x *engine.Tensor) { FillNormal(x, Stream{2, 9}, 1<<40, 3, 0.5) })
	checkSample(t, z,
		func(k int) float64 { // 1, 3, 15, 105: (k-1)!!
			if k%2 == 1 {
				return 0
			}
			m := 1.0
			for i := k - 1; i > 1; i -= 2 {
				m *= float64(i)
			}
			return m
		},
		func(v float64) float64 { return math.Erfc(-v/math.Sqrt2) / 2 })
}

// Chi square over 1000 classes: mean 999, standard deviation sqrt(2 * 999).
func TestIntsAreUniform(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	const classes = 1000
	x := s.Ints(samples)
	FillInts(x, Stream{3, 0}, 0, classes)
	v := make([]int32, samples)
	require.NoError(t, x.ReadInts(v))
	var count [classes]float64
	for _, i := range v {
		count[i]++
	}
	var chi float64
	for _, c := range count {
		e := float64(samples) / classes
		chi += (c - e) * (c - e) / e
	}
	assert.InDelta(t, classes-1, chi, sigmas*math.Sqrt(2*(classes-1)))
}

// Streams that differ in the seed or the ID alone are not correlated.
func TestStreamsAreIndependent(t *testing.T) {
	normal := func(s Stream) []float64 {
		return sample(t, samples/4, 0, 1, func(x *engine.Tensor) { FillNormal(x, s, 0, 0, 1) })
	}
	a := normal(Stream{1, 0})
	for _, s := range []Stream{{2, 0}, {1, 1}, {1 | 1<<32, 0}} {
		var sum float64
		for i, v := range normal(s) {
			sum += v * a[i]
		}
		assert.InDelta(t, 0, sum/float64(len(a)), sigmas/math.Sqrt(float64(len(a))), "%v", s)
	}
}
