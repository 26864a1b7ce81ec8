package paper

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// share is Theorem 4 at one layer: what was measured, and the theory.
type share struct {
	geometry.VarianceShare
	ratio, beta, slack            float64 // measured; slack is the ratio less the bound of the proof
	ratioError, betaError, slackE float64 // their standard errors
}

// proofFactor: the proof of Theorem 4 gives ratio > 1 - proofFactor (1 - beta).
const proofFactor = math.Pi / (2 * (math.Pi - 1))

// thm2Shares splits the variance of every layer, with the delete-one jackknife over networks
// for its errors.
func thm2Shares(layers []split, size thm2Size) []share {
	theory := geometry.VarianceShares(size.depth)
	out := make([]share, size.depth)
	for l := range out {
		before, here := layers[l], layers[l+1]
		stat := func(skip int) [3]float64 {
			beta := 1 - average(before.within, skip)
			ratio := here.ratio(skip, size.data)
			return [3]float64{ratio, beta, ratio - (1 - proofFactor*(1-beta))}
		}
		all := stat(-1)
		var drop [3][]float64
		for skip := range size.inits {
			for i, v := range stat(skip) {
				drop[i] = append(drop[i], v)
			}
		}
		out[l] = share{theory[l], all[0], all[1], all[2], jackknife(drop[0]), jackknife(drop[1]), jackknife(drop[2])}
	}
	return out
}

// jackknife is the standard error of a number from its values with one network left out:
// se^2 = (n-1)/n sum (v - mean)^2.
func jackknife(drop []float64) float64 {
	centre, sum, n := average(drop, -1), 0.0, float64(len(drop))
	for _, v := range drop {
		sum += (v - centre) * (v - centre)
	}
	return math.Sqrt((n - 1) / n * sum)
}

// ratio is between / (between + within): the variance over networks of the mean over the
// data, less what the finite data add to it, within/M; all coordinates together.
func (s split) ratio(skip, data int) float64 {
	n := float64(len(s.mean))
	centre := make([]float64, len(s.mean[0]))
	squares := 0.0
	for i, m := range s.mean {
		if i == skip {
			n--
			continue
		}
		floats.Add(centre, m)
		squares += floats.Dot(m, m)
	}
	within := average(s.within, skip)
	between := (squares-floats.Dot(centre, centre)/n)/(n-1) - within/float64(data)
	return between / (between + within)
}

// average leaves one number out; none where skip is -1.
func average(list []float64, skip int) float64 {
	n, sum := 0, 0.0
	for i, x := range list {
		if i != skip {
			n, sum = n+1, sum+x
		}
	}
	return sum / float64(n)
}
