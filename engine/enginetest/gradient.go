package enginetest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// Differentiable is a function of tensors, as a network computes it, with its gradients.
type Differentiable struct {
	// Shapes are those of the operands, whose numbers are drawn from N(0, 1).
	Shapes [][]int
	// Run computes y of x on the device of the scope and, from a gradient of y that weights
	// gives by its shape, the gradients of all x.
	Run func(s *engine.Scope, x []*engine.Tensor, weights func(shape []int) *engine.Tensor) (y *engine.Tensor, dx []*engine.Tensor)
	// Around shifts operand i's numbers before they are used; nil: not.
	Around func(i int, v float64) float64
}

// Derivatives are what a device made of a Differentiable.
type Derivatives struct {
	Y  []float64
	DX [][]float64
}

// At runs the function on a device, with numbers of a seed, moved by h times direction of
// another seed. On a device that runs definitions everything is float64.
func (f Differentiable) At(d *engine.Device, exact bool, seed uint64, h float64) (*Derivatives, error) {
	s := d.Scope()
	defer s.Close()
	x := make([]*engine.Tensor, len(f.Shapes))
	for i, shape := range f.Shapes {
		list := f.operand(i, seed)
		for j, v := range f.direction(i, seed) {
			list[j] += h * v
		}
		x[i] = upload(s, exact, list, shape)
	}
	y, dx := f.Run(s, x, func(shape []int) *engine.Tensor { return upload(s, exact, weights(shape, seed), shape) })
	out := &Derivatives{}
	var err error
	if out.Y, err = download(y, exact); err != nil {
		return nil, err
	}
	for i, g := range dx {
		if g == nil {
			return nil, fmt.Errorf("operand %d has no gradient", i)
		}
		list, err := download(g, exact)
		if err != nil {
			return nil, err
		}
		out.DX = append(out.DX, list)
	}
	return out, nil
}

// Slope gives the derivative of sum w y along the direction of the seed, once by the gradients
// that a device of definitions computes, once by differences of y: with steps h and 2h and
// Richardson's extrapolation the error is of order h^4 of the function's fifth derivative.
func (f Differentiable) Slope(definitions *engine.Device, seed uint64, h float64) (byGradient, byDifference float64, err error) {
	at, err := f.At(definitions, true, seed, 0)
	if err != nil {
		return 0, 0, err
	}
	for i := range f.Shapes {
		for j, v := range f.direction(i, seed) {
			byGradient += v * at.DX[i][j]
		}
	}
	difference := func(h float64) float64 {
		sum := 0.0
		for _, sign := range []float64{1, -1} {
			moved, e := f.At(definitions, true, seed, sign*h)
			if e != nil {
				err = e
				return 0
			}
			for j, w := range weights([]int{len(moved.Y)}, seed) {
				sum += sign * w * moved.Y[j]
			}
		}
		return sum / (2 * h)
	}
	byDifference = (4*difference(h) - difference(2*h)) / 3
	return byGradient, byDifference, err
}

func (f Differentiable) operand(i int, seed uint64) []float64 {
	list := numbers(f.Shapes[i], seed, uint64(i))
	for j, v := range list {
		if f.Around != nil {
			v = f.Around(i, v)
		}
		list[j] = float64(float32(v))
	}
	return list
}

func (f Differentiable) direction(i int, seed uint64) []float64 {
	list := numbers(f.Shapes[i], seed, 1000+uint64(i))
	norm := 0.0
	for _, v := range list {
		norm += v * v
	}
	for j := range list {
		list[j] /= math.Sqrt(norm)
	}
	return list
}

func weights(shape []int, seed uint64) []float64 {
	list := numbers(shape, seed, 2000)
	for i, v := range list {
		list[i] = float64(float32(v))
	}
	return list
}

func numbers(shape []int, seed, stream uint64) []float64 {
	n := 1
	for _, d := range shape {
		n *= d
	}
	r := rand.New(rand.NewPCG(seed, stream))
	list := make([]float64, n)
	for i := range list {
		list[i] = r.NormFloat64()
	}
	return list
}

func upload(s *engine.Scope, exact bool, list []float64, shape []int) *engine.Tensor {
	t := s.Floats(shape...)
	if exact {
		t.WriteExact(list)
		return t
	}
	rounded := make([]float32, len(list))
	for i, v := range list {
		rounded[i] = float32(v)
	}
	t.Write(rounded)
	return t
}

func download(t *engine.Tensor, exact bool) ([]float64, error) {
	if exact {
		return t.Exact()
	}
	list, err := t.Floats()
	out := make([]float64, len(list))
	for i, v := range list {
		out[i] = float64(v)
	}
	return out, err
}
