package measure

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
)

// minimise finds the minima of several convex functions of n numbers that are evaluated
// together, each by L-BFGS (Nocedal and Wright, algorithm 7.5) with a backtracking line
// search, to a gradient of 1e-6 times its scale, or to where float32's roundings of values
// and gradients end the descent.
func minimise(ctx context.Context, count, n int, scale []float64, f func(at [][]float64) ([]float64, [][]float64, error)) ([][]float64, error) {
	runs, at := make([]*descent, count), make([][]float64, count)
	for k := range runs {
		at[k] = make([]float64, n)
		runs[k] = &descent{x: make([]float64, n), tolerance: 1e-6 * scale[k]}
	}
	for range 500 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		value, grad, err := f(at)
		if err != nil {
			return nil, err
		}
		open := false
		for k, r := range runs {
			if !r.done {
				at[k] = r.next(at[k], value[k], grad[k])
			}
			open = open || !r.done
		}
		if !open {
			break
		}
	}
	for k, r := range runs {
		at[k] = r.x
	}
	return at, nil
}

// memory is how many steps L-BFGS remembers.
const memory = 12

// descent is one function's way down.
type descent struct {
	x, g, p   []float64 // point, gradient, direction
	value     float64
	step      float64
	tolerance float64
	s, y      [][]float64
	done      bool
}

// next takes value and gradient at the point that was asked for, and gives the next point.
func (r *descent) next(at []float64, value float64, grad []float64) []float64 {
	if r.g == nil {
		r.x, r.g, r.value = at, grad, value
		return r.turn()
	}
	slope := floats.Dot(r.g, r.p)
	if !(value <= r.value+1e-4*r.step*slope) {
		r.step /= 2
		if r.step < 1e-4 { // below the rounding of the value
			r.done = true
			return r.x
		}
		return r.ahead()
	}
	s, y := minus(at, r.x), minus(grad, r.g)
	if floats.Dot(s, y) > 1e-10*floats.Dot(y, y) {
		r.s, r.y = append(r.s, s), append(r.y, y)
		if len(r.s) > memory {
			r.s, r.y = r.s[1:], r.y[1:]
		}
	}
	r.x, r.g, r.value = at, grad, value
	return r.turn()
}

// turn chooses a direction and takes its full step.
func (r *descent) turn() []float64 {
	if floats.Norm(r.g, math.Inf(1)) <= r.tolerance {
		r.done = true
		return r.x
	}
	p := append([]float64(nil), r.g...)
	alpha := make([]float64, len(r.s))
	for i := len(r.s) - 1; i >= 0; i-- {
		alpha[i] = floats.Dot(r.s[i], p) / floats.Dot(r.y[i], r.s[i])
		floats.AddScaled(p, -alpha[i], r.y[i])
	}
	if n := len(r.s); n > 0 {
		floats.Scale(floats.Dot(r.s[n-1], r.y[n-1])/floats.Dot(r.y[n-1], r.y[n-1]), p)
	} else {
		floats.Scale(1/floats.Norm(p, 2), p)
	}
	for i := range r.s {
		beta := floats.Dot(r.y[i], p) / floats.Dot(r.y[i], r.s[i])
		floats.AddScaled(p, alpha[i]-beta, r.s[i])
	}
	floats.Scale(-1, p)
	r.p, r.step = p, 1
	return r.ahead()
}

func (r *descent) ahead() []float64 {
	out := append([]float64(nil), r.x...)
	floats.AddScaled(out, r.step, r.p)
	return out
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	floats.SubTo(out, a, b)
	return out
}
