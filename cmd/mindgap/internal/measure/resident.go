package measure

import (
	"slices"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// resident is the rows held of a modality, on the device.
type resident struct {
	set    int
	scope  *engine.Scope
	t      *engine.Tensor // see centre
	square []float64      // |u_i|^2
}

// onDevice gives the rows held of a modality. Two modalities stay on the device: those of the
// pair that is being measured.
func (m *measurer) onDevice(rs *rowset, k int) *resident {
	for i, r := range m.residents {
		if r.set == k {
			m.residents = append(slices.Delete(m.residents, i, i+1), r) // used last
			return r
		}
	}
	if len(m.residents) == 2 {
		m.residents[0].scope.Close()
		m.residents = m.residents[1:]
	}
	r := &resident{set: k, scope: m.Device.Scope()}
	r.t, r.square = m.centre(r.scope, k, rs.held[k])
	m.residents = append(m.residents, r)
	return r
}

func (m *measurer) leaveDevice() {
	for _, r := range m.residents {
		r.scope.Close()
	}
	m.residents = nil
}

// uploadFloats is how many numbers are made ready for the device at once.
const uploadFloats = 1 << 18

// padding is how many columns follow the d of a row on the device, beside what makes the
// stride a multiple of 4.
const padding = 4

// centre brings rows u_i = x_i - mean, less their modality's centroid, to the device in
// float32: what is left is as small as the spread, and so are the roundings. The columns from d
// on are 0. It gives |u_i|^2 as well.
func (m *measurer) centre(s *engine.Scope, k int, rows []float64) (t *engine.Tensor, square []float64) {
	d, mean := m.in.d, m.scan.sets[k].mean
	n, ld := len(rows)/d, (d+3)/4*4+padding
	t, square = s.Floats(n, ld), make([]float64, n)
	each := max(1, uploadFloats/ld)
	buf := make([]float32, min(n, each)*ld)
	for lo := 0; lo < n; lo += each {
		hi := min(lo+each, n)
		parallel(hi-lo, func(from, to int) {
			row := make([]float64, d)
			for i := from; i < to; i++ {
				floats.SubTo(row, rows[(lo+i)*d:(lo+i+1)*d], mean)
				square[lo+i] = floats.Dot(row, row)
				out := buf[i*ld : i*ld+d]
				for c, v := range row {
					out[c] = float32(v)
				}
			}
		})
		t.SliceRows(lo, hi).Write(buf[:(hi-lo)*ld])
	}
	return t, square
}
