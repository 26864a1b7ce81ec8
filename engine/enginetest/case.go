// Package enginetest verifies kernels against their float64 definitions: the suite that
// every pair of kernel and device passes, in tests and in `mindgap verify`.
//
// A case is run on buffers with guard words on both sides, at an aligned and at an odd
// offset, twice (the bits must be equal), and with NaN, Inf and denormals in its inputs
// where the device promises IEEE 754. Inputs must come back unchanged.
package enginetest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// Row is the verdict on one kernel, variant and case on one device. Error is the error of
// the element that came nearest to its bound, or went furthest beyond it.
type Row struct {
	Kernel  string  `json:"kernel"`
	Variant string  `json:"variant"`
	Case    string  `json:"case"`
	Device  string  `json:"device"`
	Error   float64 `json:"error"`
	Bound   float64 `json:"bound"`
	OK      bool    `json:"ok"`
	Why     string  `json:"why,omitempty"` // when not OK
}

// pass is one way of running a case.
type pass struct {
	name   string
	guard  int     // elements before and after each buffer; odd: unaligned
	inject float64 // put into float inputs, unless 0
}

var plain = []pass{
	{name: "", guard: 64},
	{name: "offset", guard: 67},
}

var special = []pass{
	{name: "nan", guard: 64, inject: math.NaN()},
	{name: "inf", guard: 64, inject: math.Inf(1)},
	{name: "denormal", guard: 64, inject: 1e-40},
}

// unwritten fills outputs before a launch: what a kernel does not write must stay.
const unwritten = 1234

// inputs makes a case's buffers: seeded by kernel and case, so that every device and every
// run sees the same numbers.
func inputs(s engine.Spec, p any, ps pass) [][]float64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.Info().Name, s.Describe(p))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	size := s.SizeOf(p)
	b := make([][]float64, len(size))
	for i, n := range size {
		b[i] = make([]float64, n)
		for j := range b[i] {
			b[i][j] = unwritten
		}
	}
	s.Fill(p, r, b)
	for i, buf := range s.Info().Bufs {
		if buf.Type != engine.Float32 || !buf.Access.Reads() {
			continue
		}
		if n := len(b[i]); n > 0 && ps.inject != 0 {
			b[i][r.IntN(n)] = ps.inject
		}
		for j, x := range b[i] {
			b[i][j] = float64(float32(x))
		}
	}
	return b
}

// compare finds the element of got nearest to, or furthest beyond, its bound. isSpecial says
// that inputs were not finite: then an element without a finite bound is not compared. Else a
// bound that is NaN or Inf fails: it would let anything pass.
func compare(got []float64, want, bound []float64, tiny float64, isSpecial bool) (e, allowed float64, at int) {
	worst, at := -1.0, -1
	for i, w := range want {
		b := 0.0
		if bound != nil {
			b = tiny + bound[i]
		}
		if w32 := float32(w); math.IsInf(float64(w32), 0) {
			w = float64(w32)
		}
		diff := math.Abs(got[i] - w)
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			diff, b = 0, 1
			if same := got[i] == w || math.IsNaN(w) && math.IsNaN(got[i]); !same {
				diff = math.Inf(1)
			}
		case math.IsNaN(b) || math.IsInf(b, 0):
			if isSpecial {
				continue
			}
			diff, b = math.Inf(1), 0
		case math.IsNaN(diff):
			diff = math.Inf(1)
		}
		if r := ratio(diff, b); r > worst {
			worst, at, e, allowed = r, i, diff, b
		}
	}
	return e, allowed, at
}

// ratio is how much of a bound an error takes: 0 where there is none, also of a bound of 0.
func ratio(e, bound float64) float64 {
	if e == 0 {
		return 0
	}
	return e / bound
}
