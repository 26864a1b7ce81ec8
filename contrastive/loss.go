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

// Losses are those that Config.Loss can name.
var Losses = []*Loss{
	{Name: "infonce", Doc: "symmetric InfoNCE, the loss of CLIP (Section 4.1)", Of: infoNCE(kernels.InfoNCESymmetric)},
	{Name: "infonce-images", Doc: "images choose among texts", Of: infoNCE(kernels.InfoNCERows)},
	{Name: "infonce-texts", Doc: "texts choose among images", Of: infoNCE(kernels.InfoNCECols)},
}

func infoNCE(mode kernels.InfoNCEMode) func(*nn.Tape, *nn.Value, *nn.Value, *nn.Value, *nn.Value) *nn.Value {
	return func(tp *nn.Tape, x, y, scale, _ *nn.Value) *nn.Value { return nn.InfoNCE(tp, x, y, scale, mode) }
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
