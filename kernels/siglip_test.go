package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// sigmoidPairs is one SigLIP problem, in values of float32, and what a device made of it.
type sigmoidPairs struct {
	n, d               int
	scale, bias, dloss float64
	plan               *infoncePlan // nil: the device's own
	q, k               []float64

	loss, dscale, dbias float64
	dq, dk              []float64
}

func newSigmoidPairs(n, d int, scale, bias float64, seed uint64) *sigmoidPairs {
	c := newContrast(n, d, scale, InfoNCESymmetric, seed)
	return &sigmoidPairs{n: n, d: d, scale: scale, bias: bias, dloss: 1.25, q: c.q, k: c.k}
}

// value is the loss as the paper has it, of rows moved by h along directions.
func (c *sigmoidPairs) value(h float64, q, k []float64, scale, bias float64) (loss float64) {
	for i := range c.n {
		for j := range c.n {
			var dot float64
			for x := range c.d {
				dot += (c.q[i*c.d+x] + h*q[i*c.d+x]) * (c.k[j*c.d+x] + h*k[j*c.d+x])
			}
			z := -1.0
			if i == j {
				z = 1
			}
			loss -= math.Log(1/(1+math.Exp(-z*((c.scale+h*scale)*dot+c.bias+h*bias)))) / float64(c.n)
		}
	}
	return loss
}

// run computes loss and gradients on a device from rows with a stride of their own; gradients
// are added to twos when asked.
func (c *sigmoidPairs) run(t *testing.T, dev *engine.Device, pad int, accumulate bool) {
	s := dev.Scope()
	defer s.Close()
	upload := func(x []float64, pad int) *engine.Tensor {
		out := make([]float32, len(x))
		for i, v := range x {
			out[i] = float32(v)
		}
		view := s.Floats(len(x)/c.d, c.d+pad).SliceCols(0, c.d)
		view.Write(out)
		return view
	}
	one := func(x float64) *engine.Tensor { return s.Upload([]float32{float32(x)}, 1) }
	twos := make([]float64, len(c.q))
	for i := range twos {
		twos[i] = 2
	}
	q, k, dq, dk := upload(c.q, pad), upload(c.k, pad), upload(twos, 0), upload(twos, pad)
	scale, bias, dloss, loss, dscale, dbias := one(c.scale), one(c.bias), one(c.dloss), one(2), one(2), one(2)
	forward, backward := SigLIP, SigLIPBack
	if c.plan != nil {
		forward, backward = c.plan.siglip, c.plan.siglipBack
	}
	forward(loss, q, k, scale, bias)
	backward(dq, dk, dscale, dbias, dloss, q, k, scale, bias, accumulate)
	got := func(x *engine.Tensor) []float64 {
		out := make([]float64, x.Len())
		for i, v := range read(t, x) {
			out[i] = float64(v)
			if accumulate && x != loss {
				out[i] -= 2
			}
		}
		return out
	}
	c.loss, c.dscale, c.dbias, c.dq, c.dk = got(loss)[0], got(dscale)[0], got(dbias)[0], got(dq), got(dk)
}

// check compares with the kernels' definitions over all N x N pairs at once, with their bounds;
// sums of blocks are compensated, products of g add n terms. base is what gradients were
// added to.
func (c *sigmoidPairs) check(t *testing.T, e engine.MathErrors, base float64) {
	t.Helper()
	n, d := int32(c.n), int32(c.d)
	p := SigLIPParams{Rows: n, Cols: n, D: d, LdQ: d, LdK: d, LdG: n, Total: n, RowBlock: 128, ColBlock: 128}
	b := [][]float64{make([]float64, 2*p.tiles()), c.q, c.k, {float64(float32(c.scale))}, {float64(float32(c.bias))}}
	siglipLossRef(p, b)
	bound := siglipLossBound(p, e, b)[0]
	total := func(x []float64) (sum float64) {
		for _, v := range x {
			sum += v
		}
		return sum
	}
	loss := total(b[0])
	require.InDelta(t, loss, c.loss, total(bound)+2*engine.U*loss, "loss")

	g := make([]float64, c.n*c.n)
	b = append(b, []float64{c.dloss}, g)
	siglipGradRef(p, b)
	bounds := siglipGradBound(p, e, b)
	tiles := p.tiles()
	for name, x := range map[string]struct{ got, want, bound float64 }{
		"dscale": {c.dscale, total(b[0][:tiles]), total(bounds[0][:tiles])},
		"dbias":  {c.dbias, total(b[0][tiles:]), total(bounds[0][tiles:])},
	} {
		require.InDelta(t, x.want, x.got, x.bound+4*engine.U*(base+math.Abs(x.want)), name)
	}
	dq, dk, eq, ek := make([]float64, len(c.q)), make([]float64, len(c.k)), make([]float64, len(c.q)), make([]float64, len(c.k))
	for i := range c.n {
		for j := range c.n {
			g, err := g[i*c.n+j], bounds[6][i*c.n+j]
			err += engine.Gamma(c.n+8) * math.Abs(g)
			for x := range c.d {
				a, b := c.q[i*c.d+x], c.k[j*c.d+x]
				dq[i*c.d+x] += g * b
				dk[j*c.d+x] += g * a
				eq[i*c.d+x] += err * math.Abs(b)
				ek[j*c.d+x] += err * math.Abs(a)
			}
		}
	}
	for i := range dq {
		near(t, "dq", i/c.d, i%c.d, c.dq[i], dq[i], eq[i]+4*engine.U*(base+math.Abs(dq[i])))
		near(t, "dk", i/c.d, i%c.d, c.dk[i], dk[i], ek[i]+4*engine.U*(base+math.Abs(dk[i])))
	}
}

// Loss and gradients against float64 at odd sizes, at the scale and bias of the paper's start
// (10, -10), and where a naive exponential would overflow.
func TestSigLIP(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		for i, c := range []*sigmoidPairs{
			newSigmoidPairs(1, 7, 10, -10, 1), newSigmoidPairs(2, 1, 1, 0, 2), newSigmoidPairs(300, 33, 10, -10, 3),
			newSigmoidPairs(300, 33, 117, -12.9, 4), newSigmoidPairs(65, 32, 1000, 50, 5), newSigmoidPairs(140, 20, -3, 2, 6),
		} {
			t.Run(fmt.Sprintf("n=%d d=%d scale=%g bias=%g", c.n, c.d, c.scale, c.bias), func(t *testing.T) {
				c.run(t, dev, i%4, false)
				c.check(t, dev.Caps().Math, 0)
				c.run(t, dev, (4-i%4)%4, true)
				c.check(t, dev.Caps().Math, 2)
			})
		}
	})
}

// Many strips and blocks, as a large N would have them.
func TestSigLIPInPieces(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newSigmoidPairs(700, 16, 30, -10, 7)
		c.plan = &infoncePlan{gRows: 400, gCols: 304, partRows: 8, partCols: 16}
		c.run(t, dev, 0, true)
		c.check(t, dev.Caps().Math, 2)
	})
}

// The gradient along a random direction of all that the loss depends on, against central
// differences of the loss as the paper writes it.
func TestSigLIPAlongADirection(t *testing.T) {
	c := newSigmoidPairs(23, 9, 8, -3, 8)
	r := rand.New(rand.NewPCG(9, 1))
	q, k := make([]float64, len(c.q)), make([]float64, len(c.k))
	for i := range q {
		q[i], k[i] = r.NormFloat64(), r.NormFloat64()
	}
	scale, bias := r.NormFloat64(), r.NormFloat64()
	const h = 1e-5
	want := c.dloss * (c.value(h, q, k, scale, bias) - c.value(-h, q, k, scale, bias)) / (2 * h) // errs by about 1e-9
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c.run(t, dev, 0, false)
		require.InEpsilon(t, c.value(0, q, k, 0, 0), c.loss, 1e-6)
		got := c.dscale*scale + c.dbias*bias
		for i := range q {
			got += c.dq[i]*q[i] + c.dk[i]*k[i]
		}
		require.InEpsilon(t, want, got, 1e-5)
	})
}

func TestSigLIPRefuses(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		one := s.Zeros(1)
		for name, f := range map[string]func(){
			"shapes":  func() { SigLIP(one, s.Zeros(3, 2), s.Zeros(2, 2), one, one) },
			"no rows": func() { SigLIP(one, s.Zeros(0, 2), s.Zeros(0, 2), one, one) },
			"bias":    func() { SigLIP(one, s.Zeros(3, 2), s.Zeros(3, 2), one, s.Zeros(2)) },
			"dbias": func() {
				SigLIPBack(s.Zeros(3, 2), s.Zeros(3, 2), one, s.Zeros(2), one, s.Zeros(3, 2), s.Zeros(3, 2), one, one, false)
			},
		} {
			require.Panics(t, f, name)
		}
	})
}
