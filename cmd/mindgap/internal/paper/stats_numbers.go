package paper

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// gapRuns are the gaps of Section 4.4's three runs each, with the printed mean, half of the
// 95 % interval, and population standard deviation.
var gapRuns = []struct {
	name     string
	runs     []float64
	mean, ci float64
	sd       float64
}{
	{"original initialisation, before training", []float64{1.1898, 1.1884, 1.1892}, 1.1891, .0017, .0006},
	{"original initialisation, after training", []float64{1.3149, 1.2988, 1.2836}, 1.2991, .0389, .0128},
	{"amended initialisation, before training", []float64{.0314, .0551, .0299}, .0388, .0351, .0115},
	{"amended initialisation, after training", []float64{.7472, .7195, .7704}, .7457, .0633, .0208},
}

// printed4 is half a unit of the fourth decimal, and a hair for its own rounding.
const printed4 = 5e-5 + 1e-12

// intervals are mean +- t(2) sd/sqrt 3 of Section 4.4.
func (r *statsRun) intervals() error {
	var off worstShare
	var means []float64
	for _, g := range gapRuns {
		t, err := geometry.TInterval(g.runs, 0.95)
		if err != nil {
			return err
		}
		sd := math.Sqrt(stat.PopVariance(g.runs, nil))
		r.add("gap, "+g.name+": mean of 3", t.Value, g.mean)
		r.add("gap, "+g.name+": half of the 95 % interval", t.Hi-t.Value, g.ci)
		r.add("gap, "+g.name+": population standard deviation", sd, g.sd)
		off.see(t.Value, g.mean, 1)
		off.see(t.Hi-t.Value, g.ci, 1)
		off.see(sd, g.sd, 1)
		means = append(means, t.Value)
	}
	ratio := means[3] / means[1]
	r.add("gap after training, amended over original", ratio, .57)
	r.claim(
		checkAtMost("intervals", "Section 4.4's means, 95 % intervals and standard deviations follow from its runs, to four decimals: the largest difference.", float64(off), printed4),
		report.Claim{
			ID: "optimisation-share", Kind: report.Check, Text: "With the gap amended before training, training opens 57 % of it again: the ratio of the two gaps.",
			Paper: .57, Got: ratio, Want: "0.57 to two decimals", Holds: math.Round(100*ratio) == 57,
		})
	return nil
}

// zeroShotChange is an accuracy on a whole data set of n images without and with a shift, and
// the printed p.
type zeroShotChange struct {
	name              string
	n                 int
	original, shifted float64
	p                 float64
}

// zeroShotChanges are Supplementary Table 5.
var zeroShotChanges = []zeroShotChange{
	{"CIFAR10", 60000, .9026, .9104, 3.476e-6}, {"CIFAR100", 60000, .6705, .6776, 8.701e-3}, {"EuroSAT", 27000, .5494, .5686, 7.020e-6},
}

// pValue is what follows from the accuracies.
func (z zeroShotChange) pValue() (float64, error) {
	return geometry.TwoProportionP(z.original, z.n, z.shifted, z.n)
}

const pValuesText = "The p-values of Supplementary Table 5 follow from its accuracies by the chi-square test of two proportions, to three digits: how many of 3."

// samePValues counts the printed p-values that follow, to three digits.
func samePValues() (same int, err error) {
	for _, z := range zeroShotChanges {
		p, err := z.pValue()
		if err != nil {
			return 0, err
		}
		if fmt.Sprintf("%.2e", p) == fmt.Sprintf("%.2e", z.p) {
			same++
		}
	}
	return same, nil
}

func (r *statsRun) pValues() error {
	for _, z := range zeroShotChanges {
		p, err := z.pValue()
		if err != nil {
			return err
		}
		r.add(fmt.Sprintf("p-value, %s, %g to %g of %d", z.name, z.original, z.shifted, z.n), p, z.p)
	}
	same, err := samePValues()
	r.claim(checkEquals("p-values", pValuesText, float64(same), 3))
	return err
}

// cone is Section 2.1's remark on how narrow a mean cosine of 0.56 is (quirk D15).
func (r *statsRun) cone() error {
	c := geometry.ConeOf(.56)
	r.add("cone of mean cosine 0.56: angle in degrees", c.Degrees, 55.94)
	r.add("cone of mean cosine 0.56: share of a circle (%)", 100*c.Circle, 15.53)
	r.misprint("cone of mean cosine 0.56: share of a sphere (%)", 100*c.Cap, 3.34)
	r.misprint("networks in Supplementary Figure 13", 11, 25)
	off := max(math.Abs(c.Degrees-55.94), math.Abs(100*c.Circle-15.54), math.Abs(100*c.Cap-5.84))
	r.claim(checkAtMost("cone", "A mean cosine of 0.56 is an angle of 55.94 degrees, 15.54 % of a circle and 5.84 % of a sphere: the largest difference from two decimals.", off, 5e-3))
	return nil
}
