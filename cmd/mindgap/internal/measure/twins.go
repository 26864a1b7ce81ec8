package measure

import "math"

// mostTwins is how many rows are looked at for duplicates: a table of more would take more
// memory than all else.
const mostTwins = 4 << 20

// twins finds rows that are equal to an earlier one.
type twins struct {
	first map[uint64]int // row by its hash
	hash  []uint64       // of a block
	count int
	i, j  int // the first two that are equal
}

func newTwins(n int) twins { return twins{first: make(map[uint64]int, min(n, mostTwins))} }

func (t *twins) add(rows []float64, lo, d int, bad map[int]bool) {
	n := len(rows) / d
	if lo+n > mostTwins {
		return
	}
	t.hash = append(t.hash[:0], make([]uint64, n)...)
	parallel(n, func(from, to int) {
		for i := from; i < to; i++ {
			t.hash[i] = hashRow(rows[i*d : (i+1)*d])
		}
	})
	for i, h := range t.hash {
		if bad[i] {
			continue
		}
		at, seen := t.first[h]
		if !seen {
			t.first[h] = lo + i
			continue
		}
		if t.count == 0 {
			t.i, t.j = at, lo+i
		}
		t.count++
	}
}

// hashRow is 64 bits of a row's numbers: rows of one hash are equal but with a probability of
// about n^2 2^-64.
func hashRow(row []float64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range row {
		h = (h ^ math.Float64bits(v+0)) * 0xff51afd7ed558ccd // + 0: -0 is 0
		h ^= h >> 32
	}
	return h
}
