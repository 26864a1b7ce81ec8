package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// checkBlock finds the norms of a block's rows and divides the rows by them, unless they are
// to be left raw. A row that has no direction is an error, or goes into bad.
func (m *measurer) checkBlock(s *setSums, file string, rows, norms []float64, lo int, bad map[int]bool) error {
	d := m.in.d
	parallel(len(norms), func(from, to int) {
		for i := from; i < to; i++ {
			norms[i] = normalise(rows[i*d:(i+1)*d], m.Raw)
		}
	})
	for i, norm := range norms {
		if math.IsNaN(norm) || math.IsInf(norm, 0) || norm == 0 {
			if !m.DropBad {
				return fmt.Errorf("%s: row %d (the first is 0) %s; --drop-bad leaves such pairs out", file, lo+i, fault(norm))
			}
			bad[i] = true
			continue
		}
		s.lo, s.hi = min(s.lo, norm), max(s.hi, norm)
	}
	return nil
}

func fault(norm float64) string {
	if norm == 0 {
		return "is all zeros: it has no direction"
	}
	return "holds NaN or infinity"
}

// normalise divides a row by its norm, unless it is to stay raw, and gives the norm: NaN
// where an element is not finite.
func normalise(row []float64, raw bool) float64 {
	norm := math.Sqrt(floats.Dot(row, row))
	if math.IsInf(norm, 0) || norm < 1e-150 { // squares out of range
		if norm = floats.Norm(row, 2); math.IsInf(norm, 0) {
			return math.NaN()
		}
	}
	if norm < 1e-300 { // no inverse
		return 0
	}
	if !raw {
		floats.Scale(1/norm, row)
	}
	return norm
}
