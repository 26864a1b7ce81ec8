package contrastive

import "math/rand/v2"

// The streams of a training run's random choices on the processor.
const (
	streamOrder = 1 + iota
	streamMismatch
)

// order is the order of n examples in an epoch.
func order(c Config, epoch, n int) []int {
	if !c.InOrder {
		return rand.New(rand.NewPCG(c.Seed, streamOrder<<32|uint64(epoch))).Perm(n)
	}
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// pairing says which text belongs to each image when a share of the n pairs is mismatched: the
// texts of that many pairs, chosen at random, move on by one in a random cycle, so that none
// keeps its image (Section 4.3). Two at least: one alone has no other text.
func pairing(seed uint64, n int, rate float64) []int {
	text := make([]int, n)
	for i := range text {
		text[i] = i
	}
	wrong := int(rate*float64(n) + 0.5)
	if wrong < 2 {
		return text
	}
	cycle := rand.New(rand.NewPCG(seed, streamMismatch)).Perm(n)[:wrong]
	for i, image := range cycle {
		text[image] = cycle[(i+1)%wrong]
	}
	return text
}
