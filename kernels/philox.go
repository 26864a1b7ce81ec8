package kernels

import "math/bits"

// Philox4x32 is the counter-based generator Philox4x32-10 of Salmon, Moraes, Dror and Shaw,
// Parallel random numbers: as easy as 1, 2, 3 (SC 2011): 128 random bits for every counter
// and key, each computed by itself. All random numbers of kernels are words of such blocks.
func Philox4x32(counter [4]uint32, key [2]uint32) [4]uint32 {
	c, k := counter, key
	for range 10 {
		hi0, lo0 := bits.Mul32(0xD2511F53, c[0])
		hi1, lo1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{hi1 ^ c[1] ^ k[0], lo1, hi0 ^ c[3] ^ k[1], lo0}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
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
