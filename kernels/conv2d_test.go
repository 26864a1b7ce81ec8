package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

// wide gives x in float64.
func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// within compares a tensor with a definition and the error that it may have, element by element.
func within(t *testing.T, x *engine.Tensor, want, bound []float64, what string) {
	t.Helper()
	got := read(t, x)
	require.Len(t, got, len(want), what)
	for i, w := range want {
		require.InDelta(t, w, float64(got[i]), bound[i], "%s, element %d", what, i)
	}
}

// What the host computes in tiles, by every kind that this processor has, and by the BLAS.
func TestKernelsByEveryTile(t *testing.T) {
	best := hostTile
	t.Cleanup(func() { hostTile = best })
	for _, blas := range []string{"gonum", "openblas"} {
		d, err := engine.Open("host", engine.WithBLAS(blas))
		if err != nil && blas == "openblas" {
			t.Log("OpenBLAS is not installed; gonum was tested")
			continue
		}
		require.NoError(t, err)
		for _, hostTile = range append(vectorTiles(), vectorTile{}) {
			for _, k := range []engine.Spec{conv2d, conv2dBack, cosineGram} {
				for _, r := range enginetest.VerifyKernel(d, k) {
					require.True(t, r.OK, "%s, tiles of %d x %d: %s: %s", r.Kernel, hostTile.rows, hostTile.cols, r.Case, r.Why)
				}
			}
		}
		d.Close()
	}
}

// layers are convolutions as networks have them: sizes, and what Conv2D does about each.
var layers = []struct {
	name string
	p    ConvParams
}{
	{"a first layer, 3 channels", conv(2, 17, 16, 3, 6, 7, 7, 2, 3)},
	{"one channel", conv(2, 9, 9, 1, 5, 3, 3, 1, 1)},
	{"channels in fours", conv(2, 9, 8, 8, 12, 3, 3, 1, 1)},
	{"halved", conv(2, 9, 8, 8, 10, 3, 3, 2, 1)},
	{"a shortcut", conv(2, 8, 8, 8, 16, 1, 1, 2, 0)},
	{"a product", conv(2, 5, 6, 7, 9, 1, 1, 1, 0)},
	{"patches", conv(2, 12, 8, 3, 10, 4, 4, 4, 0)},
	{"padding alone", conv(1, 2, 3, 4, 4, 1, 1, 1, 1)},
	{"not square", conv(1, 6, 9, 5, 4, 2, 3, 1, 1)},
	{"kernel smaller than stride", conv(1, 8, 9, 4, 4, 2, 2, 3, 0)},
}

// tensors uploads the operands of a layer, normal numbers.
func (p ConvParams) tensors(s *engine.Scope, r *rand.Rand) (y, x, w, bias, residual *engine.Tensor, b [][]float64) {
	draw := func(shape ...int32) (*engine.Tensor, []float64) {
		n, dims := 1, []int{}
		for _, d := range shape {
			n, dims = n*int(d), append(dims, int(d))
		}
		v := normalSlice(r, n)
		return s.Upload(v, dims...), wide(v)
	}
	b = make([][]float64, 5)
	y, b[0] = draw(p.N, p.Oh, p.Ow, p.O)
	x, b[1] = draw(p.N, p.H, p.W, p.C)
	w, b[2] = draw(p.O, p.Kh, p.Kw, p.C)
	bias, b[3] = draw(p.O)
	residual, b[4] = draw(p.N, p.Oh, p.Ow, p.O)
	return y, x, w, bias, residual, b
}

func TestConv2D(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for i, l := range layers {
			s := d.Scope()
			y, x, w, bias, residual, b := l.p.tensors(s, rand.New(rand.NewPCG(11, uint64(i))))
			o := ConvOptions{Stride: int(l.p.Stride), Padding: int(l.p.Padding)}
			check := func(p ConvParams, what string) {
				t.Helper()
				Conv2D(y, x, w, o)
				p.ref(b)
				within(t, y, b[0], p.bound(d.Caps().Math, b)[0], l.name+what)
			}
			p := l.p
			check(p, "")
			o.Bias, o.Act, p.HasBias, p.Act = bias, ActReLU, 1, ActReLU
			check(p, ", bias and relu")
			o.Residual, o.Act, p.HasResidual, p.Act = residual, ActGELU, 1, ActGELU
			check(p, ", residual and gelu")
			s.Close()
		}
	})
}

// Channels of wider images, in and out; the rest of those stays as it was.
func TestConv2DOfChannels(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		p := conv(2, 6, 7, 5, 6, 3, 3, 1, 1)
		y, x, w, _, _, b := p.tensors(s, rand.New(rand.NewPCG(12, 1)))
		wideX, wideY := s.Zeros(2, 6, 7, 9), s.Zeros(2, 6, 7, 10)
		pad := func(to, from *engine.Tensor) { Scale(to, 1, from) }
		pad(wideX.SliceCols(2, 7), x)
		Conv2D(wideY.SliceCols(3, 9), wideX.SliceCols(2, 7), w, ConvOptions{Padding: 1})
		p.ref(b)
		pad(y, wideY.SliceCols(3, 9))
		within(t, y, b[0], p.bound(d.Caps().Math, b)[0], "channels")
		for _, x := range append(read(t, wideY.SliceCols(0, 3)), read(t, wideY.SliceCols(9, 10))...) {
			require.Zero(t, x)
		}
	})
}

// weightsRef is the definition of the gradient by the weights, and what bounds its error.
func (p ConvParams) weightsRef(dy, x []float64) (dw, bound []float64) {
	sums := func(dy, x []float64) []float64 {
		dw := make([]float64, int(p.O)*p.depth())
		p.each(func(pixel, at, tap int) {
			if at < 0 {
				return
			}
			for o := range int(p.O) {
				floats.AddScaled(dw[o*p.depth()+tap:][:p.C], dy[pixel*int(p.O)+o], x[at:at+int(p.C)])
			}
		})
		return dw
	}
	bound = sums(absAll(dy), absAll(x))
	floats.Scale(engine.Gamma(p.pixels()+3), bound)
	return sums(dy, x), bound
}

func TestConv2DBack(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for i, l := range layers {
			s := d.Scope()
			p := l.p
			dy, x, w, _, _, b := p.tensors(s, rand.New(rand.NewPCG(13, uint64(i))))
			dx, dw := s.Zeros(x.Shape()...), s.Zeros(w.Shape()...)
			o := ConvOptions{Stride: int(p.Stride), Padding: int(p.Padding)}
			Conv2DBack(dx, dw, dy, x, w, o, false)
			q := p.back(0)
			back := [][]float64{make([]float64, len(b[1])), b[0], b[2]}
			q.ref(back)
			boundX := q.bound(d.Caps().Math, back)[0]
			within(t, dx, back[0], boundX, l.name+", dx")
			wantW, boundW := p.weightsRef(b[0], b[1])
			within(t, dw, wantW, boundW, l.name+", dw")

			// Once more on top of it, the sums of images apart, as GPUs take them.
			Conv2DBack(dx, nil, dy, x, w, o, true)
			convWeightsBack(dw, dy, x, p, true, true)
			twice := func(x []float64) []float64 { y := append([]float64{}, x...); floats.Scale(2, y); return y }
			more := func(bound, size []float64) []float64 {
				y := twice(bound)
				floats.AddScaled(y, 2*engine.U, absAll(twice(size)))
				return y
			}
			within(t, dx, twice(back[0]), more(boundX, back[0]), l.name+", dx accumulated")
			within(t, dw, twice(wantW), more(boundW, wantW), l.name+", dw accumulated")
			s.Close()
		}
	})
}

// The definitions of the gradients are those of the definition of the convolution: along a
// random direction, <dx, v> is the rate at which <dy, y> changes when x moves along v. y is
// linear in x and in w, so a difference over any step is exact but for float64's rounding.
func TestConvolutionGradientsAreDerivatives(t *testing.T) {
	for i, l := range layers {
		p, r := l.p, rand.New(rand.NewPCG(14, uint64(i)))
		draw := func(n int) []float64 { return wide(normalSlice(r, n)) }
		size := p.size()
		dy, x, w := draw(size[0]), draw(size[1]), draw(size[2])
		loss := func(x, w []float64) float64 {
			y := make([]float64, size[0])
			p.ref([][]float64{y, x, w, nil, nil})
			return floats.Dot(dy, y)
		}
		dx := make([]float64, size[1])
		p.back(0).ref([][]float64{dx, dy, w})
		dw, _ := p.weightsRef(dy, x)
		along := func(x, v []float64, step float64) []float64 {
			moved := append([]float64{}, x...)
			floats.AddScaled(moved, step, v)
			return moved
		}
		v, u := draw(size[1]), draw(size[2])
		terms := float64(p.depth()) * float64(size[0])
		require.InDelta(t, floats.Dot(dx, v), (loss(along(x, v, 0.5), w) - loss(along(x, v, -0.5), w)), terms*1e-14, l.name)
		require.InDelta(t, floats.Dot(dw, u), (loss(x, along(w, u, 0.5)) - loss(x, along(w, u, -0.5))), terms*1e-14, l.name)
	}
}

// Long batches go through the patches in parts.
func TestConv2DBackInParts(t *testing.T) {
	d := openHost(t)
	s := d.Scope()
	defer s.Close()
	p := conv(5, 40, 41, 32, 2, 9, 9, 1, 4) // 5 x 4.25 million elements of patches
	require.Greater(t, int(p.N)*int(p.Oh*p.Ow)*p.depth(), 2*patchFloats)
	dy, x, w, _, _, b := p.tensors(s, rand.New(rand.NewPCG(15, 1)))
	dw := s.Floats(w.Shape()...)
	Conv2DBack(nil, dw, dy, x, w, ConvOptions{Padding: 4}, false)
	want, bound := p.weightsRef(b[0], b[1])
	within(t, dw, want, bound, "dw")
}

func TestConv2DRefuses(t *testing.T) {
	d := openHost(t)
	s := d.Scope()
	defer s.Close()
	f := s.Floats
	for want, call := range map[string]func(){
		"a tensor is nil":     func() { Conv2D(f(1, 3, 3, 2), nil, f(2, 3, 3, 4), ConvOptions{Padding: 1}) },
		"has not four axes":   func() { Conv2D(f(3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1}) },
		"do not fit":          func() { Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 5), f(2, 3, 3, 4), ConvOptions{Padding: 1}) },
		"want 1 along axis 1": func() { Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{}) },
		"does not fit 2":      func() { Conv2D(f(1, 1, 1, 2), f(1, 2, 2, 4), f(2, 3, 3, 4), ConvOptions{}) },
		"stride -1":           func() { Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Stride: -1, Padding: 1}) },
		"bias float 3 for 2":  func() { Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1, Bias: f(3)}) },
		"[1 3 3 2] and [1 3 2 3]": func() {
			Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1, Residual: f(1, 3, 2, 3)})
		},
		"is no activation": func() { Conv2D(f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1, Act: 99}) },
		"y overlaps x":     func() { x := f(1, 3, 3, 2); Conv2D(x, x, f(2, 3, 3, 2), ConvOptions{Padding: 1}) },
		"[1 3 3 4] and [1 3 3 5]": func() {
			Conv2DBack(f(1, 3, 3, 5), nil, f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1}, false)
		},
		"[2 3 3 4] and [2 3 3 5]": func() {
			Conv2DBack(nil, f(2, 3, 3, 5), f(1, 3, 3, 2), f(1, 3, 3, 4), f(2, 3, 3, 4), ConvOptions{Padding: 1}, false)
		},
	} {
		func() {
			defer func() {
				e, ok := recover().(*engine.Error)
				require.True(t, ok, want)
				require.ErrorContains(t, e, want)
			}()
			call()
		}()
	}
}

// A batch norm behind a convolution, applied as it is and folded into the weights.
func TestBatchNormFolds(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		r := rand.New(rand.NewPCG(16, 1))
		p := conv(2, 6, 5, 4, 7, 3, 3, 1, 1)
		y, x, w, bias, residual, b := p.tensors(s, r)
		n := BatchNorm{Gain: normalSlice(r, 7), Shift: normalSlice(r, 7), Mean: normalSlice(r, 7), Variance: normalSlice(r, 7), Eps: 1e-5}
		for i, v := range n.Variance {
			n.Variance[i] = v*v + 0.1
		}
		flat := func(x *engine.Tensor) []float32 { return read(t, x) }

		// The definition, in float64.
		p.HasBias = 1
		p.ref(b)
		for i, v := range b[0] {
			c := i % 7
			b[0][i] = max(0, (v-float64(n.Mean[c]))/math.Sqrt(float64(n.Variance[c])+1e-5)*float64(n.Gain[c])+float64(n.Shift[c])+b[4][i])
		}
		// Sums of 36 terms below 4.5^2, magnified by gain / sqrt(variance) < 4.5 / 0.3.
		bound := engine.Gamma(36+8) * 38 * 4.5 * 4.5 * 15

		weights, folded := n.Fold(flat(w), flat(bias))
		Conv2D(y, x, s.Upload(weights, 7, 3, 3, 4), ConvOptions{Padding: 1, Bias: s.Upload(folded, 7), Residual: residual, Act: ActReLU})
		require.InDeltaSlice(t, b[0], wide(flat(y)), bound)

		Conv2D(y, x, w, ConvOptions{Padding: 1, Bias: bias})
		scale, shift := n.Affine()
		ColumnAffine(y, y, s.Upload(scale, 7), s.Upload(shift, 7), residual, ActReLU)
		require.InDeltaSlice(t, b[0], wide(flat(y)), bound)
	})
	require.Panics(t, func() { BatchNorm{Gain: make([]float32, 2)}.Affine() })
	require.Panics(t, func() {
		BatchNorm{Gain: []float32{1}, Shift: []float32{0}, Mean: []float32{0}, Variance: []float32{1}}.Fold([]float32{1}, []float32{1, 2})
	})
}

// Column affine's gradients against sums in float64, accumulated.
func TestColumnAffineBack(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const rows, cols = 150, 6
		r := rand.New(rand.NewPCG(17, 1))
		dy, x, scale := normalSlice(r, rows*cols), normalSlice(r, rows*cols), normalSlice(r, cols)
		one := []float32{1, 1, 1, 1, 1, 1}
		dscale, dshift := s.Upload(one, cols), s.Upload(one, cols)
		dyT := s.Upload(dy, rows, cols)
		ColumnAffineBack(dyT, dscale, dshift, dyT, s.Upload(x, rows, cols), s.Upload(scale, cols), false)
		ColumnAffineBack(nil, dscale, dshift, s.Upload(dy, rows, cols), s.Upload(x, rows, cols), s.Upload(scale, cols), true)
		var wantScale, wantShift [cols]float64
		for i, v := range dy {
			wantScale[i%cols] += 2 * float64(v) * float64(x[i])
			wantShift[i%cols] += 2 * float64(v)
			dy[i] = v * scale[i%cols]
		}
		bound := engine.Gamma(rows+3) * 2 * rows * 20 // no product of two reaches 20
		require.InDeltaSlice(t, wantScale[:], wide(read(t, dscale)), bound)
		require.InDeltaSlice(t, wantShift[:], wide(read(t, dshift)), bound)
		require.InDeltaSlice(t, wide(dy), wide(read(t, dyT)), 0)
	})
}

func ExampleConv2D() {
	d, err := engine.Open("host")
	if err != nil {
		panic(err)
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x := s.Upload([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1) // one image of 3 x 3 pixels, one channel
	w := s.Upload([]float32{1, 0, 0, -1}, 1, 2, 2, 1)               // one filter of 2 x 2
	y := s.Floats(1, 2, 2, 1)
	Conv2D(y, x, w, ConvOptions{Bias: s.Upload([]float32{5}, 1), Act: ActReLU})
	fmt.Println(y.Floats())
	// Output: [1 1 1 1] <nil>
}
