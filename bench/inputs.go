package bench

import (
	"math"
	"math/rand/v2"
)

// randomFloats are normal numbers, none of them zero, the same at every call.
func randomFloats(n int) []float32 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	out := make([]float32, n)
	for i := range out {
		for out[i] == 0 {
			out[i] = float32(r.NormFloat64())
		}
	}
	return out
}

// repeatedFloats are random numbers that come again after a while: random enough for probes,
// and made at once.
func repeatedFloats(n int) []float32 {
	const period = 1<<20 - 3 // no buffer holds equal rows
	out := make([]float32, n)
	for at := copy(out, randomFloats(min(n, period))); at < n; {
		at += copy(out[at:], out[:at])
	}
	return out
}

// unitRows are n random rows of unit length, others for every which.
func unitRows(n, width, which int) []float32 {
	x := randomFloats(n*width + which)[which:]
	for i := range n {
		row := x[i*width:][:width]
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		for j := range row {
			row[j] /= float32(math.Sqrt(sum))
		}
	}
	return x
}
