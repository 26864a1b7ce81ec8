package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// heads is one attention problem, its q, k and v side by side in rows of 3 W.
type heads struct {
	batch, len, heads, width int
	causal                   bool
}

func (a heads) cols() int { return a.heads * a.width }
func (a heads) rows() int { return a.batch * a.len }

func (a heads) options() AttentionOptions {
	return AttentionOptions{Batch: a.batch, Heads: a.heads, Causal: a.causal}
}

// thirds are the three column slices of a matrix.
func (a heads) thirds(x *engine.Tensor) (q, k, v *engine.Tensor) {
	w := a.cols()
	return x.SliceCols(0, w), x.SliceCols(w, 2*w), x.SliceCols(2*w, 3*w)
}

// define64 is the definition, from fused rows.
func (a heads) define64(qkv []float64) (o, lse []float64) {
	w := int32(a.cols())
	p := AttentionParams{
		Batch: int32(a.batch), Len: int32(a.len), Heads: int32(a.heads), Width: int32(a.width),
		LdO: w, LdQ: 3 * w, LdK: 3 * w, LdV: 3 * w, Causal: flag(a.causal), HasLse: 1, Scale: float32(1 / math.Sqrt(float64(a.width))),
	}
	o, lse = make([]float64, a.rows()*a.cols()), make([]float64, a.rows()*a.heads)
	attentionRef(p, [][]float64{o, lse, qkv, qkv[w:], qkv[2*w:]})
	return o, lse
}

// Heads of a fused projection, with and without logsumexps, in sequences of one token and more.
func TestAttentionOfFusedHeads(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, a := range []heads{{3, 1, 2, 8, true}, {2, 17, 4, 32, false}, {2, 77, 2, 64, true}, {1, 50, 3, 18, false}} {
			s := d.Scope()
			x := normals(1, a.rows()*3*a.cols(), 0)
			q, k, v := a.thirds(s.Upload(x, a.rows(), 3*a.cols()))
			o, again, lse := s.Floats(a.rows(), a.cols()), s.Floats(a.rows(), a.cols()), s.Floats(a.batch, a.heads, a.len)
			Attention(o, q, k, v, lse, a.options())
			Attention(again, q, k, v, nil, a.options())
			want, wantLse := a.define64(float64s(x))
			require.InDeltaSlice(t, want, float64s(read(t, o)), 1e-5) // logits are below 10, values below 5
			require.InDeltaSlice(t, wantLse, float64s(read(t, lse)), 1e-5)
			require.Equal(t, read(t, o), read(t, again))
			s.Close()
		}
	})
}

// What follows a token changes nothing before it, to the bit.
func TestCausalAttentionLooksBackOnly(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		a := heads{1, 90, 1, 16, true}
		const seen = 41
		x := normals(1, a.rows()*3*a.cols(), 0)
		o := func() []float32 {
			q, k, v := a.thirds(s.Upload(x, a.rows(), 3*a.cols()))
			out := s.Floats(a.rows(), a.cols())
			Attention(out, q, k, v, nil, a.options())
			return read(t, out)
		}
		before := o()
		for i := seen * 3 * a.cols(); i < len(x); i++ {
			x[i] = 100 * float32(i%7-3)
		}
		after := o()
		require.Equal(t, before[:seen*a.cols()], after[:seen*a.cols()])
		require.NotEqual(t, before[seen*a.cols():], after[seen*a.cols():])
	})
}

// Sequences that are longer than a driver's loop budget lets a careless loop be: every
// variant goes through all keys. With values of 1 the weights must add up to 1.
func TestAttentionOfLongSequences(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, a := range []heads{{1, 4097, 1, 64, false}, {1, 4097, 1, 4, true}} {
			w := a.cols()
			x := normals(3, a.rows()*3*w, 0)
			for i := range x {
				if i%(3*w) >= 2*w {
					x[i] = 1
				}
			}
			eachVariant(d, attention, func(name string, force func()) {
				if a.width == 64 && name != "host" && name != "texel_64" {
					return // slow on a processor, and no other loop over keys than with the narrow head
				}
				s := d.Scope()
				defer s.Close()
				q, k, v := a.thirds(s.Upload(x, a.rows(), 3*w))
				o, lse := s.Floats(a.rows(), w), s.Floats(a.heads, a.len)
				force()
				Attention(o, q, k, v, lse, a.options())
				for i, y := range read(t, o) {
					require.InDelta(t, 1, y, 1e-5, "%s, row %d", name, i/w) // two sums of 4097 weights
				}
				got := read(t, lse)
				p := AttentionParams{Len: int32(a.len), Width: int32(a.width), LdQ: int32(3 * w), LdK: int32(3 * w), Causal: flag(a.causal), Scale: float32(1 / math.Sqrt(float64(a.width)))}
				x64 := float64s(x)
				for _, i := range []int{0, 7, 64, 2000, 4096} {
					_, want := attentionWeights(p, x64, x64[w:], 0, 0, i)
					require.InDelta(t, want, got[i], 1e-5, "%s, row %d", name, i)
				}
			})
		}
	})
}

// eachVariant calls f for every variant of a kernel on gl, once on host; force makes it the one
// that runs.
func eachVariant[P any](d *engine.Device, k *engine.Kernel[P], f func(name string, force func())) {
	if d.Caps().Kind == "host" {
		f("host", func() {})
		return
	}
	for _, v := range k.Variants {
		f(v.Name, func() { d.Force(k.Name, v.Name) })
	}
	d.Force(k.Name, "")
}

// NaN in a query is its row's alone, in a key it is that of every row which sees it; a row of
// nothing but -Inf is 0.
func TestAttentionOfNaNAndInf(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		eachVariant(d, attention, func(name string, force func()) {
			s := d.Scope()
			defer s.Close()
			a := heads{2, 9, 1, 4, true}
			w := a.cols()
			x := normals(5, a.rows()*3*w, 0)
			at := func(b, i, third int) []float32 { return x[(b*a.len+i)*3*w+third*w:][:w] }
			at(0, 3, 0)[1] = nan
			at(1, 6, 1)[2] = nan
			for i := range a.len { // a key that nobody wants
				at(1, i, 0)[0] = 1
			}
			copy(at(1, 0, 1), []float32{-inf, 0, 0, 0})
			q, k, v := a.thirds(s.Upload(x, a.rows(), 3*w))
			o, lse := s.Floats(a.rows(), w), s.Floats(a.batch, a.len)
			force()
			Attention(o, q, k, v, lse, a.options())
			got, l := read(t, o), read(t, lse)
			for row := range a.rows() {
				b, i := row/a.len, row%a.len
				bad := b == 0 && i == 3 || b == 1 && i >= 6
				require.Equal(t, bad, l[row] != l[row], "%s: lse of row %d of %d is %g", name, i, b, l[row])
				for _, y := range got[row*w:][:w] {
					require.Equal(t, bad, y != y, "%s: row %d of %d holds %g", name, i, b, y)
				}
			}
			require.Equal(t, []float32{0, 0, 0, 0}, got[a.len*w:][:w], name)
			require.Equal(t, -inf, l[a.len], name)
		})
	})
}

// NaN in the gradient of a query reaches dk of the keys which that query sees, and no other.
func TestAttentionBackOfNaN(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		eachVariant(d, attentionBack, func(name string, force func()) {
			p := AttentionBackParams{
				Batch: 1, Len: 9, Heads: 1, Width: 4, LdDq: 4, LdDk: 4, LdDv: 4, LdDout: 4, LdQ: 4, LdK: 4, LdV: 4, Causal: 1, Parts: partK, Scale: 0.5,
			}
			c := d.Caps()
			if c.Kind == "gl" && !attentionBack.CanRun(name, p, &c) {
				return // makes another part
			}
			s := d.Scope()
			defer s.Close()
			x := func(seed uint64) *engine.Tensor { return s.Upload(normals(seed, 9*4, 0), 9, 4) }
			q, k, v, o, lse, rows := x(1), x(2), x(3), s.Floats(9, 4), s.Floats(1, 9), s.Floats(9, 2)
			Attention(o, q, k, v, lse, AttentionOptions{Batch: 1, Heads: 1, Causal: true, Scale: p.Scale})
			bad := normals(4, 9*4, 0)
			bad[2*4+1] = float32(math.NaN()) // of query 2, which keys 0 to 2 are seen by
			dout, dk := s.Upload(bad, 9, 4), s.Floats(9, 4)
			attentionDelta.Run(AttentionDeltaParams{1, 9, 1, 4, 4, 4}, rows, lse, dout, o)
			force()
			attentionBack.Run(p, rows, dk, rows, dout, q, k, v, rows)
			for i, g := range read(t, dk) {
				require.Equal(t, i/4 <= 2, g != g, "%s: dk of key %d holds %g", name, i/4, g)
			}
		})
	})
}

// The gradients of L = sum w o, by the device's own launches and by one for all parts, added up
// twice, against differences in float64.
func TestAttentionGradients(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, a := range []heads{{2, 11, 2, 8, false}, {1, 70, 2, 20, true}, {2, 9, 1, 7, true}} {
			s := d.Scope()
			x, w := normals(1, a.rows()*3*a.cols(), 0), normals(2, a.rows()*a.cols(), 0)
			q, k, v := a.thirds(s.Upload(x, a.rows(), 3*a.cols()))
			do := s.Upload(w, a.rows(), a.cols())
			o, lse := s.Floats(a.rows(), a.cols()), s.Floats(a.batch, a.heads, a.len)
			Attention(o, q, k, v, lse, a.options())
			grad := s.Floats(a.rows(), 3*a.cols())
			dq, dk, dv := a.thirds(grad)
			AttentionBack(dq, dk, dv, do, q, k, v, o, lse, a.options(), false)
			AttentionBack(dq, nil, dv, do, q, k, v, o, lse, a.options(), true)
			AttentionBack(nil, dk, nil, do, q, k, v, o, lse, a.options(), true)
			loss := func(at [][]float64) (l float64) {
				o, _ := a.define64(at[0])
				for i, y := range o {
					l += y * float64(w[i])
				}
				return l
			}
			checkGradients(t, loss, [][]float32{x}, [][]float32{read(t, grad)}, 2)
			s.Close()
		}
	})
}

func TestAttentionRefuses(t *testing.T) {
	s := openHost(t).Scope()
	defer s.Close()
	x := s.Zeros(6, 8)
	o := s.Zeros(6, 8)
	run := func(lse *engine.Tensor, batch, heads int) func() {
		return func() { Attention(o, x, x, x, lse, AttentionOptions{Batch: batch, Heads: heads}) }
	}
	require.PanicsWithError(t, "engine: attention: 6 rows in 4 sequences", run(nil, 4, 2))
	require.PanicsWithError(t, "engine: attention: 8 columns in 3 heads", run(nil, 2, 3))
	require.PanicsWithError(t, "engine: attention: lse is float 5, not 12 contiguous numbers", run(s.Zeros(5), 2, 2))
	require.Panics(t, run(nil, 0, 2))
	require.Panics(t, func() { Attention(x, x, x, x, nil, AttentionOptions{Batch: 1, Heads: 1}) }, "o is q")
	require.Panics(t, func() {
		AttentionBack(o, nil, nil, o, x, x, x, x, nil, AttentionOptions{Batch: 1, Heads: 1}, false)
	}, "no logsumexps")
}
