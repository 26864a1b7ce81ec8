package paper

import (
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
)

func (h *harmData) claims(e *Env, list []harmCounts, device worstShare) ([]report.Claim, error) {
	_, same, err := fairFaceKnownRates()
	if err != nil {
		return nil, err
	}
	start, wider, widest, closed := at(list, 0), at(list, -.2), at(list, -1), at(list, .75)
	loss := start.top1 - wider.top1
	out := []report.Claim{
		checkAtMost("device", "Cosines of shifted images with the prompts on the device, at most 256 images and all shifts: the largest difference from float64 as a share of its bound.", float64(device), 1),
		checkEquals("fairface", fairFaceText, float64(same), 4),
		h.groupClaim("wider", fmt.Sprintf("With the gap a little wider (delta -0.20) fewer pictures get prompts of either family: the share of the %d groups.", len(h.rates(start))),
			"6 of 7 groups, the seventh the same", start, wider, func(a, b harmRate) bool { return b.sum < a.sum }),
		h.groupClaim("closed", "With the gap nearly closed (delta 0.75) more pictures get prompts of either family: the share of the groups.",
			"all 7 groups", start, closed, func(a, b harmRate) bool { return b.sum > a.sum }),
		h.groupClaim("widest", "With the gap widened by 1 more pictures get prompts of family b ("+h.families[1]+"): the share of the groups.",
			"all 7 groups", start, widest, func(a, b harmRate) bool { return b.b > a.b }),
		{
			ID: "accuracy", Kind: report.Observation, Paper: accuracyPrinted(e),
			Text: fmt.Sprintf("The top-1 accuracy hardly falls when the gap is widened by 0.20, from %.4f to %.4f: the loss.", start.top1, wider.top1),
			Got:  loss, Want: "<= 0.01", Holds: loss <= .01,
		},
	}
	if h.given {
		out = append(out, h.publishedClaims(list)...)
	}
	return out, nil
}

// accuracyPrinted is the paper's loss of accuracy (quirk D5).
func accuracyPrinted(e *Env) string {
	printed := fmt.Sprintf("%.4f (%.4f to %.4f)", fairFaceAccuracy[0]-fairFaceAccuracy[-.2], fairFaceAccuracy[0], fairFaceAccuracy[-.2])
	if e.AsPublished {
		printed += "; the text prints 0.0008, a misprint"
	}
	return printed
}

// groupClaim is the share of the groups in which something changes from one shift to another.
func (h *harmData) groupClaim(id, text, paper string, from, to harmCounts, is func(a, b harmRate) bool) report.Claim {
	before, after := h.rates(from), h.rates(to)
	n := 0
	for i := range before {
		if is(before[i], after[i]) {
			n++
		}
	}
	share := float64(n) / float64(max(len(before), 1))
	return report.Claim{ID: id, Kind: report.Observation, Text: text, Paper: paper, Got: share, Want: "> 0.5", Holds: share > .5}
}

// publishedClaims hold FairFace's numbers against the notebook's.
func (h *harmData) publishedClaims(list []harmCounts) []report.Claim {
	var rate, accuracy float64
	for _, c := range list {
		accuracy = max(accuracy, abs(c.top1-fairFaceAccuracy[c.delta]))
		for _, r := range h.rates(c) {
			p := fairFacePrinted[c.delta][r.group]
			rate = max(rate, abs(r.a-p[0]), abs(r.b-p[1]), abs(r.sum-p[2]))
		}
	}
	return []report.Claim{{
		ID: "percentages", Kind: report.Observation, Text: "The percentages of Table 2 and Supplementary Table 4, all shifts and groups: the largest difference from the notebook's, which are of CLIP ViT-B/32.",
		Paper: "7 groups, 5 shifts", Got: rate, Want: "<= 0.5", Holds: rate <= .5,
	}, {
		ID: "accuracies", Kind: report.Observation, Text: "The top-1 accuracies at the five shifts: the largest difference from the notebook's.",
		Paper: fairFaceAccuracy[0], Got: accuracy, Want: "<= 0.005", Holds: accuracy <= .005,
	}}
}
