package kernels

import (
	"math"

	"mindgap/kernels/internal/vector"
)

// The host sums in float64 and rounds once: no slower than float32 in Go, and a chunk's
// result then hardly depends on its length.

func rowTotal(x []float32) float32 { return float32(sumOf(x)) }

func normRow(x []float32) float32 {
	_, squares := vector.CentredSums(x, 0)
	return float32(math.Sqrt(squares))
}

func maxRow(x []float32) float32 { return vector.Max(x) }

func finite(x float32) bool { return x-x == 0 }

func logSumExpRow(x []float32) float32 {
	m := vector.Max(x)
	if !finite(m) {
		return m
	}
	var tmp [columnBlock]float32
	var s float64
	for ; len(x) > 0; x = x[min(len(x), columnBlock):] {
		part := tmp[:min(len(x), columnBlock)]
		copy(part, x)
		s += float64(vector.ExpSum(part, m))
	}
	return float32(float64(m) + math.Log(s))
}

// sumOf is the sum in float64, by four accumulators.
func sumOf(x []float32) float64 {
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
	return (a + b) + (c + d)
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
			if m := y[i]; !(v <= m) && m == m { // larger, or the first NaN
				y[i] = v
			}
		}
	}
}

func logSumExpColumns(y, x []float32, rows, ld int) {
	maxColumns(y, x, rows, ld)
	var base, tmp [columnBlock]float32
	var sum [columnBlock]float64
	for i, m := range y {
		if base[i] = m; !finite(m) { // the result is m, whatever the sum
			base[i] = 0
		}
	}
	part := tmp[:len(y)]
	for r := range rows {
		for i, v := range x[r*ld:][:len(part)] {
			part[i] = v - base[i]
		}
		expAll(part)
		for i, e := range part {
			sum[i] += float64(e)
		}
	}
	for i, m := range y {
		if finite(m) {
			y[i] = float32(float64(m) + math.Log(sum[i]))
		}
	}
}
