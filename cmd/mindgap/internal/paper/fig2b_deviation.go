package paper

import "math"

// float32Spread is the rounding of a mean cosine near 1: lengths of unit rows are off by some
// units of 2^-24, all to one side where the rows are nearly equal.
const float32Spread = 1. / (1 << 22)

// sdAllowed is how many standard deviations of one network the mean over the seeds may be
// from the theory: 3 (EXPERIMENTS.md, Part 2, item 8), but 5 where there is a single network: among 27
// curves of 25 layers one beyond 3 is to be expected.
func (f *fig2bData) sdAllowed() float64 {
	if f.size.seeds == 1 {
		return sigmas
	}
	return 3
}

// deviations are the distances of a curve's mean over the seeds from the theory, by layer, in
// standard deviations of one network. At the first layer the theory has its shift of order
// 1/width.
func (f *fig2bData) deviations(c *curve) []float64 {
	var out []float64
	for layer, s := range c.theory {
		want := s.Cosine
		if layer == 1 {
			want += c.shift
		}
		out = append(out, deviation(f.full(mean(c.cosine, layer)), f.full(want), c.spread[layer]))
	}
	return out
}

// deviation is taken on the scale of log(c/(1-c)): near 0 and near 1 it is the logarithm of
// the cosine or of its distance to 1 that scatters evenly, a product of many layers' noise.
// Where that distance is down to rounding the scale is the cosine itself.
func deviation(got, want, sd float64) float64 {
	if 1-want < 16*float32Spread {
		return (got - want) / (sd + float32Spread)
	}
	logit := func(c float64) float64 { return math.Log(c / (1 - c)) }
	return (logit(got) - logit(want)) * want * (1 - want) / sd
}

// furthest is the largest size among deviations; +Inf where one is not a number.
func furthest(deviations []float64) float64 {
	worst := 0.0
	for _, d := range deviations {
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		worst = max(worst, abs(d))
	}
	return worst
}
