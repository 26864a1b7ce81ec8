package geometry

import "math"

// Trustworthiness says how far the k neighbours of each point in a picture y are
// neighbours of the rows r as well (Venna and Kaski 2001, as in scikit-learn):
//
//	1 - 2/(N k (2N - 3k - 1)) sum_i sum_{j near i in y} max(0, rank_r(i, j) - k).
//
// N^2 D multiplications and N^2 k comparisons.
func Trustworthiness(r, y Rows, k int) (float64, error) {
	const fn = "Trustworthiness"
	near, err := pictureNeighbours(fn, r, y, k)
	if err != nil {
		return 0, err
	}
	if 2*r.N-3*k-1 <= 0 {
		return 0, errorf(fn, "%d neighbours of %d rows: want fewer than half", k, r.N)
	}
	c := r.Centred(r.Mean())
	sq := squaredNorms(c)
	penalty := make([]float64, r.N)
	dotBlocks(c, c, func(lo, hi int, g []float64) {
		parallel(hi-lo, func(from, to int) {
			d := make([]float64, r.N)
			for b := from; b < to; b++ {
				i := lo + b
				for j, dot := range g[b*r.N : (b+1)*r.N] {
					d[j] = sq[j] - 2*dot
				}
				d[i] = math.Inf(1)
				idx, _ := near.Of(i)
				for _, j := range idx {
					rank := 1
					for _, v := range d {
						if v < d[j] {
							rank++
						}
					}
					penalty[i] += float64(max(0, rank-k))
				}
			}
		})
	})
	sum := 0.0
	for _, p := range penalty {
		sum += p
	}
	n, kk := float64(r.N), float64(k)
	return 1 - 2*sum/(n*kk*(2*n-3*kk-1)), nil
}

// NeighbourRecall is the share of the k nearest other rows of each row of r that are
// among the k nearest in the picture y. Between two sets of embeddings of the same
// items it is their neighbourhood overlap.
func NeighbourRecall(r, y Rows, k int) (float64, error) {
	const fn = "NeighbourRecall"
	near, err := pictureNeighbours(fn, r, y, k)
	if err != nil {
		return 0, err
	}
	want, err := NearestNeighbours(r, k)
	if err != nil {
		return 0, err
	}
	found := 0
	for i := range r.N {
		in := map[int32]bool{}
		idx, _ := near.Of(i)
		for _, j := range idx {
			in[j] = true
		}
		idx, _ = want.Of(i)
		for _, j := range idx {
			if in[j] {
				found++
			}
		}
	}
	return float64(found) / float64(r.N*k), nil
}

func pictureNeighbours(fn string, r, y Rows, k int) (*Neighbours, error) {
	if r.N != y.N {
		return nil, errorf(fn, "%d rows beside %d", r.N, y.N)
	}
	if err := check(fn, 2, r); err != nil {
		return nil, err
	}
	return NearestNeighbours(y, k)
}
