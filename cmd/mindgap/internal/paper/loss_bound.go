package paper

import (
	"math"

	"mindgap/engine"
)

// lossBound is how far a device's InfoNCE of n pairs of unit rows of d numbers may be from
// the exact one, when each of its rows is off by at most rowError (a length) from the exact
// row. A cosine errs by 2 rowError from its rows and by gamma_{d+1} from its sum; a logit by
// scale times that. Loss and logits: log-sum-exp moves by no more than the largest change of
// a logit, and so does the positive. What follows is rounding: the exponent's subtraction,
// exp and the sums of up to n terms in tiles of 8, the logarithm, and the mean.
func lossBound(m engine.MathErrors, n, d int, scale, rowError float64) float64 {
	cosine := 2*rowError + rowError*rowError + engine.Gamma(d+1)*(1+rowError)*(1+rowError)
	logit := scale * (cosine + 2*engine.U)
	span := 2*scale + math.Log(float64(n)) // of what is subtracted, summed, averaged
	tiles := float64((n+7)/8 + 2)
	rounding := 4*engine.U*span + tiles*(m.Exp+1)*engine.U + engine.Gamma(n+4) + (2*m.Log+1)*engine.U*span
	return 2*logit + rounding + (engine.Gamma(8)+m.Div*engine.U)*span
}

// worstShare is the largest |got - want| / bound over all entries.
type worstShare float64

func (w *worstShare) see(got, want, bound float64) {
	share := math.Abs(got-want) / bound
	if math.IsNaN(share) {
		share = math.Inf(1)
	}
	*w = max(*w, worstShare(share))
}
