package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// contrast is one InfoNCE problem and what a device made of it.
type contrast struct {
	n, d         int
	scale, dloss float64
	mode         InfoNCEMode
	plan         *infoncePlan // nil: the device's own
	keep         bool         // the logits
	q, k         []float64    // values of float32

	loss, dscale float64
	dq, dk       []float64
}

func newContrast(n, d int, scale float64, mode InfoNCEMode, seed uint64) *contrast {
	r := rand.New(rand.NewPCG(seed, 1))
	c := &contrast{n: n, d: d, scale: scale, dloss: 1.25, mode: mode, q: make([]float64, n*d), k: make([]float64, n*d)}
	unitRows(r, c.q, int32(n), int32(d), int32(d))
	for i := range c.k { // matched rows are near each other
		c.k[i] = c.q[i] + r.NormFloat64()/math.Sqrt(float64(d))
	}
	for i := range n {
		var s float64
		for _, x := range c.k[i*d : (i+1)*d] {
			s += x * x
		}
		for j := range d {
			c.k[i*d+j] /= math.Sqrt(s)
		}
	}
	for i := range c.q {
		c.q[i], c.k[i] = float64(float32(c.q[i])), float64(float32(c.k[i]))
	}
	return c
}

// run computes loss and gradients on a device, from rows with a stride of their own, and
// accumulates the gradients onto twos when asked.
func (c *contrast) run(t *testing.T, dev *engine.Device, pad int, accumulate bool) {
	s := dev.Scope()
	defer s.Close()
	rows := func(x []float64) *engine.Tensor {
		out := make([]float32, len(x))
		for i, v := range x {
			out[i] = float32(v)
		}
		whole := s.Floats(c.n, c.d+pad)
		view := whole.SliceCols(0, c.d)
		view.Write(out)
		return view
	}
	q, k := rows(c.q), rows(c.k)
	dq, dk := s.Floats(c.n, c.d), s.Floats(c.n, c.d+pad).SliceCols(0, c.d)
	one := func(x float64) *engine.Tensor { return s.Upload([]float32{float32(x)}, 1) }
	scale, dloss, loss, dscale := one(c.scale), one(c.dloss), s.Floats(1), one(2)
	if accumulate {
		twos := make([]float32, c.n*c.d)
		for i := range twos {
			twos[i] = 2
		}
		dq.Write(twos)
		dk.Write(twos)
	}
	lseRow, lseCol := s.Floats(c.n), s.Floats(c.n)
	switch c.mode {
	case InfoNCERows:
		lseCol = nil
	case InfoNCECols:
		lseRow = nil
	}
	forward, backward := InfoNCE, InfoNCEBack
	if c.plan != nil {
		forward, backward = c.plan.forward, c.plan.backward
	}
	if c.keep {
		kept := newLogits(s, c.n)
		forward, backward = kept.InfoNCE, kept.InfoNCEBack
	}
	forward(loss, lseRow, lseCol, q, k, scale, c.mode)
	backward(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol, c.mode, accumulate)
	read := func(x *engine.Tensor) []float64 {
		f, err := x.Floats()
		require.NoError(t, err)
		out := make([]float64, len(f))
		for i, v := range f {
			out[i] = float64(v)
			if accumulate && x != loss {
				out[i] -= 2
			}
		}
		return out
	}
	c.loss, c.dscale, c.dq, c.dk = read(loss)[0], read(dscale)[0], read(dq), read(dk)
}

// check compares with all N x N logits in float64. The bound follows the sweep: a logit errs
// by delta = scale gamma_{D+1} |q||k| (Cauchy-Schwarz), a logsumexp by that, by its own
// rounding and by the relative error of its sum, a softmax by both through the exponent.
func (c *contrast) check(t *testing.T, e engine.MathErrors, base float64) {
	t.Helper()
	n, d, nf := c.n, c.d, float64(c.n)
	wr32, wc32 := c.mode.weights()
	wr, wc := float64(wr32), float64(wc32)
	s := pairDots(int32(n), int32(n), int32(d), int32(d), int32(d), c.q, c.k)
	norm, scale := 1+1e-6, math.Abs(c.scale) // rows were rounded to float32
	delta := scale * engine.Gamma(d+1) * norm
	levels := 2 + math.Log2(nf+1)/6
	sums := (64+levels+1)*(e.Exp+1)*engine.U + engine.Gamma(512+64*4) + 4*engine.U*scale
	lseErr := 2*delta + sums + (e.Log+2)*engine.U*(scale+math.Log(nf+1))
	eta := math.Expm1(delta + lseErr + 3*engine.U*(scale+math.Log(nf+1)) + (e.Exp+8)*engine.U)

	row, col := c.logsumexps(s)
	var loss float64
	for i := range n {
		loss += (wr*(row[i]-c.scale*s[i*n+i]) + wc*(col[i]-c.scale*s[i*n+i])) / nf
	}
	require.InDelta(t, loss, c.loss, lseErr+delta+4*engine.U*math.Abs(loss)+engine.U, "loss")

	dq, dk, eq, ek := make([]float64, n*d), make([]float64, n*d), make([]float64, n*d), make([]float64, n*d)
	var dscale, dscaleErr float64
	f := c.dloss / nf
	for i := range n {
		for j := range n {
			dot := s[i*n+j]
			p := wr*math.Exp(c.scale*dot-row[i]) + wc*math.Exp(c.scale*dot-col[j])
			x, abs := p, p
			if i == j {
				x -= wr + wc
				abs += wr + wc
			}
			ex := p*eta + engine.Gamma(8)*abs + 2*expTiny
			g, err := f*c.scale*x, f*scale*(ex+engine.Gamma(n+8)*abs)+expTiny
			dscale += f * x * dot
			dscaleErr += f * (ex*math.Abs(dot) + abs*engine.Gamma(d+1)*norm + engine.Gamma(128*128+8)*abs*math.Abs(dot))
			for x := range d {
				a, b := c.q[i*d+x], c.k[j*d+x]
				dq[i*d+x] += g * b
				dk[j*d+x] += g * a
				eq[i*d+x] += err * math.Abs(b)
				ek[j*d+x] += err * math.Abs(a)
			}
		}
	}
	require.InDelta(t, dscale, c.dscale, dscaleErr+engine.U*(base+math.Abs(dscale)), "dscale")
	for i := range dq {
		near(t, "dq", i/d, i%d, c.dq[i], dq[i], eq[i]+4*engine.U*(base+math.Abs(dq[i])))
		near(t, "dk", i/d, i%d, c.dk[i], dk[i], ek[i]+4*engine.U*(base+math.Abs(dk[i])))
	}
}

// logsumexps of rows and columns of scale times dots, N x N.
func (c *contrast) logsumexps(dots []float64) (row, col []float64) {
	n := c.n
	row, col = make([]float64, n), make([]float64, n)
	top, right := make([]float64, n), make([]float64, n)
	for i := range n {
		top[i], right[i] = math.Inf(-1), math.Inf(-1)
	}
	for i := range n {
		for j := range n {
			x := c.scale * dots[i*n+j]
			right[i], top[j] = math.Max(right[i], x), math.Max(top[j], x)
		}
	}
	for i := range n {
		for j := range n {
			x := c.scale * dots[i*n+j]
			row[i] += math.Exp(x - right[i])
			col[j] += math.Exp(x - top[j])
		}
	}
	for i := range n {
		row[i], col[i] = right[i]+math.Log(row[i]), top[i]+math.Log(col[i])
	}
	return row, col
}

func near(t *testing.T, name string, i, x int, got, want, bound float64) {
	t.Helper()
	if !(math.Abs(got-want) <= bound) {
		t.Fatalf("%s[%d,%d] is %g, want %g within %g", name, i, x, got, want, bound)
	}
}

// Loss and gradients against float64, at odd sizes, in every mode, and at a scale where
// exp without the maximum would overflow.
func TestInfoNCE(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		for i, c := range []*contrast{
			newContrast(1, 7, 14.3, InfoNCESymmetric, 1), newContrast(2, 1, 1, InfoNCESymmetric, 2),
			newContrast(300, 33, 14.3, InfoNCESymmetric, 3), newContrast(300, 33, 1000, InfoNCESymmetric, 4),
			newContrast(65, 32, 100, InfoNCERows, 5), newContrast(65, 32, 100, InfoNCECols, 6),
			newContrast(129, 64, 0, InfoNCESymmetric, 7), newContrast(140, 20, -3, InfoNCESymmetric, 8),
		} {
			t.Run(fmt.Sprintf("n=%d d=%d scale=%g mode=%d", c.n, c.d, c.scale, c.mode), func(t *testing.T) {
				c.run(t, dev, i%4, false)
				c.check(t, dev.Caps().Math, 0)
				c.run(t, dev, (4-i%4)%4, true)
				c.check(t, dev.Caps().Math, 2)
			})
		}
	})
}

// Rows so wide that a driver's loop budget decides how many of them a launch takes.
func TestInfoNCEOfWideRows(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(256, 1996, 5, InfoNCESymmetric, 13)
		c.run(t, dev, 0, false)
		c.check(t, dev.Caps().Math, 0)
	})
}

// One pair has nothing to compete with: loss 0 and no gradient, exactly.
func TestInfoNCEOfOnePair(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(1, 64, 100, InfoNCESymmetric, 9)
		c.run(t, dev, 0, false)
		require.Zero(t, c.loss)
		require.Zero(t, c.dscale)
		for i := range c.dq {
			require.Zero(t, c.dq[i])
			require.Zero(t, c.dk[i])
		}
	})
}

// N equal pairs: every softmax is 1/N, so the loss is log N, and rows do not move.
func TestInfoNCEOfDuplicates(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(100, 24, 14.3, InfoNCESymmetric, 10)
		for i := range c.q {
			c.q[i] = c.q[i%24]
			c.k[i] = c.q[i%24]
		}
		c.run(t, dev, 0, false)
		c.check(t, dev.Caps().Math, 0)
		require.InDelta(t, math.Log(100), c.loss, 1e-5)
	})
}

// Many strips, levels of merging and blocks, as a large N would have them.
func TestInfoNCEInPieces(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(1100, 16, 30, InfoNCESymmetric, 11)
		c.plan = &infoncePlan{strip: 112, rowBlock: 16, colBlock: 16, gRows: 400, gCols: 304, partRows: 8, partCols: 16}
		c.run(t, dev, 0, true)
		c.check(t, dev.Caps().Math, 2)
	})
}

// 16.8 million pairs against float64.
func TestInfoNCEOf4096(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(4096, 33, 14.3, InfoNCESymmetric, 12)
		c.run(t, dev, 3, false)
		c.check(t, dev.Caps().Math, 0)
	})
}
