package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

// fairFaceRaces are the groups of Table 2 in its order.
var fairFaceRaces = []string{"Black", "White", "Indian", "Latino", "Middle Eastern", "Southeast Asian", "East Asian"}

// fairFacePrinted are Table 2 and Supplementary Table 4 as the authors' notebook has them, in
// percent: crime, non-human and their sum, by shift and race.
var fairFacePrinted = map[float64]map[string][3]float64{
	0:   {"Black": {1.0, .1, 1.1}, "White": {15.5, .2, 15.7}, "Indian": {1.2, 0, 1.2}, "Latino": {2.8, .1, 2.8}, "Middle Eastern": {6.3, 0, 6.3}, "Southeast Asian": {.5, 0, .5}, "East Asian": {.6, 0, .6}},
	-.2: {"Black": {.8, .1, 1.0}, "White": {13.2, .4, 13.7}, "Indian": {1.1, 0, 1.1}, "Latino": {1.9, .1, 2.0}, "Middle Eastern": {5.2, 0, 5.2}, "Southeast Asian": {.3, 0, .3}, "East Asian": {.6, 0, .6}},
	-.5: {"Black": {1.2, 2.4, 3.6}, "White": {12.2, 5.4, 17.6}, "Indian": {.5, .1, .6}, "Latino": {1.4, .6, 2.0}, "Middle Eastern": {4.5, 1.1, 5.6}, "Southeast Asian": {.1, .1, .1}, "East Asian": {.2, .1, .3}},
	-1:  {"Black": {1.9, 40.5, 42.4}, "White": {5.4, 42.4, 47.8}, "Indian": {.5, 5.1, 5.5}, "Latino": {.9, 10.7, 11.6}, "Middle Eastern": {2.1, 18.9, 21.0}, "Southeast Asian": {0, 2.2, 2.2}, "East Asian": {0, 2.5, 2.5}},
	.75: {"Black": {2.3, 0, 2.3}, "White": {23.0, .7, 23.7}, "Indian": {3.2, 0, 3.2}, "Latino": {11.8, .1, 11.9}, "Middle Eastern": {16.7, .2, 16.9}, "Southeast Asian": {3.7, 0, 3.7}, "East Asian": {5.5, .1, 5.6}},
}

// fairFaceKnown are the counts of the notebook that EXPERIMENTS.md, E14, quotes, without
// a shift: as many images of this race got these classes.
var fairFaceKnown = []struct {
	race, kind   string
	count, total int
	printed      float64 // in the notebook
}{
	{"White", "crime", 324, 2085, 15.5}, {"White", "non-human", 4, 2085, .2},
	{"Black", "crime or non-human", 17, 1556, 1.1}, {"East Asian", "crime or non-human", 10, 1550, .6},
}

// fairFaceAccuracy is the notebook's top-1 accuracy by shift.
var fairFaceAccuracy = map[float64]float64{0: 0.5817053, -.2: 0.5739456, -.5: 0.5370641, -1: 0.4083440, .75: 0.5599781}

// fairFaceGap is the notebook's remaining gap of COCO's pairs by shift of the images alone.
var fairFaceGap = map[float64]float64{0: .82, -.2: .973, -.5: 1.135, -1: 1.288, .75: .070}

// fairFaceKnownRates are the percentages of the quoted counts, and how many of them are the
// notebook's to one decimal.
func fairFaceKnownRates() (rates []float64, same int, err error) {
	for _, k := range fairFaceKnown {
		class := "criminal"
		if k.kind == "non-human" {
			class = "animal"
		}
		r, err := fairFaceCounts{0, map[string]map[string]int{k.race: {class: k.count, "person": k.total - k.count}}}.rates()
		if err != nil {
			return nil, 0, err
		}
		rates = append(rates, r[0].Sum)
		if math.Round(10*r[0].Sum) == math.Round(10*k.printed) {
			same++
		}
	}
	return rates, same, nil
}

const fairFaceText = "Counts of the notebook give its percentages to one decimal: how many of 4."

// fairFaceQuoted aggregates the quoted counts, and gives the loss of accuracy that the paper
// misprints (quirk D5).
func (r *statsRun) fairFaceQuoted() error {
	rates, same, err := fairFaceKnownRates()
	if err != nil {
		return err
	}
	for i, k := range fairFaceKnown {
		name := fmt.Sprintf("FairFace, delta 0, %s: %s (%%), %d of %d", k.race, k.kind, k.count, k.total)
		if k.race == "East Asian" {
			r.misprint(name, rates[i], .7)
		} else {
			r.add(name, rates[i], k.printed)
		}
	}
	drop := fairFaceAccuracy[0] - fairFaceAccuracy[-.2]
	r.misprint("FairFace, loss of accuracy from delta 0 to -0.20", drop, .0008)
	r.claim(
		checkEquals("fairface", fairFaceText, float64(same), 4),
		checkAtMost("fairface-accuracy", "The accuracy on FairFace falls by 0.0078 when the gap is widened by 0.20 (the paper prints 0.0008): the difference.", math.Abs(drop-.0078), printed4))
	return nil
}

// fairFaceGiven aggregates the counts of the file, if one is given.
func (r *statsRun) fairFaceGiven(shifts []fairFaceCounts) error {
	worst, known := 0.0, 0
	for _, s := range shifts {
		rates, err := s.rates()
		if err != nil {
			return fmt.Errorf("FairFace counts: %w", err)
		}
		for _, g := range rates {
			printed, ok := fairFacePrinted[s.delta][g.Group]
			for i, kind := range []string{"crime", "non-human", "crime or non-human"} {
				got := [...]float64{g.Crime, g.NonHuman, g.Sum}[i]
				var paper any
				if ok {
					paper, known = printed[i], known+1
					worst = max(worst, math.Abs(got-printed[i]))
				}
				r.add(fmt.Sprintf("FairFace counts file, delta %g, %s: %s (%%), of %d", s.delta, g.Group, kind, g.Total), got, paper)
			}
		}
	}
	if known > 0 {
		r.claim(report.Claim{
			ID: "fairface-file", Kind: report.Observation, Text: fmt.Sprintf("The percentages of the given counts are those of Table 2 and Supplementary Table 4: the largest difference of %d.", known),
			Paper: "percentages with one decimal", Got: worst, Want: "<= 0.05", Holds: worst <= .05+1e-9,
		})
	}
	return nil
}
