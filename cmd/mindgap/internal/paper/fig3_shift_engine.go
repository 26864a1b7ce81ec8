package paper

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// shifter moves two modalities along their gap on a device and measures what becomes of
// the loss and of the gap.
type shifter struct {
	scope  *engine.Scope
	x, y   *engine.Tensor   // unit rows
	scales []*engine.Tensor // one element each
	batch  int
	mode   kernels.InfoNCEMode
	u      []float64 // unit gap direction
	au, bu []float64 // component of each exact row along u
}

// shiftBatch is how many pairs compete in the loss of Figure 3.
const shiftBatch = 50

func newShifter(d *engine.Device, f *featureSet, sweep *geometry.Sweep, scales []float64, mode kernels.InfoNCEMode) (*shifter, error) {
	u, err := sweep.Gap.Direction()
	if err != nil {
		return nil, err
	}
	s := &shifter{scope: d.Scope(), batch: shiftBatch, mode: mode, u: u, au: f.A.Project(u), bu: f.B.Project(u)}
	s.x = s.scope.Upload(float32s(f.A.Data), f.A.N, f.A.D)
	s.y = s.scope.Upload(float32s(f.B.Data), f.B.N, f.B.D)
	for _, scale := range scales {
		s.scales = append(s.scales, s.scope.Upload([]float32{float32(scale)}, 1))
	}
	return s, nil
}

func (s *shifter) close() { s.scope.Close() }

// shifted is Norm(x + step u), in the given scope.
func (s *shifter) shifted(t *engine.Scope, x *engine.Tensor, step float64) *engine.Tensor {
	along := make([]float32, len(s.u))
	for i, u := range s.u {
		along[i] = float32(step * u)
	}
	y := t.Floats(x.Shape()...)
	kernels.BiasRows(y, x, t.Upload(along, len(along)))
	kernels.RowNormalise(y, t.Floats(x.Rows()), y)
	return y
}

// at shifts both modalities by delta (x - delta/2 u, y + delta/2 u) and gives the loss at
// each scale, the mean over consecutive batches, and the distance of the centroids.
func (s *shifter) at(delta float64) (loss []float64, distance float64, err error) {
	t := s.scope.Device().Scope()
	defer t.Close()
	x, y := s.shifted(t, s.x, -delta/2), s.shifted(t, s.y, delta/2)
	if distance, err = centroidDistance(t, x, y); err != nil {
		return nil, 0, err
	}
	batches := x.Rows() / s.batch
	all := t.Floats(len(s.scales), batches)
	lseRow, lseCol := t.Floats(s.batch), t.Floats(s.batch)
	for i, scale := range s.scales {
		for k := range batches {
			lo, hi := k*s.batch, (k+1)*s.batch
			kernels.InfoNCE(all.At(i).Slice(0, k, k+1), lseRow, lseCol, x.SliceRows(lo, hi), y.SliceRows(lo, hi), scale, s.mode)
		}
	}
	each, err := all.Floats()
	if err != nil {
		return nil, 0, err
	}
	for i := range s.scales {
		loss = append(loss, meanOf(each[i*batches:(i+1)*batches]))
	}
	return loss, distance, nil
}

// gapAt is the distance of the centroids after a shift of both modalities, or of the first.
func (s *shifter) gapAt(delta float64, mode geometry.ShiftMode) (float64, error) {
	t := s.scope.Device().Scope()
	defer t.Close()
	if mode == geometry.ShiftFirst {
		return centroidDistance(t, s.shifted(t, s.x, -delta), s.y)
	}
	return centroidDistance(t, s.shifted(t, s.x, -delta/2), s.shifted(t, s.y, delta/2))
}

func centroidDistance(t *engine.Scope, x, y *engine.Tensor) (float64, error) {
	var m [2][]float64
	for i, r := range []*engine.Tensor{x, y} {
		c := t.Floats(r.Cols())
		kernels.Centroid(c, r)
		v, err := c.Floats()
		if err != nil {
			return 0, err
		}
		m[i] = float64s(v)
	}
	return floats.Distance(m[0], m[1], 2), nil
}

// rowError bounds how far a shifted row on the device is from the exact one, as a length:
// rounding of the row, of the step and of their sum, relative to the shortest sum, which
// turns the row by at most twice as much; then the sum of d squares, root and division.
func (s *shifter) rowError(delta float64) float64 {
	c := s.scope.Device().Caps().Math
	shortest := math.Inf(1)
	see := func(p float64) { shortest = min(shortest, math.Sqrt(1+delta*p+delta*delta/4)) }
	for _, p := range s.au { // |x + t u|^2 = 1 + 2 t x.u + t^2
		see(-p)
	}
	for _, p := range s.bu {
		see(p)
	}
	turn := 2.01 * engine.U * (1 + math.Abs(delta)/2) / shortest
	return 2*turn + engine.Gamma(s.x.Cols()+2) + (c.Sqrt+c.Div)*engine.U
}

// centroidError bounds the error of the distance of two centroids of rows that are off by
// rowError: the compensated sums err by a unit in the last place at each of two stages.
func centroidError(rowError float64) float64 { return 2 * (rowError + 4*engine.U) }

func float32s(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

func float64s(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func meanOf(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x)
	}
	return sum / float64(len(v))
}
