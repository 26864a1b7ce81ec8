package kernels

import "math/bits"

// Philox4x32 is the counter-based generator Philox4x32-10 of Salmon, Moraes, Dror and Shaw,
// Parallel random numbers: as easy as 1, 2, 3 (SC 2011): 128 random bits for every counter
// and key, each computed by itself. All random numbers of kernels are words of such blocks.
func Philox4x32(counter [4]uint32, key [2]uint32) [4]uint32 {
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range 10 {
		hi0, lo0 := bits.Mul32(0xD2511F53, c0)
		hi1, lo1 := bits.Mul32(0xCD9E8D57, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return [4]uint32{c0, c1, c2, c3}
}

// Stream names a sequence of random numbers: number n of it depends on Seed, ID and n alone,
// on every device. Streams of different seeds or IDs are independent.
type Stream struct {
	Seed uint64
	ID   uint32
}

// Block is numbers 4j..4j+3 of the stream, as bits.
func (s Stream) Block(j uint64) [4]uint32 {
	return Philox4x32(
		[4]uint32{uint32(j), uint32(j >> 32), s.ID, 0},
		[2]uint32{uint32(s.Seed), uint32(s.Seed >> 32)},
	)
}
