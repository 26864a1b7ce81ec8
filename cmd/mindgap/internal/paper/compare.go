package paper

import (
	"fmt"
	"math"
	"math/rand/v2"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/kernels"
)

// The comparison's size: layers of Theorem 1 with fixed weights, large enough for several
// work groups of every shader in it.
const (
	compareDraws = 300
	compareDOut  = 64
)

// Compare runs a layer of Theorem 1 on two devices, with the same weights, and holds the
// differences against bounds that are derived from the computation.
//
// Activations: relu of a sum of n = d_in products and a bias. Each device errs by at most
// gamma(n+2) (sum |x||w| + |b|), whatever the order (Higham, section 3.1), and relu
// enlarges nothing.
//
// Cosines: a relative change e of a vector turns it by at most 2e, so each device is off
// by 2(e_u + e_v) from its activations, and by gamma(2 d_out + 4) from its own sums,
// roots and division, whose terms are all positive.
func Compare(host, gl *engine.Device) (*report.Comparison, error) {
	pair := thm1Pair{R: 1.5, Rho: 0.8308}
	w, b := compareWeights()
	var y, c [2][]float32
	for i, d := range []*engine.Device{host, gl} {
		var err error
		if y[i], c[i], err = compareOn(d, pair, w, b); err != nil {
			return nil, fmt.Errorf("comparison on %s: %w", d.Name(), err)
		}
	}
	bound := compareBound(pair.inputs(), w, b)
	out := &report.Comparison{
		What: fmt.Sprintf("%d layers of Theorem 1 (r = %g, cosine %g, width %d) with the same weights.", compareDraws, pair.R, pair.Rho, compareDOut),
		A:    deviceName(host), B: deviceName(gl),
		Rows: []report.ComparisonRow{
			compareRow("activations (matmul, bias, relu)", y, bound),
			compareRow("cosines", c, cosineBound(y[0], bound)),
		},
	}
	return out, nil
}

func deviceName(d *engine.Device) report.Device {
	c := d.Caps()
	return report.Device{Name: c.Name, Renderer: c.Renderer, Tuning: c.Tuning}
}

// compareWeights are fixed: drawn from one seed, by the processor.
func compareWeights() (w, b []float32) {
	r := rand.New(rand.NewPCG(1, 1))
	w, b = make([]float32, compareDraws*compareDOut*thm1In), make([]float32, compareDraws*compareDOut)
	for _, s := range [][]float32{w, b} {
		for i := range s {
			s[i] = float32(r.NormFloat64() / math.Sqrt(compareDOut))
		}
	}
	return w, b
}

func compareOn(d *engine.Device, pair thm1Pair, w, b []float32) (y, c []float32, err error) {
	s := d.Scope()
	defer s.Close()
	x := s.Upload(pair.inputs(), 2, thm1In)
	out := s.Floats(2, len(b))
	layer(out, x, s.Upload(w, len(b), thm1In), s.Upload(b, len(b)))
	cos := s.Floats(compareDraws)
	kernels.MatchedPairCosine(cos, out.Slice(0, 0, 1).Reshape(compareDraws, compareDOut), out.Slice(0, 1, 2).Reshape(compareDraws, compareDOut))
	if y, err = out.Floats(); err != nil {
		return nil, nil, err
	}
	c, err = cos.Floats()
	return y, c, err
}

// compareBound bounds the difference of each activation: the errors of both devices.
func compareBound(x, w, b []float32) []float64 {
	out := make([]float64, 2*len(b))
	for row := range 2 {
		for j, bias := range b {
			sum := math.Abs(float64(bias))
			for k := range thm1In {
				sum += math.Abs(float64(x[row*thm1In+k]) * float64(w[j*thm1In+k]))
			}
			out[row*len(b)+j] = 2 * engine.Gamma(thm1In+2) * sum
		}
	}
	return out
}

// cosineBound bounds the difference of each cosine from the activations' bounds.
func cosineBound(y []float32, bound []float64) []float64 {
	out := make([]float64, compareDraws)
	half := len(y) / 2
	for i := range out {
		turn := 0.0
		for row := range 2 {
			var norm, err float64
			for k := range compareDOut {
				at := row*half + i*compareDOut + k
				norm += float64(y[at]) * float64(y[at])
				err += bound[at] * bound[at]
			}
			turn += 2 * math.Sqrt(err/norm)
		}
		out[i] = turn + 2*engine.Gamma(2*compareDOut+4)
	}
	return out
}

func compareRow(quantity string, v [2][]float32, bound []float64) report.ComparisonRow {
	row := report.ComparisonRow{Quantity: quantity, Values: len(bound), OK: true}
	for i, b := range bound {
		diff := math.Abs(float64(v[0][i]) - float64(v[1][i]))
		if !(diff <= b) {
			row.OK = false
		}
		row.Difference = max(row.Difference, diff)
		if share := diff / b; share >= row.Share {
			row.Share, row.Bound = share, b
		}
	}
	return row
}
