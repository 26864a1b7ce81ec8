package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// RandomFillParams describes Count numbers of a stream from number Offset on. Base and Spread
// are lower end and width of uniform numbers, mean and standard deviation of normal ones;
// integers lie in 0..Range-1.
type RandomFillParams struct {
	Count                                      int32
	SeedLo, SeedHi, Stream, OffsetLo, OffsetHi uint32
	Base, Spread                               float32
	Range                                      uint32
}

func (p RandomFillParams) stream() Stream {
	return Stream{uint64(p.SeedHi)<<32 | uint64(p.SeedLo), p.Stream}
}

func (p RandomFillParams) offset() uint64 { return uint64(p.OffsetHi)<<32 | uint64(p.OffsetLo) }

// at is the same with another beginning and count.
func (p RandomFillParams) at(offset uint64, count int32) RandomFillParams {
	p.Count, p.OffsetLo, p.OffsetHi = count, uint32(offset), uint32(offset>>32)
	return p
}

// randomKind is one way of making numbers from a block of bits.
type randomKind struct {
	name, doc string
	code      int // KIND in the shader
	dtype     engine.DType
	ref       func(p RandomFillParams, block [4]uint32, out *[4]float64)
	host      func(p RandomFillParams, block [4]uint32) [4]uint32              // the numbers' bits
	bound     func(p RandomFillParams, e engine.MathErrors, x float64) float64 // nil: bit-equal
}

// randomGrain is how many blocks a core makes at a time.
const randomGrain = 1 << 11

func randomFill(r randomKind) *engine.Kernel[RandomFillParams] {
	kind := fmt.Sprintf("KIND=%d", r.code)
	loops := func(RandomFillParams) int { return 14 } // the rounds, and the words of a block
	k := &engine.Kernel[RandomFillParams]{
		Name: "random_fill_" + r.name, Doc: r.doc, Source: shaders,
		Bufs: []engine.Buf{{Name: "x", Type: r.dtype, Access: engine.Out}},
		Variants: []engine.Variant[RandomFillParams]{
			{
				Name: "vec4", File: "random_fill.comp.glsl", Defines: []string{kind, "VEC=4"}, Vec4: []string{"x"},
				Groups: randomGroups, Loops: loops,
				Fits: func(p RandomFillParams, _ *engine.Caps) bool { return p.Count%4 == 0 && p.OffsetLo%4 == 0 },
			},
			{Name: "scalar", File: "random_fill.comp.glsl", Defines: []string{kind}, Groups: randomGroups, Loops: loops},
		},
		Size: func(p RandomFillParams) []int {
			engine.Check("random_fill_"+r.name, p.Count >= 0, "%d is no count", p.Count)
			return []int{int(p.Count)}
		},
		Cost: func(p RandomFillParams) engine.Cost { return engine.Cost{Bytes: 4 * float64(p.Count)} },
		Split: func(p RandomFillParams) engine.Split[RandomFillParams] {
			return engine.Split[RandomFillParams]{
				Rows: int(p.Count), Quantum: 4, Step: []int{1},
				Part: func(lo, hi int) RandomFillParams { return p.at(p.offset()+uint64(lo), int32(hi-lo)) },
			}
		},
		Ref: func(p RandomFillParams, b [][]float64) {
			var v [4]float64
			for i := range b[0] {
				n := p.offset() + uint64(i)
				r.ref(p, p.stream().Block(n/4), &v)
				b[0][i] = v[n%4]
			}
		},
		Host: r.onHost,
		Cases: []RandomFillParams{
			{}, {1, 1, 0, 0, 0, 0, 0, 1, 1}, {3, 2, 0, 1, 1, 0, -1, 2, 10}, {7, 3, 9, 2, 0xFFFFFFFE, 0, 0, 1, 1 << 31},
			{1000, 4, 0, 0, 8, 5, 2, 3, 49408}, {4099, 5, 1 << 31, 7, 0xFFFFFFF0, 0xFFFFFFFE, 0.3, 0.7, 3},
		},
		Bench: []RandomFillParams{{1 << 24, 1, 0, 0, 0, 0, 0, 1, 1000}},
	}
	if r.bound != nil {
		k.Bound = func(p RandomFillParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([]float64, len(b[0]))
			for i, x := range b[0] {
				out[i] = r.bound(p, e, x)
			}
			return [][]float64{out}
		}
	}
	return k
}

// randomGroups: an invocation makes a block, 64 of them are a group.
func randomGroups(p RandomFillParams) int {
	if p.Count == 0 {
		return 0
	}
	return ceil(ceil(int(p.Count)+int(p.OffsetLo%4), 4), 64)
}

func (r randomKind) onHost(h *engine.Host, p RandomFillParams, v []engine.View) {
	first, skip, count := p.offset()/4, int(p.OffsetLo%4), int(p.Count)
	h.Parallel(ceil(count+skip, 4), randomGrain, func(lo, hi int) {
		s := p.stream()
		words := make([]uint32, 0, 4*(hi-lo))
		for b := lo; b < hi; b++ {
			x := r.host(p, s.Block(first+uint64(b)))
			words = append(words, x[:]...)
		}
		begin := 4*lo - skip // of the blocks; the fill may begin and end within one
		storeBits(v[0], max(begin, 0), words[max(-begin, 0):min(len(words), count-begin)])
	})
}

// storeBits puts words into a view of any type, from element i on.
func storeBits(v engine.View, i int, words []uint32) {
	switch {
	case v.F != nil:
		to := v.F[i:][:len(words)]
		for j, w := range words {
			to[j] = math.Float32frombits(w)
		}
	case v.I != nil:
		to := v.I[i:][:len(words)]
		for j, w := range words {
			to[j] = int32(w)
		}
	default:
		copy(v.U[i:], words)
	}
}
