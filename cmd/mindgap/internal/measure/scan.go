package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// scan is what one pass over the files finds, in float64: sums over rows, by the group of
// the jackknife to which a row belongs, from which every O(N D) measure follows.
type scan struct {
	n, d  int     // good rows
	bad   []int   // rows of the files that were left out, rising
	group []uint8 // of each row of the files
	sets  []*setSums
	pairs []*pairSums
}

// setSums are sums over the rows of one modality.
type setSums struct {
	sum    [groups][]float64 // of rows
	square [groups]float64   // of squared norms
	count  [groups]int
	lo, hi float64 // smallest and largest norm as stored
	mean   []float64
	twins  twins
}

// pairSums are what matched rows of two modalities give: of row i, x_i . y_i and |x_i - y_i|^2.
type pairSums struct {
	a, b             int
	cosine, distance []float64
	shifts           shiftSums
}

// blockFloats is how many numbers of one modality are read at once.
const blockFloats = 1 << 19

// scanRows makes the pass.
func (m *measurer) scanRows() (*scan, error) {
	n, d, k := m.in.n, m.in.d, len(m.in.modalities)
	sc := &scan{d: d, group: deal(n, m.Seed)}
	for range k {
		s := &setSums{lo: math.Inf(1), mean: make([]float64, d), twins: newTwins(n)}
		for g := range s.sum {
			s.sum[g] = make([]float64, d)
		}
		sc.sets = append(sc.sets, s)
	}
	for a := range k {
		for b := a + 1; b < k; b++ {
			sc.pairs = append(sc.pairs, &pairSums{a: a, b: b, cosine: make([]float64, n), distance: make([]float64, n)})
		}
	}
	each := max(1, min(n, blockFloats/d))
	blocks := make([][]float64, k)
	for i := range blocks {
		blocks[i] = make([]float64, each*d)
	}
	norms := make([]float64, each)
	m.Progress.Start("reading", float64(n), "rows")
	for lo := 0; lo < n; lo += each {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+each, n)
		bad := map[int]bool{}
		for i, mod := range m.in.modalities {
			rows := blocks[i][:(hi-lo)*d]
			if err := mod.r.ReadRows64(rows, lo, hi); err != nil {
				return nil, plain(err)
			}
			if err := m.checkBlock(sc.sets[i], mod.file, rows, norms[:hi-lo], lo, bad); err != nil {
				return nil, err
			}
		}
		sc.add(blocks, lo, hi, bad)
		m.Progress.Add(float64(hi - lo))
	}
	if sc.n < 2 {
		return nil, fmt.Errorf("%s: %d pairs are left when those with a bad row are taken out; want at least 2", m.in.modalities[0].file, sc.n)
	}
	for _, s := range sc.sets {
		for g := range s.sum {
			floats.AddScaled(s.mean, 1/float64(sc.n), s.sum[g])
		}
	}
	return sc, nil
}

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

// add takes the rows of a block of every modality into the sums.
func (sc *scan) add(blocks [][]float64, lo, hi int, bad map[int]bool) {
	d := sc.d
	for k, s := range sc.sets {
		s.twins.add(blocks[k][:(hi-lo)*d], lo, d, bad)
		// A worker per set of groups: every sum takes its rows in their order, however many
		// workers there are.
		parallel(groups, func(from, to int) {
			for i := range hi - lo {
				g := sc.group[lo+i]
				if int(g) < from || int(g) >= to || bad[i] {
					continue
				}
				row := blocks[k][i*d : (i+1)*d]
				floats.Add(s.sum[g], row)
				s.square[g] += floats.Dot(row, row)
				s.count[g]++
			}
		})
	}
	for _, p := range sc.pairs {
		parallel(hi-lo, func(from, to int) {
			for i := from; i < to; i++ {
				x, y := blocks[p.a][i*d:(i+1)*d], blocks[p.b][i*d:(i+1)*d]
				p.cosine[lo+i] = floats.Dot(x, y)
				p.distance[lo+i] = squaredDistance(x, y)
			}
		})
		if lo == 0 && len(bad) == 0 {
			p.shifts = measureShifts(blocks[p.a], blocks[p.b], hi, d)
		}
	}
	for i := range hi - lo {
		if bad[i] {
			sc.bad = append(sc.bad, lo+i)
		}
	}
	sc.n += hi - lo - len(bad)
}

func squaredDistance(x, y []float64) float64 {
	sum := 0.0
	for k, v := range x {
		sum += (v - y[k]) * (v - y[k])
	}
	return sum
}

// deal deals the rows of the files into groups at random: in equal shares up to a million
// rows, beyond by a random number per row, so that nothing has to be shuffled.
func deal(n int, seed uint64) []uint8 {
	out := make([]uint8, n)
	if n <= 1<<20 {
		of, err := geometry.DealGroups(n, min(n, groups), seed)
		if err != nil {
			panic(err) // there are at least two rows
		}
		for i, g := range of {
			out[i] = uint8(g)
		}
		return out
	}
	rng := rand.New(rand.NewPCG(seed, 0x1acc))
	for i := range out {
		out[i] = uint8(rng.UintN(groups))
	}
	return out
}

// parallel calls f for ranges that cover 0..n, on all cores.
func parallel(n int, f func(lo, hi int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { f(w*n/workers, (w+1)*n/workers) })
	}
	wg.Wait()
}
