package measure

import (
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// upload brings rows less their modality's centroid to the device, in float32: what is left
// is as small as the spread, and so are the roundings. Four columns follow, of which
// tail gives the first two.
func (m *measurer) upload(s *engine.Scope, rows []float64, mean []float64, tail func(row []float64) [2]float64) *engine.Tensor {
	d := len(mean)
	n, ld := len(rows)/d, (d+3)/4*4+4
	out := make([]float32, n*ld)
	parallel(n, func(lo, hi int) {
		row := make([]float64, d)
		for i := lo; i < hi; i++ {
			floats.SubTo(row, rows[i*d:(i+1)*d], mean)
			for k, v := range row {
				out[i*ld+k] = float32(v)
			}
			t := tail(row)
			out[i*ld+ld-4], out[i*ld+ld-3] = float32(t[0]), float32(t[1])
		}
	})
	return s.Upload(out, n, ld)
}
