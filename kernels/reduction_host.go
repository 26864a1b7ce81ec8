package kernels

import (
	"math"

	"mindgap/engine"
)

// The host sums in float64 and rounds once: no slower than float32 in Go, and a chunk's
// result then hardly depends on its length.

func rowTotal(x []float32) float32 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a += float64(x[0])
		b += float64(x[1])
		c += float64(x[2])
		d += float64(x[3])
	}
	for _, v := range x {
		a += float64(v)
	}
	return float32((a + b) + (c + d))
}

func normRow(x []float32) float32 {
	var a, b float64
	for ; len(x) >= 2; x = x[2:] {
		a += float64(x[0]) * float64(x[0])
		b += float64(x[1]) * float64(x[1])
	}
	for _, v := range x {
		a += float64(v) * float64(v)
	}
	return float32(math.Sqrt(a + b))
}

func maxRow(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		if ahead(v, m) {
			m = v
		}
	}
	return m
}

func finite(x float32) bool { return x-x == 0 }

func logSumExpRow(x []float32) float32 {
	m := maxRow(x)
	if !finite(m) {
		return m
	}
	var s float64
	for _, v := range x {
		s += float64(engine.Exp32(v - m))
	}
	return float32(float64(m) + math.Log(s))
}

// columnBlock is how many columns the host takes at a time.
const columnBlock = 256

func sumColumns(y, x []float32, rows, ld int) {
	var sum [columnBlock]float64
	s := sum[:len(y)]
	r := 0
	for ; r+4 <= rows; r += 4 { // four rows to one walk along the sums
		a, b, c, d := x[r*ld:][:len(s)], x[(r+1)*ld:][:len(s)], x[(r+2)*ld:][:len(s)], x[(r+3)*ld:][:len(s)]
		for i, v := range a {
			s[i] += (float64(v) + float64(b[i])) + (float64(c[i]) + float64(d[i]))
		}
	}
	for ; r < rows; r++ {
		for i, v := range x[r*ld:][:len(s)] {
			s[i] += float64(v)
		}
	}
	for i, v := range s {
		y[i] = float32(v)
	}
}

// compensatedColumns has no need to compensate: float64 sums of float32 terms are as good
// as a float32 Sum2 (both double the precision).
func compensatedColumns(y, x []float32, rows, ld int) { sumColumns(y, x, rows, ld) }

func maxColumns(y, x []float32, rows, ld int) {
	for i := range y {
		y[i] = float32(math.Inf(-1))
	}
	for r := range rows {
		for i, v := range x[r*ld:][:len(y)] {
			if ahead(v, y[i]) {
				y[i] = v
			}
		}
	}
}

func logSumExpColumns(y, x []float32, rows, ld int) {
	maxColumns(y, x, rows, ld)
	var sum [columnBlock]float64
	for r := range rows {
		for i, v := range x[r*ld:][:len(y)] {
			if finite(y[i]) {
				sum[i] += float64(engine.Exp32(v - y[i]))
			}
		}
	}
	for i, m := range y {
		if finite(m) {
			y[i] = float32(float64(m) + math.Log(sum[i]))
		}
	}
}
