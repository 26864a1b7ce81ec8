package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// AdamParams describes one step of Adam over matrices of rows x cols with row strides. Decay
// is the weight of p in the gradient or, where Decoupled is 1, the factor of p itself.
type AdamParams struct {
	Rows, Cols, LdP, LdM, LdV, LdG           int32
	KeepM, AddM, KeepV, AddV, Rate, RootBias float32
	Eps, Decay                               float32
	Decoupled                                int32
}

var adam = elementwise[AdamParams]{
	name: "adam", doc: "d = factor g (+ decay p), m = keep m + add d, v = keep v + add d^2, p -= rate m / (sqrt(v) / root_bias + eps)",
	file: "adam.comp.glsl", single: "factor",
	bufs: []engine.Buf{
		{Name: "p", Access: engine.InOut}, {Name: "m", Access: engine.InOut}, {Name: "v", Access: engine.InOut},
		{Name: "g", Access: engine.In}, {Name: "factor", Access: engine.In},
	},
	layout: func(p AdamParams) (rows, cols int32, o []operand) {
		return p.Rows, p.Cols, []operand{{ld: p.LdP, add: 1}, {ld: p.LdM, add: 1}, {ld: p.LdV, add: 1}, {ld: p.LdG}, {scalar: true}}
	},
	part:  func(p AdamParams, rows int32) AdamParams { p.Rows = rows; return p },
	flops: 13,
	ref: func(p AdamParams, b [][]float64) {
		for i := range b[0] {
			w, d := b[0][i], b[4][0]*b[3][i]
			if p.Decoupled != 0 {
				w *= float64(p.Decay)
			} else if p.Decay != 0 {
				d += float64(p.Decay) * w
			}
			m := float64(p.KeepM)*b[1][i] + float64(p.AddM)*d
			v := float64(p.KeepV)*b[2][i] + float64(p.AddV)*d*d
			b[0][i], b[1][i], b[2][i] = w-float64(p.Rate)*m/(math.Sqrt(v)/float64(p.RootBias)+float64(p.Eps)), m, v
		}
	},
	host: func(p AdamParams, b [][]float32) {
		if len(b[0]) == 0 {
			return
		}
		ps, ms, vs, gs, factor := b[0], b[1], b[2], b[3], b[4][0]
		ms, vs, gs = ms[:len(ps)], vs[:len(ps)], gs[:len(ps)]
		for i, w := range ps {
			d := factor * gs[i]
			if p.Decoupled != 0 {
				w *= p.Decay
			} else if p.Decay != 0 {
				d += p.Decay * w
			}
			m := p.KeepM*ms[i] + p.AddM*d
			v := p.KeepV*vs[i] + p.AddV*d*d
			ms[i], vs[i] = m, v
			ps[i] = w - p.Rate*m/(engine.Sqrt32(v)/p.RootBias+p.Eps)
		}
	},
	bound: adamBound,
	inputs: func(_ AdamParams, r *rand.Rand, b [][]float64) {
		for i := range b[0] {
			b[0][i] = r.NormFloat64()
		}
		for i := range b[1] {
			b[1][i] = 0.1 * r.NormFloat64()
		}
		for i := range b[2] {
			b[2][i] = 0.01 * r.ExpFloat64()
		}
		for i := range b[3] {
			b[3][i] = r.NormFloat64()
		}
		for i := range b[4] {
			b[4][i] = 0.5 + r.Float64()
		}
	},
	cases: []AdamParams{
		adamCase(0, 5, 0, AdamOptions{}), adamCase(3, 0, 0, AdamOptions{}), adamCase(1, 1, 0, AdamOptions{Decay: 0.1}), adamCase(3, 7, 2, AdamOptions{}),
		adamCase(7, 64, 4, AdamOptions{Decay: 0.2, Decoupled: true}), adamCase(5, 1024, 0, AdamOptions{Decay: 0.01}), adamCase(33, 65, 0, AdamOptions{Decay: 1, Decoupled: true}),
	},
	bench: []AdamParams{adamCase(4096, 4096, 0, AdamOptions{Decay: 0.2, Decoupled: true})},
}.kernel()

// adamCase is the third step of a run with the usual constants; strides grow by pad.
func adamCase(rows, cols, pad int32, o AdamOptions) AdamParams {
	o.Rate, o.Beta1, o.Beta2, o.Eps = 0.1, 0.9, 0.98, 1e-6
	p := o.at(3)
	p.Rows, p.Cols, p.LdP, p.LdM, p.LdV, p.LdG = rows, cols, cols+pad, cols, cols+2*pad, cols
	return p
}

// adamBound follows the step: what m, v and p held before is found from what they hold after.
// The error of v passes through the root by at most err/root and sqrt(err), whichever is less.
func adamBound(p AdamParams, e engine.MathErrors, b, out [][]float64) {
	keep, addM, addV, rate, decay := float64(p.KeepM), float64(p.AddM), float64(p.AddV), float64(p.Rate), float64(p.Decay)
	for i := range b[0] {
		w, m, v, g, factor := b[0][i], b[1][i], b[2][i], b[3][i], b[4][0]
		root := math.Sqrt(v)
		below := root/float64(p.RootBias) + float64(p.Eps)
		update := rate * m / below
		before, pull := w+update, 0.0
		if p.Decoupled == 0 {
			pull = decay * before
		}
		d := factor*g + pull
		errD := 1.01*u*(math.Abs(factor*g)+math.Abs(pull)+math.Abs(d)) + e.Tiny*(2+math.Abs(factor)+math.Abs(g))
		errM := addM*errD + 1.01*u*(math.Abs(m-addM*d)+math.Abs(addM*d)+math.Abs(m)) + e.Tiny*(3+keep)
		errV := addV*(2*math.Abs(d)+errD)*errD + 1.01*u*(2*addV*d*d+2*v) + e.Tiny*(4+math.Abs(d))
		errRoot := 1.01*e.Sqrt*u*root + math.Sqrt(errV)
		if root > 0 {
			errRoot = 1.01*e.Sqrt*u*root + min(math.Sqrt(errV), errV/root)
		}
		errBelow := errRoot/float64(p.RootBias) + 1.01*u*((e.Div+1)*below) + 2*e.Tiny
		errUpdate := (rate*errM + 1.01*u*(e.Div+1)*math.Abs(rate*m) + e.Tiny) / (below - errBelow)
		errUpdate += math.Abs(update)*errBelow/(below-errBelow) + e.Tiny
		out[0][i] = errUpdate + 1.01*u*(math.Abs(before)+math.Abs(w)) + 2*e.Tiny
		out[1][i], out[2][i] = errM, errV
	}
}

// AdamOptions are Adam's constants; zero values are not replaced.
type AdamOptions struct {
	Rate         float64 // learning rate
	Beta1, Beta2 float64 // how much the running means of g and g^2 keep: 0.9, 0.999
	Eps          float64 // added to the root of the second: 1e-8
	// Decay pulls p towards 0: by Decay p in the gradient, as PyTorch's Adam(weight_decay) does
	// (an L2 term), or Decoupled by Rate Decay p beside it, as its AdamW does.
	Decay     float64
	Decoupled bool
}

// at gives the parameters of a step, the first being 1: everything that changes from step to
// step is computed here in float64.
func (o AdamOptions) at(step int) AdamParams {
	p := AdamParams{
		KeepM: float32(o.Beta1), AddM: float32(1 - o.Beta1), KeepV: float32(o.Beta2), AddV: float32(1 - o.Beta2),
		Rate:     float32(o.Rate / (1 - math.Pow(o.Beta1, float64(step)))),
		RootBias: float32(math.Sqrt(1 - math.Pow(o.Beta2, float64(step)))),
		Eps:      float32(o.Eps), Decay: float32(o.Decay), Decoupled: flag(o.Decoupled),
	}
	if o.Decoupled {
		p.Decay = float32(1 - o.Rate*o.Decay)
	}
	return p
}

// Adam takes step number step (the first is 1) with the gradient factor g: p, m and v, the
// parameters and the running means of the gradient and of its square, change in place. m
// and v are 0 before the first step. factor has one element, such as ClipFactor gives; it is
// read when the launch runs. In PyTorch's order: sqrt(v) is divided by the root of its bias
// correction before eps is added.
func Adam(p, m, v, g, factor *engine.Tensor, o AdamOptions, step int) {
	sameShape(adam.Name, p, m, v, g)
	checkOne(adam.Name, "factor", factor)
	engine.Check(adam.Name, step >= 1, "step %d; the first is 1", step)
	a := o.at(step)
	a.Rows, a.Cols = int32(p.Rows()), int32(p.Cols())
	a.LdP, a.LdM, a.LdV, a.LdG = int32(p.LD()), int32(m.LD()), int32(v.LD()), int32(g.LD())
	adam.Run(a, p, m, v, g, factor)
}
