package scenes

import "math/bits"

// draws is a stream of random numbers that depends on its key alone: SplitMix64 (Steele, Lea
// and Flood 2014), whose k-th number is a hash of key + k * golden. It is written out here
// because the integers and floats that math/rand/v2 makes of a source may change with Go.
type draws struct{ state uint64 }

// golden is 2^64 over the golden ratio, made odd.
const golden = 0x9E3779B97F4A7C15

// Keys that keep the uses of one seed apart.
const (
	keyAttributes = 1 + iota
	keyLayout
	keyTint
	keyGround
	keyStroke
	keyWords
	keyVector
	keySplit
)

// newDraws begins the stream of a key; every part is mixed in before the next.
func newDraws(parts ...uint64) draws {
	var state uint64
	for _, p := range parts {
		state = mix(state + golden + p)
	}
	return draws{state}
}

// mix is SplitMix64's bijection of 64 bits.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (d *draws) next() uint64 {
	d.state += golden
	return mix(d.state)
}

// below gives an integer of [0, n). Its bias is below n / 2^64.
func (d *draws) below(n int) int {
	hi, _ := bits.Mul64(d.next(), uint64(n))
	return int(hi)
}

// unit gives a number of [0, 1) with 53 bits.
func (d *draws) unit() float64 { return float64(float64(d.next()>>11) * 0x1p-53) }

// span gives a number of [lo, hi).
func (d *draws) span(lo, hi float64) float64 { return lo + float64((hi-lo)*d.unit()) }

// pick gives one of the elements.
func pick[T any](d *draws, from []T) T { return from[d.below(len(from))] }

// normal gives a nearly normal number, by the central limit: 12 uniform ones less 6 have mean 0
// and variance 1, and need no function that processors round differently.
func (d *draws) normal() float64 {
	sum := -6.0
	for range 12 {
		sum += d.unit()
	}
	return sum
}
