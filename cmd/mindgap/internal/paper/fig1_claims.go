package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// fig1Texts say what the claims on references are about.
var fig1Texts = []struct{ ID, Text string }{
	{"gap", "The gap distances of three of the authors' files are those computed from them in float64 by other means"},
	{"cosines", "Cosines within and between modalities, and the lengths of the means, are those of that computation"},
	{"retrieval", "R@1 of three files, both ways, is exact"},
	{"separability", "A cut along the gap separates the modalities of all eight files without an error"},
	{"margin", "The margin of that separation"},
	{"pc1", "The cosine between the first principal component and the gap"},
	{"explained", "The share of the variance along the first principal component"},
	{"singular", "The two largest singular values of the uncentred rows (Supplementary Figure 4)"},
	{"svd-gap", "The gap in the plane of the uncentred SVD"},
	{"purity", "The share of the 14 nearest neighbours that are of the same modality: 1 in seven files, 0.99379 in convirt"},
	{"components", "Connected components of the graph of neighbours: 2 in seven files, 1 in convirt"},
	{"svd-accuracy", "The accuracy of a linear discriminant in the plane of the uncentred SVD: 1, in convirt 0.998"},
}

func fig1Claims(panels []*fig1Panel) []report.Claim {
	out := fig1ReaderClaim(panels)
	compared := fig1Compare(panels)
	for _, t := range fig1Texts {
		count, wrong, worst, tolerance := 0, 0, 0.0, 0.0
		for _, c := range compared {
			if c.Claim == t.ID {
				count++
				worst, tolerance = max(worst, c.off()), c.Tolerance
				if !(c.off() <= c.Tolerance) {
					wrong++
				}
			}
		}
		if count > 0 {
			out = append(out, report.Claim{
				ID: t.ID, Kind: report.Check, Text: t.Text + fmt.Sprintf(": the largest deviation of %d numbers.", count),
				Got: worst, Want: atMost(tolerance), Holds: wrong == 0,
			})
		}
	}
	out = append(out, fig1DeviceClaims(panels)...)
	return append(out, fig1Observations(panels)...)
}

func atMost(x float64) string {
	if x == 0 {
		return "= 0"
	}
	return fmt.Sprintf("<= %g", x)
}

// fig1Head is how the file of CLIP begins, to eight decimals (EXPERIMENTS.md, Part 2, item 1).
var fig1Head = [2][4]float64{
	{-0.00535583, -0.04031372, 0.00811768, 0.00814819}, {-0.00800323, -0.00682831, -0.01971436, 0.04089355},
}

func fig1ReaderClaim(panels []*fig1Panel) []report.Claim {
	for _, p := range panels {
		if !p.Authors || p.Model != "clip" || p.Init != Pretrained {
			continue
		}
		worst := 0.0
		for k, head := range fig1Head {
			for i, want := range head {
				worst = math.Max(worst, math.Abs(p.Head[k][i]-want))
			}
		}
		return []report.Claim{{
			ID: "reader", Kind: report.Check, Text: "The first four numbers of either modality of features_clip.npy are those of the authors' file, to their eighth decimal.",
			Got: worst, Want: "<= 5e-09", Holds: worst <= 5e-9,
		}}
	}
	return nil
}

// fig1DeviceClaims hold the device against float64, and the numbers against one another.
func fig1DeviceClaims(panels []*fig1Panel) []report.Claim {
	worst, recall, identity := 0.0, 0.0, 0.0
	for _, p := range panels {
		names, device := p.Device.list()
		_, exact := p.Exact.list()
		for i, name := range names {
			d := math.Abs(device[i] - exact[i])
			if name == "r1_ab" || name == "r1_ba" {
				recall = max(recall, d)
			} else {
				worst = max(worst, d)
			}
		}
		// The mean over all pairs, i = j included, is the product of the means.
		n, x := float64(p.A.N), p.Exact
		full := func(other, own float64) float64 { return ((n-1)*other + own) / n }
		square := full(x.WithinA, 1) + full(x.WithinB, 1) - 2*full(x.Mismatched, x.Matched)
		identity = max(identity, math.Abs(x.Gap*x.Gap-square))
	}
	return []report.Claim{
		{
			ID: "device", Kind: report.Check, Text: "Gap, cosines and means on the device differ from those in float64 by at most 1e-5: the largest difference.",
			Got: worst, Want: "<= 1e-05", Holds: worst <= 1e-5,
		}, {
			ID: "device-retrieval", Kind: report.Check, Text: "R@1 on the device is that of float64: the largest difference.",
			Got: recall, Want: "= 0", Holds: recall == 0,
		}, {
			ID: "identity", Kind: report.Check, Text: "gap^2 = |mean a|^2 + |mean b|^2 - 2 mean a . mean b, the products of means taken from the cosines of pairs: the largest difference (the rounding of sums of N D products in float64 is below 1e-10).",
			Got: identity, Want: "<= 1e-10", Holds: identity <= 1e-10,
		},
	}
}

// fig1Observations say whether the paper's statement is seen.
func fig1Observations(panels []*fig1Panel) []report.Claim {
	const statement = "image and text lie in two separate regions, before and after training"
	chance, apart, islands := math.Inf(1), math.Inf(1), math.Inf(1)
	for _, p := range panels {
		all := geometry.Stack(p.A, p.B)
		spread := 0.0 // 1 - |mean|^2, the variance of unit rows
		for _, m := range all.Mean() {
			spread += m * m
		}
		chance = min(chance, p.Device.Gap/math.Sqrt((1-spread)*2/float64(p.A.N)))
		apart = min(apart, p.Shape.Separation.Accuracy)
		if p.N > 2*fig1Neighbours { // 14 are most of what there is of a small one
			islands = min(islands, p.Islands)
		}
	}
	out := []report.Claim{
		{
			ID: "gap-exists", Kind: report.Observation, Text: "The smallest gap of all panels, in units of what two random halves of the same rows would have.",
			Paper: statement, Got: chance, Want: "> 3", Holds: chance > 3,
		}, {
			ID: "separate", Kind: report.Observation, Text: "The smallest accuracy of a cut along the gap.",
			Paper: statement, Got: apart, Want: "= 1", Holds: apart == 1,
		},
	}
	if !math.IsInf(islands, 1) {
		out = append(out, report.Claim{
			ID: "islands", Kind: report.Observation, Text: "In the pictures of UMAP, the smallest share of a point's 14 nearest points that are of its own modality, among the panels of more than 28 pairs.",
			Paper: statement, Got: islands, Want: ">= 0.99", Holds: islands >= .99,
		})
	}
	return out
}
