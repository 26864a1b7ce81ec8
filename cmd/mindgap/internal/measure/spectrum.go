package measure

import (
	"fmt"

	"mindgap/geometry"
)

// Spectrum says over how many directions the variance of a modality spreads.
type Spectrum struct {
	Modality           string `json:"modality"`
	EffectiveRank      number `json:"effective_rank"`
	ParticipationRatio number `json:"participation_ratio"`
	IsoScore           number `json:"isoscore"`
	First              number `json:"first_share"` // of the variance, along the first principal direction
}

// spectrum comes from the products of n rows about their mean.
func (m *measurer) spectrum(gram geometry.Rows, n, k int) (*Spectrum, error) {
	m.Progress.Start("spectrum of "+m.in.modalities[k].name, 0, "")
	sp, err := geometry.SpectrumFromGram(gram, n)
	if err != nil {
		return nil, err
	}
	return &Spectrum{m.in.modalities[k].name, number(sp.EffectiveRank), number(sp.ParticipationRatio), number(sp.IsoScore), number(sp.Ratio[0])}, nil
}

func wideText(what string, width int) string {
	return fmt.Sprintf("rows of more than %d numbers: %s are left out", width, what)
}
