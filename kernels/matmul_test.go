package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas64"

	"mindgap/engine"
)

func normalSlice(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// nearProduct compares a tensor with a product in float64: |error| <= gamma_(k+3) |A||B|, with
// |A||B| taken as k * 20, as no two normal numbers here reach 4.5.
func nearProduct(t *testing.T, c *engine.Tensor, want []float64, k int) {
	t.Helper()
	got, err := c.Floats()
	require.NoError(t, err)
	for i, w := range want {
		require.InDelta(t, w, float64(got[i]), engine.Gamma(k+3)*20*float64(k), "element %d", i)
	}
}

func gemm64(tA, tB bool, m, n, k int, a, b []float32) []float64 {
	wide := func(x []float32) []float64 {
		y := make([]float64, len(x))
		for i := range x {
			y[i] = float64(x[i])
		}
		return y
	}
	out := make([]float64, m*n)
	lda, ldb := k, n
	if tA {
		lda = m
	}
	if tB {
		ldb = k
	}
	blas64.Implementation().Dgemm(transposed(tA), transposed(tB), m, n, k, 1, wide(a), lda, wide(b), ldb, 0, out, n)
	return out
}

// The three products, at a size whose strides are odd, so that a software device packs.
func TestMatMulLayouts(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		const m, n, k = 67, 65, 75
		for _, l := range []struct {
			f      func(c, a, b *engine.Tensor)
			tA, tB bool
		}{{MatMul, false, false}, {MatMulNT, false, true}, {MatMulTN, true, false}} {
			s := d.Scope()
			r := rand.New(rand.NewPCG(7, 1))
			a, b := normalSlice(r, m*k), normalSlice(r, k*n)
			at, bt := s.Upload(a, m, k), s.Upload(b, k, n)
			if l.tA {
				at = at.Reshape(k, m)
			}
			if l.tB {
				bt = bt.Reshape(n, k)
			}
			c := s.Floats(m, n)
			l.f(c, at, bt)
			nearProduct(t, c, gemm64(l.tA, l.tB, m, n, k, a, b), k)
			s.Close()
		}
	})
}

// A batch against one B gives the same as product by product, with B in two axes or three;
// columns of C and A may be a part of wider matrices.
func TestGemmBatch(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		const batch, m, n, k = 3, 9, 10, 20
		r := rand.New(rand.NewPCG(7, 2))
		a, b := normalSlice(r, batch*m*k), normalSlice(r, k*n)
		s := d.Scope()
		defer s.Close()
		whole := s.Upload(a, batch, m, k)
		bt := s.Upload(b, k, n)
		three := s.Floats(batch, k, n)
		for z := range batch {
			three.At(z).CopyFrom(bt)
		}
		bias := s.Upload(normalSlice(r, n), n)
		o := MatMulOptions{Alpha: 0.5, Bias: bias, Act: ActReLU}
		want := s.Floats(batch, m, n)
		for z := range batch {
			Gemm(want.At(z), whole.At(z), bt, o)
		}
		one, each, wide := s.Floats(batch, m, n), s.Floats(batch, m, n), s.Zeros(batch, m, 2*n)
		Gemm(one, whole, bt, o)
		Gemm(each, whole, three, o)
		Gemm(wide.SliceCols(n, 2*n), whole, bt, o)
		w, err := want.Floats()
		require.NoError(t, err)
		for _, c := range []*engine.Tensor{one, each, wide.SliceCols(n, 2*n)} {
			got, err := c.Floats()
			require.NoError(t, err)
			require.InDeltaSlice(t, w, got, engine.Gamma(k+4)*20*k)
		}
		left, err := wide.SliceCols(0, n).Floats()
		require.NoError(t, err)
		require.Equal(t, make([]float32, batch*m*n), left)
	})
}

// Sums longer than one launch may loop are added up by several.
func TestGemmLongSum(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		const m, n, k = 2, 3, 600_001
		r := rand.New(rand.NewPCG(7, 3))
		a, b := normalSlice(r, m*k), normalSlice(r, k*n)
		s := d.Scope()
		defer s.Close()
		c := s.Floats(m, n)
		MatMul(c, s.Upload(a, m, k), s.Upload(b, k, n))
		nearProduct(t, c, gemm64(false, false, m, n, k, a, b), k)
		bt := s.Upload(b, n, k)
		Gemm(c, s.Upload(a, m, k), bt, MatMulOptions{TransB: true})
		nearProduct(t, c, gemm64(false, true, m, n, k, a, b), k)
	})
}

// Whatever becomes of a product (operands copied for alignment, sums cut along k), c must not overlap
// what is read.
func TestGemmRefusesOverlap(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		x, other := s.Zeros(200, 201), s.Zeros(200, 201) // an odd stride
		square := func(t *engine.Tensor) *engine.Tensor { return t.SliceCols(0, 200) }
		refused := func(what string, f func()) {
			t.Helper()
			require.PanicsWithError(t, "engine: matmul: c overlaps "+what, f)
		}
		refused("a", func() { MatMul(square(x), square(x), square(other)) })
		refused("b", func() { MatMul(square(x), square(other), square(x)) })
		row := s.Zeros(1, 200)
		refused("bias", func() { Gemm(row, other.SliceRows(0, 1).SliceCols(0, 200), square(x), MatMulOptions{Bias: row}) })
	})
}

// In a chain of k terms of random signs the roundings have variances that grow as the sum's: k/2 of a
// term's in the mean of k results, and 1 for the products. Tiles of long sums take in four terms at
// once (3 for them), in chains of which each has chain/8, and the totals k/(2 chain). A quarter more
// is left for what four thousand results do not settle.
func TestMatMulSumsInChains(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		if d.Caps().Kind != "gl" {
			t.Skip("a BLAS has an order of its own")
		}
		const m, n, k = 16, 256, 4096
		r := rand.New(rand.NewPCG(7, 5))
		a, b := normalSlice(r, m*k), normalSlice(r, k*n)
		want := gemm64(false, false, m, n, k, a, b)
		single := make([]float32, m*n)
		for i := range single {
			for z := range k {
				single[i] += float32(a[i/n*k+z] * b[z*n+i%n])
			}
		}
		rms := func(c []float32) float64 {
			sum := 0.0
			for i, w := range want {
				sum += (float64(c[i]) - w) * (float64(c[i]) - w)
			}
			return math.Sqrt(sum / (m * n))
		}
		expect := math.Sqrt((chain/8.0 + k/(2.0*chain) + 3) / (k/2.0 + 1))
		s := d.Scope()
		defer s.Close()
		x, y, c := s.Upload(a, m, k), s.Upload(b, k, n), s.Floats(m, n)
		for _, variant := range []string{"texel_long", "texel_tall_long", "texel_wide_long", "storage"} {
			d.Force(matmul.Name, variant)
			MatMul(c, x, y)
			require.Less(t, rms(read(t, c))/rms(single), 1.25*expect, variant)
		}
		d.Force(matmul.Name, "")
	})
}

// An engine that took the wrong shapes would read past the end: every mismatch panics.
func TestGemmRefuses(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	f := s.Floats
	for i, call := range []func(){
		func() { MatMul(f(2, 3), f(2, 4), f(5, 3)) },
		func() { MatMul(f(2, 3), f(3, 4), f(4, 3)) },
		func() { MatMulNT(f(2, 3), f(2, 4), f(4, 3)) },
		func() { MatMulTN(f(2, 3), f(2, 4), f(4, 3)) },
		func() { MatMul(f(2, 3), f(2, 2, 4), f(4, 3)) },
		func() { MatMul(f(3, 2, 3), f(2, 2, 4), f(4, 3)) },
		func() { MatMul(f(6), f(2, 4), f(4, 3)) },
		func() { MatMul(nil, f(2, 4), f(4, 3)) },
		func() { Gemm(f(2, 3), f(4, 2), f(3, 4), MatMulOptions{TransA: true, TransB: true}) },
		func() { Gemm(f(2, 3), f(2, 4), f(4, 3), MatMulOptions{Bias: f(2)}) },
		func() { Gemm(f(2, 3), f(2, 4), f(4, 3), MatMulOptions{Act: 99}) },
	} {
		require.Panics(t, call, "call %d", i)
	}
}

func ExampleMatMulNT() {
	d, err := engine.Open("host")
	if err != nil {
		panic(err)
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x := s.Upload([]float32{1, 2, 3, 4, 5, 6}, 2, 3) // two rows
	w := s.Upload([]float32{1, 0, 0, 0, 1, 1}, 2, 3) // two outputs, a row of weights each
	y := s.Floats(2, 2)
	MatMulNT(y, x, w)
	fmt.Println(y.Floats())
	// Output: [1 5 4 11] <nil>
}

// A launch cut by Split gives the same as the whole, to the bit where the order of the sums is
// ours (a BLAS may choose it by size).
func TestMatMulSplit(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, k := range []*engine.Kernel[MatMulParams]{matmul, matmulNT, matmulTN} {
			d.Force(k.Name, "naive")
			for _, p := range k.Cases {
				s := d.Scope()
				r := rand.New(rand.NewPCG(7, 4))
				var whole, part []*engine.Tensor
				for i, n := range k.Size(p) {
					x := normalSlice(r, n)
					whole = append(whole, s.Upload(x, n))
					if i == 0 {
						part = append(part, s.Upload(x, n))
					} else {
						part = append(part, whole[i])
					}
				}
				k.Run(p, whole...)
				split := k.Split(p)
				quantum := max(split.Quantum/32, 1) // 4 rows: cases are small
				for lo := 0; lo < split.Rows; lo += quantum {
					q := split.Part(lo, min(lo+quantum, split.Rows))
					window := make([]*engine.Tensor, len(part))
					for i, x := range part {
						window[i] = x.Slice(0, min(lo*split.Step[i], x.Len()), x.Len())
					}
					k.Run(q, window...)
				}
				want, err := whole[0].Floats()
				require.NoError(t, err)
				got, err := part[0].Floats()
				require.NoError(t, err)
				if d.Caps().Kind == "gl" {
					require.Equal(t, want, got, k.Describe(p))
				} else {
					require.InDeltaSlice(t, want, got, engine.Gamma(int(p.K)+3)*20*float64(p.K+1), k.Describe(p))
				}
				s.Close()
			}
			d.Force(k.Name, "")
		}
	})
}

// A sum of no terms, whose empty operands lie at the very end of their buffers.
func TestMatMulOfEmptySlices(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		a, b, c := s.Zeros(1, 64).SliceCols(64, 64), s.Zeros(64, 1).SliceRows(64, 64), s.Upload([]float32{3}, 1, 1)
		Gemm(c, a, b, MatMulOptions{Beta: 2})
		require.Equal(t, []float32{6}, read(t, c))
		MatMul(c, a, b)
		require.Equal(t, []float32{0}, read(t, c))
	})
}
