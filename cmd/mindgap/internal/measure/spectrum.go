package measure

import (
	"fmt"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
	"mindgap/kernels"
)

// Spectrum says over how many directions the variance of a modality spreads.
type Spectrum struct {
	Modality           string `json:"modality"`
	EffectiveRank      number `json:"effective_rank"`
	ParticipationRatio number `json:"participation_ratio"`
	IsoScore           number `json:"isoscore"`
	First              number `json:"first_share"` // of the variance, along the first principal direction
}

// widest is the largest width of rows of which a spectrum is taken: its time grows as d^3.
const widest = 2048

// spectrum comes from the Gram matrix of the rows about their mean, which the device
// multiplies in chunks of rows that are added in float64.
func (m *measurer) spectrum(rs *rowset, k int) (*Spectrum, error) {
	if rs.d > widest {
		m.res.warn("spectrum", fmt.Sprintf("rows of more than %d numbers: effective rank and IsoScore are left out", widest))
		return nil, nil
	}
	const chunk = 512
	s := m.Device.Scope()
	defer s.Close()
	m.Progress.Start("spectrum of "+m.in.modalities[k].name, 0, "")
	rows := rs.held[k]
	x := m.upload(s, rows, m.scan.sets[k].mean, func([]float64) (z [2]float64) { return z }).SliceCols(0, rs.d)
	gram, part := geometry.Zeros(rs.d, rs.d), make([]float32, rs.d*rs.d)
	g := s.Floats(rs.d, rs.d)
	for lo := 0; lo < rs.n; lo += chunk {
		some := x.SliceRows(lo, min(lo+chunk, rs.n))
		kernels.MatMulTN(g, some, some)
		if err := g.Read(part); err != nil {
			return nil, err
		}
		for i, v := range part {
			gram.Data[i] += float64(v)
		}
	}
	if !rs.all { // a sample has a mean of its own
		off := geometry.Rows{N: rs.n, D: rs.d, Data: rows}.Mean()
		floats.Sub(off, m.scan.sets[k].mean)
		for i := range rs.d {
			floats.AddScaled(gram.Row(i), -float64(rs.n)*off[i], off)
		}
	}
	sp, err := geometry.SpectrumFromGram(gram, rs.n)
	if err != nil {
		return nil, err
	}
	return &Spectrum{m.in.modalities[k].name, number(sp.EffectiveRank), number(sp.ParticipationRatio), number(sp.IsoScore), number(sp.Ratio[0])}, nil
}
