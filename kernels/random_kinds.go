package kernels

import (
	"math"
	"math/bits"

	"mindgap/engine"
)

// The numbers that random_fill.comp.glsl makes of a block's words.
var (
	randomFillBits = randomFill(randomKind{
		name: "bits", doc: "x[i] = 32 random bits (Philox4x32-10)", code: 0, dtype: engine.Uint32,
		ref: func(_ RandomFillParams, block [4]uint32, out *[4]float64) {
			for i, w := range block {
				out[i] = float64(w)
			}
		},
		host: func(_ RandomFillParams, block [4]uint32) [4]uint32 { return block },
	})

	// The definition rounds where the shader does, so that bits agree: the product of two
	// float32 is exact in float64, and a sum rounded twice is as if rounded once.
	randomFillUniform = randomFill(randomKind{
		name: "uniform", doc: "x[i] = base + spread * k / 2^24, k = 24 random bits", code: 1,
		ref: func(p RandomFillParams, block [4]uint32, out *[4]float64) {
			for i, w := range block {
				product := float32(float64(p.Spread) * float64(w>>8) / (1 << 24))
				out[i] = float64(float32(float64(p.Base) + float64(product)))
			}
		},
		host: func(p RandomFillParams, block [4]uint32) (x [4]uint32) {
			for i, w := range block {
				x[i] = math.Float32bits(p.Base + float32(p.Spread*(float32(w>>8)*0x1p-24)))
			}
			return x
		},
	})

	randomFillNormal = randomFill(randomKind{
		name: "normal", doc: "x[i] = base + spread * normal number (Box-Muller)", code: 2,
		ref: func(p RandomFillParams, block [4]uint32, out *[4]float64) {
			out[0], out[1] = normalPair64(block[0], block[1])
			out[2], out[3] = normalPair64(block[2], block[3])
			for i := range out {
				out[i] = float64(p.Base) + float64(p.Spread)*out[i]
			}
		},
		host: func(p RandomFillParams, block [4]uint32) (x [4]uint32) {
			var n [4]float32
			n[0], n[1] = normalPair32(block[0], block[1])
			n[2], n[3] = normalPair32(block[2], block[3])
			for i := range n {
				x[i] = math.Float32bits(p.Base + float32(p.Spread*n[i]))
			}
			return x
		},
		// The normal number's error and the product's rounding, then the sum's.
		bound: func(p RandomFillParams, _ engine.MathErrors, x float64) float64 {
			return 1.01 * u * ((normalUlps+1)*math.Abs(x-float64(p.Base)) + math.Abs(x))
		},
	})

	randomFillInts = randomFill(randomKind{
		name: "ints", doc: "x[i] = floor(range * k / 2^32), k = 32 random bits", code: 3, dtype: engine.Int32,
		ref: func(p RandomFillParams, block [4]uint32, out *[4]float64) {
			for i, w := range block {
				out[i] = math.Floor(float64(w) / (1 << 32) * float64(p.Range))
			}
		},
		host: func(p RandomFillParams, block [4]uint32) (x [4]uint32) {
			for i, w := range block {
				x[i], _ = bits.Mul32(w, p.Range)
			}
			return x
		},
	})
)
