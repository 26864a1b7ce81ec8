package kernels

import "mindgap/engine"

func fillRandom(k *engine.Kernel[RandomFillParams], t *engine.Tensor, s Stream, offset uint64, p RandomFillParams) {
	engine.Check(k.Name, t.Contiguous(), "the tensor %v is not contiguous", t)
	p = p.at(offset, int32(t.Len()))
	p.SeedLo, p.SeedHi, p.Stream = uint32(s.Seed), uint32(s.Seed>>32), s.ID
	k.Run(p, t)
}

// FillBits sets element i of a contiguous uint32 tensor to number offset+i of the stream: 32
// random bits. As for all fills, every device gives the same numbers however a fill is cut;
// a stream has 2^64 numbers.
func FillBits(t *engine.Tensor, s Stream, offset uint64) {
	fillRandom(randomFillBits, t, s, offset, RandomFillParams{})
}

// FillUniform sets element i of a contiguous float32 tensor to lo + (hi - lo) k / 2^24, k
// being the upper 24 bits of number offset+i of the stream: in [0, 1) for lo 0 and hi 1. For
// other ends hi itself may appear by rounding. Every device gives the same bits.
func FillUniform(t *engine.Tensor, s Stream, offset uint64, lo, hi float32) {
	engine.Check(randomFillUniform.Name, lo <= hi, "from %g to %g is no interval", lo, hi)
	fillRandom(randomFillUniform, t, s, offset, RandomFillParams{Base: lo, Spread: hi - lo})
}

// FillNormal sets element i of a contiguous float32 tensor to mean + std z, z being normal
// number offset+i of the stream: |z| <= 5.77, since it is made of 24 + 24 bits. Devices that
// round sums and products as IEEE 754 says give the same bits; on all of them z is within
// 13 * 2^-24 of its exact value, relatively.
func FillNormal(t *engine.Tensor, s Stream, offset uint64, mean, std float32) {
	fillRandom(randomFillNormal, t, s, offset, RandomFillParams{Base: mean, Spread: std})
}

// FillInts sets element i of a contiguous int32 tensor to a number in 0..n-1: n times number
// offset+i of the stream, divided by 2^32. Probabilities differ from 1/n by at most 2^-32.
func FillInts(t *engine.Tensor, s Stream, offset uint64, n int32) {
	engine.Check(randomFillInts.Name, n > 0, "%d is no range", n)
	fillRandom(randomFillInts, t, s, offset, RandomFillParams{Range: uint32(n)})
}

// Random hands out a stream's numbers one after the other, so that no two fills overlap. It
// is a value: a copy continues on its own, with the same numbers.
type Random struct {
	Stream
	Next uint64 // the next number to hand out
}

// NewRandom begins stream id of a seed.
func NewRandom(seed uint64, id uint32) *Random { return &Random{Stream: Stream{seed, id}} }

// take hands out n numbers. Fills begin at multiples of 4: devices write blocks at once.
func (r *Random) take(n int) (offset uint64) {
	offset = r.Next
	r.Next += (uint64(n) + 3) &^ 3
	return offset
}

// Bits is FillBits with the next numbers.
func (r *Random) Bits(t *engine.Tensor) { FillBits(t, r.Stream, r.take(t.Len())) }

// Uniform is FillUniform with the next numbers.
func (r *Random) Uniform(t *engine.Tensor, lo, hi float32) {
	FillUniform(t, r.Stream, r.take(t.Len()), lo, hi)
}

// Normal is FillNormal with the next numbers.
func (r *Random) Normal(t *engine.Tensor, mean, std float32) {
	FillNormal(t, r.Stream, r.take(t.Len()), mean, std)
}

// Ints is FillInts with the next numbers.
func (r *Random) Ints(t *engine.Tensor, n int32) { FillInts(t, r.Stream, r.take(t.Len()), n) }

// Uint64 is 64 random bits on the host: Random is a Source of math/rand/v2, for shuffles and
// choices. It takes a block of four numbers.
func (r *Random) Uint64() uint64 {
	b := r.Block(r.take(4) / 4)
	return uint64(b[1])<<32 | uint64(b[0])
}
