package contrastive

import (
	"cmp"
	"slices"

	"mindgap/geometry"
)

// Predict gives for each image the class whose text is the most similar; the first of equals.
// Rows are unit embeddings.
func Predict(images, texts geometry.Rows) []int {
	out := make([]int, images.N)
	for i := range out {
		best := 0.0
		for k := range texts.N {
			dot := 0.0
			for j, x := range images.Row(i) {
				dot += x * texts.Row(k)[j]
			}
			if k == 0 || dot > best {
				best, out[i] = dot, k
			}
		}
	}
	return out
}

// Accuracy is the share of predictions that are the label. No label: 0.
func Accuracy(predicted, labels []int) float64 {
	right := 0
	for i, p := range predicted {
		if p == labels[i] {
			right++
		}
	}
	return float64(right) / float64(max(len(labels), 1))
}

// AUC is the area under the ROC curve: the chance that a positive scores above a negative,
// equal scores counting half. Without positives or negatives it is 0.5.
func AUC(scores []float64, positive []bool) float64 {
	at := make([]int, len(scores))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	var ranks, positives float64
	for lo := 0; lo < len(at); {
		hi := lo
		for hi < len(at) && scores[at[hi]] == scores[at[lo]] {
			hi++
		}
		for _, i := range at[lo:hi] {
			if positive[i] {
				ranks += float64(lo+hi+1) / 2 // the mean rank of equals, the first rank being 1
				positives++
			}
		}
		lo = hi
	}
	negatives := float64(len(scores)) - positives
	if positives == 0 || negatives == 0 {
		return 0.5
	}
	return (ranks - positives*(positives+1)/2) / (positives * negatives)
}
