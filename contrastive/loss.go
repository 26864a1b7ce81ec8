package contrastive

import (
	"strings"

	"mindgap/kernels"
	"mindgap/nn"
)

// Loss is a loss of unit embeddings of matched pairs.
type Loss struct {
	Name, Doc string
	// Bias says that the loss has a learned bias beside the logit scale.
	Bias bool
	// Of computes it: x and y are N x D, scale is the logit scale and bias the logit bias, of
	// one element each.
	Of func(tp *nn.Tape, x, y, scale, bias *nn.Value) *nn.Value
}

// Losses are those that Config.Loss can name. With unit rows x_i and y_i of N pairs, s the logit
// scale, and
//
//	U(x) = log mean over i != j of e^(-2 |x_i - x_j|^2)
//
// they are: InfoNCE (Radford et al. 2021), InfoNCE + (U(x) + U(y))/2, the mean of |x_i - y_i|^2
// + (U(x) + U(y))/2 (Wang and Isola 2020, both terms of weight 1), SigLIP (Zhai et al. 2023),
// and two more that the authors' code defines and the paper does not report (Section 4.2's
// experiments use InfoNCE): see kernels.DualInfoNCE and kernels.CorrectInfoNCE.
var Losses = []*Loss{
	{Name: "infonce", Doc: "symmetric InfoNCE, the loss of CLIP (Section 4.1)", Of: infoNCE(kernels.InfoNCESymmetric)},
	{Name: "infonce-images", Doc: "images choose among texts", Of: infoNCE(kernels.InfoNCERows)},
	{Name: "infonce-texts", Doc: "texts choose among images", Of: infoNCE(kernels.InfoNCECols)},
	{Name: "infonce-uniformity", Doc: "InfoNCE and the mean uniformity of both modalities (the authors' extra loss)", Of: func(tp *nn.Tape, x, y, scale, _ *nn.Value) *nn.Value {
		return nn.Add(tp, nn.InfoNCE(tp, x, y, scale, kernels.InfoNCESymmetric), uniformity(tp, x, y))
	}},
	{Name: "alignment-uniformity", Doc: "matched pairs near, each modality spread out; without a temperature (Wang and Isola 2020)", Of: func(tp *nn.Tape, x, y, _, _ *nn.Value) *nn.Value {
		return nn.Add(tp, nn.Alignment(tp, x, y), uniformity(tp, x, y))
	}},
	{Name: "dual", Doc: "InfoNCE in which both modalities are candidates, 2N-1 for each embedding (the authors' extra loss)", Of: func(tp *nn.Tape, x, y, scale, _ *nn.Value) *nn.Value {
		return nn.DualInfoNCE(tp, x, y, scale)
	}},
	{Name: "simple", Doc: "InfoNCE over the pairs that are classified correctly (the authors' extra loss)", Of: func(tp *nn.Tape, x, y, scale, _ *nn.Value) *nn.Value {
		return nn.CorrectInfoNCE(tp, x, y, scale)
	}},
	{Name: "siglip", Doc: "a sigmoid for every pair, with a learned bias (Zhai et al. 2023, who begin with tau 0.1)", Bias: true, Of: nn.SigLIP},
}

func infoNCE(mode kernels.InfoNCEMode) func(*nn.Tape, *nn.Value, *nn.Value, *nn.Value, *nn.Value) *nn.Value {
	return func(tp *nn.Tape, x, y, scale, _ *nn.Value) *nn.Value { return nn.InfoNCE(tp, x, y, scale, mode) }
}

// uniformity is (U(x) + U(y))/2.
func uniformity(tp *nn.Tape, x, y *nn.Value) *nn.Value {
	return nn.Scale(tp, nn.Add(tp, nn.Uniformity(tp, x), nn.Uniformity(tp, y)), 0.5)
}

func findLoss(name string) *Loss {
	for _, l := range Losses {
		if l.Name == name {
			return l
		}
	}
	return nil
}

func lossNames() string {
	names := make([]string, len(Losses))
	for i, l := range Losses {
		names[i] = l.Name
	}
	return strings.Join(names, ", ")
}
