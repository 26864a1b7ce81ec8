package measure

import (
	"math/rand/v2"

	"mindgap/geometry"
)

// deal deals the rows of the files into groups at random: in equal shares up to a million
// rows, beyond by a random number per row, so that nothing has to be shuffled.
func deal(n int, seed uint64) []uint8 {
	out := make([]uint8, n)
	if n <= 1<<20 {
		of, err := geometry.DealGroups(n, min(n, groups), seed)
		if err != nil {
			panic(err) // there are at least two rows
		}
		for i, g := range of {
			out[i] = uint8(g)
		}
		return out
	}
	rng := rand.New(rand.NewPCG(seed, 0x1acc))
	for i := range out {
		out[i] = uint8(rng.UintN(groups))
	}
	return out
}
