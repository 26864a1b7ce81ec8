package bench

import (
	"embed"
	"fmt"
	"math"

	"mindgap/engine"
)

//go:embed *.glsl include/*.glsl
var shaders embed.FS

// MultiplyAddParams: n floats, each going through steps multiply-adds; n is a multiple of
// 16, steps of 4.
type MultiplyAddParams struct{ N, Steps int32 }

// The map v = a v + b, whose fixed point is 1.
const (
	mulA = 1 - 1.0/1024
	mulB = 1.0 / 1024
)

var multiplyAdd = &engine.Kernel[MultiplyAddParams]{
	Name: "roofline_multiply_add", Doc: "y = x after steps times v = a v + b", Source: shaders,
	Bufs:     []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[MultiplyAddParams]{chained(8), chained(4)},
	Size: func(p MultiplyAddParams) []int {
		engine.Check("roofline_multiply_add", p.N >= 0 && p.N%16 == 0 && p.Steps >= 0 && p.Steps%4 == 0, "n=%d must be a multiple of 16, steps=%d of 4", p.N, p.Steps)
		return []int{int(p.N), int(p.N)}
	},
	Cost: func(p MultiplyAddParams) engine.Cost {
		return engine.Cost{Flops: 2 * float64(p.N) * float64(p.Steps), Bytes: 8 * float64(p.N)}
	},
	Ref: func(p MultiplyAddParams, b [][]float64) {
		// In closed form: v_s = a^s v_0 + (1 - a^s).
		as := math.Pow(mulA, float64(p.Steps))
		for i, x := range b[1] {
			b[0][i] = as*x + (1 - as)
		}
	},
	Host: func(h *engine.Host, p MultiplyAddParams, v []engine.View) {
		h.Parallel(int(p.N), chainGrain, func(lo, hi int) {
			hostChains.run(v[0].F[lo:hi], v[1].F[lo:hi], int(p.Steps))
		})
	},
	Bound: func(p MultiplyAddParams, _ engine.MathErrors, b [][]float64) [][]float64 {
		// Each step rounds a product and a sum, whose size is at most max(|x|, 1); a < 1 lets
		// no error grow.
		out := make([]float64, len(b[0]))
		for i, x := range b[1] {
			out[i] = engine.Gamma(2*int(p.Steps)) * max(math.Abs(x), 1)
		}
		return [][]float64{out, nil}
	},
	Cases: []MultiplyAddParams{{0, 4}, {16, 0}, {48, 8}, {96, 12}, {4096, 64}, {1 << 16, 256}},
}

// chained is the shader with a number of chains of vec4 in each invocation.
func chained(chains int) engine.Variant[MultiplyAddParams] {
	v := engine.Variant[MultiplyAddParams]{
		Name: fmt.Sprintf("%d chains", chains), File: "multiply_add.comp.glsl", Defines: []string{fmt.Sprintf("CHAINS=%d", chains)},
		Vec4:   []string{"y", "x"},
		Groups: func(p MultiplyAddParams) int { return (int(p.N)/(4*chains) + 63) / 64 },
		// The loops over chains have a constant end; counted as if nobody unrolled them.
		Loops: func(p MultiplyAddParams) int { return int(p.Steps)/4*(1+4*chains) + 2*chains },
		Fits:  func(p MultiplyAddParams, _ *engine.Caps) bool { return int(p.N)%(4*chains) == 0 },
	}
	if chains != 4 {
		v.Prefer = engine.Never[MultiplyAddParams]
	}
	return v
}

// chainGrain is what a core takes at a time: whole blocks of every chainKind.
const chainGrain = 4 * 768

// chainKind runs independent chains in the registers of one core, a block of floats at a time.
type chainKind struct {
	name   string // what does the arithmetic
	floats int    // of a block
	block  func(y, x *float32, steps int)
}

// hostChains is what this processor runs; tests try the others.
var hostChains = bestChains()

func bestChains() chainKind {
	if list := vectorChains(); len(list) > 0 {
		return list[0]
	}
	return chainKind{name: "Go, one number at a time"}
}

// run takes whole blocks in vectors and what is left, a multiple of eight, in plain Go.
func (k chainKind) run(y, x []float32, steps int) {
	for k.floats > 0 && len(x) >= k.floats {
		k.block(&y[0], &x[0], steps)
		y, x = y[k.floats:], x[k.floats:]
	}
	for ; len(x) >= 8; y, x = y[8:], x[8:] {
		chains8(y, x, steps)
	}
}

// chains8 runs eight independent chains.
func chains8(y, x []float32, steps int) {
	a, b, c, d, e, f, g, h := x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
	for range steps {
		a, b, c, d = a*mulA+mulB, b*mulA+mulB, c*mulA+mulB, d*mulA+mulB
		e, f, g, h = e*mulA+mulB, f*mulA+mulB, g*mulA+mulB, h*mulA+mulB
	}
	y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7] = a, b, c, d, e, f, g, h
}
