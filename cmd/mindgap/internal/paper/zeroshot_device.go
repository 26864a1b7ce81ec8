package paper

import (
	"mindgap/geometry"
	"mindgap/kernels"
)

// deviceRows is how many pictures the device's cosines are compared for.
const deviceRows = 256

// deviceCosines computes shifted cosines on the device, of the first pictures with all texts, and
// gives their largest difference from the exact ones as a share of its bound.
func deviceCosines(e *Env, images, texts geometry.Rows, u []float64, mode geometry.ShiftMode, deltas []float64) (worst worstShare, err error) {
	rows := images.Slice(0, min(images.N, deviceRows))
	exact, err := geometry.NewClassSweep(rows, texts, u, mode)
	if err != nil {
		return 0, err
	}
	m := &shifter{scope: e.Device.Scope(), u: u, au: rows.Project(u), bu: texts.Project(u)}
	defer m.close()
	m.x = m.scope.Upload(float32s(rows.Data), rows.N, rows.D)
	m.y = m.scope.Upload(float32s(texts.Data), texts.N, texts.D)
	for _, delta := range deltas {
		got, err := m.cosines(delta, mode)
		if err != nil {
			return 0, err
		}
		off := m.rowError(delta)
		if mode == geometry.ShiftFirst { // one side goes all the way
			off = m.rowError(2 * delta)
		}
		bound := 2*off + off*off + similarityError(rows.D)*(1+off)*(1+off)
		exact.Cosines(delta, func(i int, c []float64) {
			for k := range c {
				worst.see(float64(got[i*len(c)+k]), c[k], bound)
			}
		})
	}
	return worst, nil
}

// cosines are those of all rows x with all rows y after a shift, row by row.
func (s *shifter) cosines(delta float64, mode geometry.ShiftMode) ([]float32, error) {
	t := s.scope.Device().Scope()
	defer t.Close()
	x, y := s.shifted(t, s.x, -delta), s.y
	if mode == geometry.ShiftBoth {
		x, y = s.shifted(t, s.x, -delta/2), s.shifted(t, s.y, delta/2)
	}
	c := t.Floats(x.Rows(), y.Rows())
	kernels.MatMulNT(c, x, y)
	return c.Floats()
}
