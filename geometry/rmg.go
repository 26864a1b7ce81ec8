package geometry

import "gonum.org/v1/gonum/floats"

// RMG is the relative modality gap p / (p + (i + t)/2) of unit rows, where p, i, t
// are the distances 1 - (cos + 1)/2 averaged over the N matched pairs, over the
// N(N-1) pairs i != j within a, and over those within b. 0 means that partners
// coincide, 0.5 that they are as far apart as two rows of one modality.
// Schrodi et al., Two Effects, One Trigger (ICLR 2025). Nothing is floored: where
// all three distances vanish it is an error.
func RMG(a, b Rows) (float64, error) {
	if err := checkPaired("RMG", 2, a, b); err != nil {
		return 0, err
	}
	p, _ := MatchedCosine(a, b)
	i, _ := WithinCosine(a)
	t, _ := WithinCosine(b)
	return rmg("RMG", halfDistance(p), halfDistance(i), halfDistance(t))
}

// RMGReference is RMG as the authors' code has it, for several captions per image:
// p runs over every caption and its image, i over the pairs of distinct images, t
// over all pairs of distinct captions, those of the same image too; and a p that is
// not positive becomes 1e-3. owner[c] is the image of caption c. With one caption
// per image and p > 0 it equals RMG.
func RMGReference(images, captions Rows, owner []int) (float64, error) {
	const fn = "RMGReference"
	p, err := ownedCosine(fn, images, captions, owner)
	if err != nil {
		return 0, err
	}
	i, _ := WithinCosine(images)
	t, _ := WithinCosine(captions)
	dist := halfDistance(p)
	if dist <= 0 {
		dist = 1e-3
	}
	return rmg(fn, dist, halfDistance(i), halfDistance(t))
}

// RMGGrouped is RMG for several captions per image, in which t leaves out the pairs
// of captions that describe the same image.
func RMGGrouped(images, captions Rows, owner []int) (float64, error) {
	const fn = "RMGGrouped"
	p, err := ownedCosine(fn, images, captions, owner)
	if err != nil {
		return 0, err
	}
	i, _ := WithinCosine(images)
	sums := Zeros(images.N, images.D) // of the captions of each image
	count := make([]int, images.N)
	for c, k := range owner {
		floats.Add(sums.Row(k), captions.Row(c))
		count[k]++
	}
	n := float64(captions.N)
	m := captions.Mean()
	within, pairs := n*n*floats.Dot(m, m), n*n
	for k := range images.N {
		within -= floats.Dot(sums.Row(k), sums.Row(k))
		pairs -= float64(count[k] * count[k])
	}
	if pairs == 0 {
		return 0, errorf(fn, "all captions belong to one image")
	}
	return rmg(fn, halfDistance(p), halfDistance(i), halfDistance(within/pairs))
}

func ownedCosine(fn string, images, captions Rows, owner []int) (float64, error) {
	if err := check(fn, 2, images, captions); err != nil {
		return 0, err
	}
	if len(owner) != captions.N {
		return 0, errorf(fn, "%d owners for %d captions", len(owner), captions.N)
	}
	sum := 0.0
	for c, k := range owner {
		if k < 0 || k >= images.N {
			return 0, errorf(fn, "caption %d belongs to image %d of %d", c, k, images.N)
		}
		sum += floats.Dot(images.Row(k), captions.Row(c))
	}
	return sum / float64(captions.N), nil
}

func halfDistance(cos float64) float64 { return 1 - (cos+1)/2 }

func rmg(fn string, p, i, t float64) (float64, error) {
	sum := p + (i+t)/2
	if sum <= 0 {
		return 0, errorf(fn, "all rows coincide: the gap has nothing to be relative to")
	}
	return p / sum, nil
}
