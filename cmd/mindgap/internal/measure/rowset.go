package measure

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// rowset is the rows that the all-pairs measures take, in an order in which the rows of one
// group of the jackknife lie side by side: all of them in one block that is held in memory,
// or, for exact tiles of files beyond memory, in blocks that are read when asked for.
type rowset struct {
	n, d   int
	order  []int  // the files' row at each place
	blocks []span // of places
	segs   []segment
	how    string // for people
	all    bool   // every good row is among them
	held   [][]float64
}

type span struct{ lo, hi int }

// segment is a run of places of one group within one block.
type segment struct {
	span
	group int
}

// fileBlock is how many rows of a file are held at once by exact tiles.
const fileBlock = 4096

// choose takes all good rows, or a sample of them, and holds them.
func (m *measurer) choose() (*rowset, error) {
	rows := m.goodRows()
	rs := &rowset{d: m.in.d, how: "every pair", all: true}
	fits := int64(len(rows))*int64(m.in.d)*8 <= m.Memory
	if len(rows) > m.Sample && !(m.Exact && fits) {
		rows = sample(rows, m.Sample, m.Seed)
		rs.all = false
		rs.how = fmt.Sprintf("a random sample of %d of %d rows", len(rows), m.scan.n)
	}
	rs.arrange(rows, m.scan.group, len(rows))
	for k := range m.in.modalities {
		rs.held = append(rs.held, make([]float64, rs.n*rs.d))
		if err := m.read(k, rows, rs.order, rs.held[k]); err != nil {
			return nil, err
		}
	}
	return rs, nil
}

// tiles is all good rows in blocks that are read when asked for.
func (m *measurer) tiles() *rowset {
	rows := m.goodRows()
	rs := &rowset{d: m.in.d, all: true, how: "every pair, in tiles read from the files"}
	rs.arrange(rows, m.scan.group, cmp.Or(m.Options.block, fileBlock))
	return rs
}

func (m *measurer) goodRows() []int {
	rows := make([]int, 0, m.scan.n)
	bad := m.scan.bad
	for i := range m.in.n {
		if len(bad) > 0 && bad[0] == i {
			bad = bad[1:]
			continue
		}
		rows = append(rows, i)
	}
	return rows
}

// sample draws k rows, in rising order.
func sample(rows []int, k int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x5a3b))
	out := make([]int, 0, k)
	for i, r := range rows { // Knuth's algorithm S
		if left := len(rows) - i; rng.IntN(left) < k-len(out) {
			out = append(out, r)
		}
	}
	return out
}

// arrange cuts rows into blocks and orders each block by group.
func (rs *rowset) arrange(rows []int, group []uint8, block int) {
	rs.n = len(rows)
	rs.order = slices.Clone(rows)
	for lo := 0; lo < rs.n; lo += block {
		hi := min(lo+block, rs.n)
		rs.blocks = append(rs.blocks, span{lo, hi})
		part := rs.order[lo:hi]
		slices.SortStableFunc(part, func(i, j int) int { return int(group[i]) - int(group[j]) })
		for i := lo; i < hi; {
			j, g := i, group[rs.order[i]]
			for j < hi && group[rs.order[j]] == g {
				j++
			}
			rs.segs = append(rs.segs, segment{span{i, j}, int(g)})
			i = j
		}
	}
}

// inFile orders values, one for each place, as the rows lie in the files.
func (rs *rowset) inFile(values []float64) []float64 {
	place := make([]int, rs.n)
	for i := range place {
		place[i] = i
	}
	slices.SortFunc(place, func(i, j int) int { return rs.order[i] - rs.order[j] })
	out := make([]float64, rs.n)
	for k, i := range place {
		out[k] = values[i]
	}
	return out
}

// block gives the rows of a block of a modality, normalised unless raw.
func (m *measurer) block(rs *rowset, k, b int) ([]float64, error) {
	if rs.held != nil {
		return rs.held[k], nil
	}
	part := rs.order[rs.blocks[b].lo:rs.blocks[b].hi]
	rows := slices.Sorted(slices.Values(part))
	out := make([]float64, len(rows)*rs.d)
	return out, m.read(k, rows, part, out)
}

// read reads the given rows of a modality's file, which rise, into dst in the given order.
func (m *measurer) read(k int, rows, order []int, dst []float64) error {
	d := m.in.d
	place := make(map[int]int, len(order))
	for p, r := range order {
		place[r] = p
	}
	each := max(1, blockFloats/d)
	buf := make([]float64, each*d)
	for len(rows) > 0 {
		run := 1 // rows side by side in the file
		for run < len(rows) && run < each && rows[run] == rows[0]+run {
			run++
		}
		part := buf[:run*d]
		if err := m.in.modalities[k].r.ReadRows64(part, rows[0], rows[0]+run); err != nil {
			return plain(err)
		}
		parallel(run, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				row := part[i*d : (i+1)*d]
				normalise(row, m.Raw)
				copy(dst[place[rows[i]]*d:], row)
			}
		})
		rows = rows[run:]
	}
	return m.ctx.Err()
}
