package kernels

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// tensor is a list of numbers in JSON; what JSON has no number for is a string.
type tensor []float64

func (x *tensor) UnmarshalJSON(data []byte) error {
	var list []any
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, v := range list {
		f, ok := v.(float64)
		if !ok {
			var err error
			if f, err = strconv.ParseFloat(v.(string), 64); err != nil {
				return err
			}
		}
		*x = append(*x, f)
	}
	return nil
}

func (x tensor) floats() []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// pictureCase is one of testdata/images.json, which images.py makes with PyTorch.
type pictureCase struct {
	Kind                                string
	Shape                               []int32
	X, Y, Dy, Dx                        tensor
	Weights, Bias, Residual, Dw         tensor
	Gain, Shift, Mean, Variance, Normed tensor
	Index                               []int32
}

func (c pictureCase) upload(s *engine.Scope, x tensor, shape ...int32) *engine.Tensor {
	dims := make([]int, len(shape))
	for i, d := range shape {
		dims[i] = int(d)
	}
	return s.Upload(x.floats(), dims...)
}

// equal compares with PyTorch's numbers: both err by at most gamma of the sums' terms, none of
// which reaches 20; NaN and Inf are equal.
func (c pictureCase) equal(t *testing.T, want tensor, x *engine.Tensor, terms int) {
	t.Helper()
	got := read(t, x)
	require.Len(t, got, len(want))
	for i, w := range want {
		if g := float64(got[i]); math.IsNaN(w) && math.IsNaN(g) || math.IsInf(w, 0) && g == w {
			continue
		}
		require.InDelta(t, w, got[i], 2*engine.Gamma(terms+4)*20*float64(terms), "element %d", i)
	}
}

func TestImagesAsPyTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/images.json")
	require.NoError(t, err)
	var cases []pictureCase
	require.NoError(t, json.Unmarshal(data, &cases))
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, c := range cases {
			s := d.Scope()
			map[string]func(*testing.T, *engine.Scope, pictureCase){
				"conv": convAsPyTorch, "max_pool": poolAsPyTorch, "average_pool": averageAsPyTorch,
			}[c.Kind](t, s, c)
			s.Close()
		}
	})
}

func convAsPyTorch(t *testing.T, s *engine.Scope, c pictureCase) {
	v := c.Shape
	p := conv(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8])
	o := ConvOptions{Stride: int(p.Stride), Padding: int(p.Padding), Bias: c.upload(s, c.Bias, p.O)}
	x, w, dy := c.upload(s, c.X, p.N, p.H, p.W, p.C), c.upload(s, c.Weights, p.O, p.Kh, p.Kw, p.C), c.upload(s, c.Dy, p.N, p.Oh, p.Ow, p.O)
	y, dx, dw := s.Floats(dy.Shape()...), s.Floats(x.Shape()...), s.Floats(w.Shape()...)
	Conv2DBack(dx, dw, dy, x, w, o, false)
	c.equal(t, c.Dx, dx, p.taps()*int(p.O))
	c.equal(t, c.Dw, dw, p.pixels())

	norm := BatchNorm{c.Gain.floats(), c.Shift.floats(), c.Mean.floats(), c.Variance.floats(), 1e-5}
	weights, folded := norm.Fold(c.Weights.floats(), c.Bias.floats())
	Conv2D(y, x, s.Upload(weights, w.Shape()...), ConvOptions{Stride: o.Stride, Padding: o.Padding, Bias: s.Upload(folded, len(folded))})
	c.equal(t, c.Normed, y, 12*p.depth()) // magnified by gain / sqrt(variance) < 4 / sqrt(0.1)

	o.Residual, o.Act = c.upload(s, c.Residual, p.N, p.Oh, p.Ow, p.O), ActReLU
	Conv2D(y, x, w, o)
	c.equal(t, c.Y, y, p.depth())
}

func poolAsPyTorch(t *testing.T, s *engine.Scope, c pictureCase) {
	v := c.Shape
	p := pool(v[0], v[1], v[2], v[3], v[4], v[5], v[6])
	o := PoolOptions{int(p.Size), int(p.Stride), int(p.Padding)}
	x, dy := c.upload(s, c.X, p.N, p.H, p.W, p.C), c.upload(s, c.Dy, p.N, p.Oh, p.Ow, p.C)
	y, dx, index := s.Floats(dy.Shape()...), s.Floats(x.Shape()...), s.Ints(dy.Shape()...)
	MaxPool(y, nil, x, o)
	c.equal(t, c.Y, y, 1)
	MaxPool(y, index, x, o)
	c.equal(t, c.Y, y, 1)
	got := make([]int32, len(c.Index))
	require.NoError(t, index.ReadInts(got))
	require.Equal(t, c.Index, got)
	MaxPoolBack(dx, dy, index, o, false)
	c.equal(t, c.Dx, dx, 9)
}

func averageAsPyTorch(t *testing.T, s *engine.Scope, c pictureCase) {
	v := c.Shape
	y := s.Floats(int(v[0]), int(v[3]))
	GlobalAveragePool(y, c.upload(s, c.X, v...))
	c.equal(t, c.Y, y, int(v[1]*v[2]))
}

// Pooling's gradients are the transposes of pooling at a given input: <dx, v> = <dy, pool(v)>,
// max pooling taking the pixels of its index.
func TestPoolGradients(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		r := rand.New(rand.NewPCG(18, 1))
		const n, h, w, c = 2, 7, 9, 5
		o := PoolOptions{Size: 3, Stride: 2, Padding: 1}
		x, v := normalSlice(r, n*h*w*c), normalSlice(r, n*h*w*c)
		y, index := s.Floats(n, 4, 5, c), s.Ints(n, 4, 5, c)
		MaxPool(y, index, s.Upload(x, n, h, w, c), o)
		at := make([]int32, index.Len())
		require.NoError(t, index.ReadInts(at))
		dy, dx := normalSlice(r, y.Len()), s.Floats(n, h, w, c)
		MaxPoolBack(dx, s.Upload(dy, n, 4, 5, c), index, o, false)
		MaxPoolBack(dx, s.Upload(dy, n, 4, 5, c), index, o, true)
		var left, right, size float64
		for i, g := range read(t, dx) {
			left += float64(g) * float64(v[i])
		}
		for i, g := range dy {
			k := (i/(20*c)*h*w+int(at[i]))*c + i%c
			require.Equal(t, x[k], read(t, y)[i])
			right += 2 * float64(g) * float64(v[k])
			size += 2 * math.Abs(float64(g)*float64(v[k]))
		}
		require.InDelta(t, right, left, engine.Gamma(8)*size)

		mean, dmean := s.Floats(n, c), normalSlice(r, n*c)
		GlobalAveragePool(mean, s.Upload(v, n, h, w, c))
		GlobalAveragePoolBack(dx, s.Upload(dmean, n, c), false)
		GlobalAveragePoolBack(dx, s.Upload(dmean, n, c), true)
		left, right, size = 0, 0, 0
		for i, g := range read(t, dx) {
			left += float64(g) * float64(v[i])
			size += math.Abs(float64(g) * float64(v[i]))
		}
		for i, m := range read(t, mean) {
			right += 2 * float64(m) * float64(dmean[i])
		}
		require.InDelta(t, right, left, engine.Gamma(h*w+8)*size*2)
	})
}

func TestPoolsRefuse(t *testing.T) {
	d := openHost(t)
	s := d.Scope()
	defer s.Close()
	f := s.Floats
	for want, call := range map[string]func(){
		"at most half":      func() { MaxPool(f(1, 4, 4, 1), nil, f(1, 3, 3, 1), PoolOptions{Size: 3, Stride: 1, Padding: 2}) },
		"is no pooling of":  func() { MaxPool(f(1, 2, 2, 1), nil, f(1, 3, 3, 1), PoolOptions{Size: 2}) },
		"four axes":         func() { MaxPool(f(2, 2), nil, f(4, 4), PoolOptions{Size: 2}) },
		"do not fit":        func() { MaxPool(f(1, 1, 1, 2), nil, f(1, 2, 2, 1), PoolOptions{Size: 2}) },
		"index int 2 for y": func() { MaxPool(f(1, 1, 1, 1), s.Ints(2), f(1, 2, 2, 1), PoolOptions{Size: 2}) },
		"in 1 of padding alone": func() {
			p := pool(1, 1, 1, 1, 2, 1, 1)
			p.Oh = 3
			maxPool.Size(p)
		},
		"at most 32000":  func() { GlobalAveragePool(f(1, 1), f(1, 200, 161, 1)) },
		"for x float":    func() { GlobalAveragePool(f(2, 1), f(1, 2, 2, 1)) },
		"dx float 1x2x2": func() { GlobalAveragePoolBack(f(1, 2, 2, 1), f(1, 2), false) },
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
