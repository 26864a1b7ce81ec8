package measure

import "gonum.org/v1/gonum/floats"

// shiftMost is how far partners are looked for when the pairing may be off by some rows.
const shiftMost = 5

// shiftSums is the mean of x_i . y_(i+k) for k = -shiftMost ... shiftMost, and of x_i . y_(n-1-i),
// over the first rows of the files: a pairing that is off shows in one of them.
type shiftSums struct {
	rows     int
	mean     [2*shiftMost + 1]float64
	reversed float64
}

// shiftRows is how many rows are enough to see it.
const shiftRows = 1024

func measureShifts(a, b []float64, n, d int) shiftSums {
	all := n
	n = min(n, shiftRows)
	s := shiftSums{rows: n}
	row := func(x []float64, i int) []float64 { return x[i*d : (i+1)*d] }
	parallel(len(s.mean), func(from, to int) {
		for k := from; k < to; k++ {
			count := 0
			for i := range n {
				if j := i + k - shiftMost; j >= 0 && j < n {
					s.mean[k] += floats.Dot(row(a, i), row(b, j))
					count++
				}
			}
			if count > 0 {
				s.mean[k] /= float64(count)
			}
		}
	})
	for i := range n {
		s.reversed += floats.Dot(row(a, i), row(b, all-1-i)) / float64(n)
	}
	return s
}
