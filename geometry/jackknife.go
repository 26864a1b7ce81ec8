package geometry

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// Jackknife is the delete-group jackknife of statistics of n rows or pairs of rows:
// the rows are dealt into groups at random, stat is taken on all rows and with each
// group left out, and for each number that it returns
//
//	se^2 = (g-1)/g sum_j (theta_(j) - mean)^2,  interval +- t(g-1) se.
//
// No row is ever repeated, so statistics over pairs i != j keep their meaning. stat
// receives the indices kept, in rising order; it may return several numbers, so that
// one copy of the rows serves them all.
func Jackknife(n, groups int, level float64, seed uint64, stat func(keep []int) ([]float64, error)) ([]Estimate, error) {
	of, err := DealGroups(n, groups, seed)
	if err != nil {
		return nil, err
	}
	keep := func(without int) []int {
		idx := make([]int, 0, n)
		for i, g := range of {
			if g != without {
				idx = append(idx, i)
			}
		}
		return idx
	}
	all, err := stat(keep(-1))
	if err != nil {
		return nil, err
	}
	theta := make([][]float64, len(all))
	for g := range groups {
		v, err := stat(keep(g))
		if err != nil {
			return nil, err
		}
		if len(v) != len(all) {
			return nil, errorf("Jackknife", "the statistic gave %d numbers, then %d", len(all), len(v))
		}
		for k, x := range v {
			theta[k] = append(theta[k], x)
		}
	}
	out := make([]Estimate, len(all))
	for k := range out {
		if out[k], err = jackknifed(all[k], theta[k], level); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// DealGroups deals n rows into groups at random, their sizes equal up to one: the
// group of each row.
func DealGroups(n, groups int, seed uint64) ([]int, error) {
	if groups < 2 || groups > n {
		return nil, errorf("Jackknife", "%d groups of %d rows", groups, n)
	}
	of := make([]int, n)
	for k, i := range rand.New(rand.NewPCG(seed, 0x1acc)).Perm(n) {
		of[i] = k % groups
	}
	return of, nil
}

func jackknifed(all float64, theta []float64, level float64) (Estimate, error) {
	if !(level > 0 && level < 1) {
		return Estimate{}, errorf("Jackknife", "level %v, want between 0 and 1", level)
	}
	g := len(theta)
	mean, ss := floats.Sum(theta)/float64(g), 0.0
	for _, v := range theta {
		ss += (v - mean) * (v - mean)
	}
	se := math.Sqrt(ss * float64(g-1) / float64(g))
	t := studentQuantile(level, g-1)
	return Estimate{Value: all, Lo: all - t*se, Hi: all + t*se, SE: se}, nil
}

// PairSums is one pass over pairs, split by the groups of their two rows: Sum[g][h] of
// some function over the pairs with i in group g and j in h, and Count[g][h] of these
// pairs. A device can fill it in. With it the jackknife of a mean over all pairs costs
// that one pass.
type PairSums struct{ Sum, Count [][]float64 }

// NewPairSums is empty sums for the given number of groups.
func NewPairSums(groups int) PairSums {
	p := PairSums{Sum: make([][]float64, groups), Count: make([][]float64, groups)}
	for g := range groups {
		p.Sum[g], p.Count[g] = make([]float64, groups), make([]float64, groups)
	}
	return p
}

// Jackknife gives f of the mean over all pairs, with the interval of deleting each
// group; f may be the identity, or math.Log for a uniformity.
func (p PairSums) Jackknife(level float64, f func(mean float64) float64) (Estimate, error) {
	groups := len(p.Sum)
	if groups < 2 {
		return Estimate{}, errorf("Jackknife", "%d groups, want at least 2", groups)
	}
	mean := func(without int) float64 {
		sum, count := 0.0, 0.0
		for g := range groups {
			for h := range groups {
				if g != without && h != without {
					sum, count = sum+p.Sum[g][h], count+p.Count[g][h]
				}
			}
		}
		return f(sum / count)
	}
	theta := make([]float64, groups)
	for g := range theta {
		theta[g] = mean(g)
	}
	return jackknifed(mean(-1), theta, level)
}

// GaussPairs is exp(-2 |a_i - b_j|^2) summed over the pairs i != j by groups: the
// jackknife of Uniformity (b = a) and CrossUniformity.
func GaussPairs(a, b Rows, of []int, groups int) (PairSums, error) {
	const fn = "GaussPairs"
	if err := checkPaired(fn, 2, a, b); err != nil {
		return PairSums{}, err
	}
	if len(of) != a.N {
		return PairSums{}, errorf(fn, "%d groups for %d rows", len(of), a.N)
	}
	for i, g := range of {
		if g < 0 || g >= groups {
			return PairSums{}, errorf(fn, "row %d is in group %d of %d", i, g, groups)
		}
	}
	p := NewPairSums(groups)
	na, nb := squaredNorms(a), squaredNorms(b)
	row := Zeros(a.N, groups)
	dotBlocks(a, b, func(lo, hi int, g []float64) {
		parallel(hi-lo, func(from, to int) {
			for k := from; k < to; k++ {
				i := lo + k
				sums := row.Row(i)
				for j, dot := range g[k*b.N : (k+1)*b.N] {
					if i != j {
						sums[of[j]] += math.Exp(-2 * math.Max(0, na[i]+nb[j]-2*dot))
					}
				}
			}
		})
	})
	size := make([]float64, groups)
	for i, g := range of {
		floats.Add(p.Sum[g], row.Row(i))
		size[g]++
	}
	for g := range groups {
		for h := range groups {
			p.Count[g][h] = size[g] * size[h]
		}
		p.Count[g][g] -= size[g]
	}
	return p, nil
}
