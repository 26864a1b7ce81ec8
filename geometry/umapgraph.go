package geometry

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A graph is weighted edges in rows, symmetric, each edge standing there both ways.
type graph struct {
	n      int
	start  []int // row i is edges start[i] to start[i+1]-1
	to     []int32
	weight []float64
}

// fuzzyGraph joins rows to their neighbours with membership
// exp(-(d - rho_i)/sigma_i), rho_i the distance of the nearest, sigma_i such that the
// memberships of row i sum to log2 k, and unites both directions: p + q - p q.
func fuzzyGraph(nb *Neighbours) *graph {
	type entry struct {
		from, to int32
		w        float64
	}
	global := floats.Sum(nb.Dist) / float64(nb.N*(nb.K+1))
	edges := make([]entry, 0, 2*nb.N*nb.K)
	for i := range nb.N {
		idx, dist := nb.Of(i)
		rho, sigma := smoothDistance(dist, global)
		for q, j := range idx {
			w := 1.0
			if d := dist[q] - rho; d > 0 && sigma > 0 {
				w = math.Exp(-d / sigma)
			}
			edges = append(edges, entry{int32(i), j, w}, entry{j, int32(i), -w}) // negative: seen from the other side
		}
	}
	slices.SortFunc(edges, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(b.w, a.w))
	})
	g := &graph{n: nb.N, start: make([]int, nb.N+1)}
	for k := 0; k < len(edges); k++ {
		e := edges[k]
		p := math.Abs(e.w)
		if k+1 < len(edges) && edges[k+1].from == e.from && edges[k+1].to == e.to {
			q := math.Abs(edges[k+1].w)
			p = p + q - p*q
			k++
		}
		g.to, g.weight = append(g.to, e.to), append(g.weight, p)
		g.start[e.from+1] = len(g.to)
	}
	for i := range nb.N { // rows without edges
		g.start[i+1] = max(g.start[i+1], g.start[i])
	}
	return g
}

// smoothDistance finds rho and sigma of one row by bisection. dist is without the
// row itself, which counts as one of the k.
func smoothDistance(dist []float64, global float64) (rho, sigma float64) {
	for _, d := range dist {
		if d > 0 {
			rho = d
			break
		}
	}
	k := float64(len(dist) + 1)
	target := math.Log2(k)
	lo, hi, mid := 0.0, math.Inf(1), 1.0
	for range 64 {
		sum := 0.0
		for _, d := range dist {
			if d > rho {
				sum += math.Exp(-(d - rho) / mid)
			} else {
				sum++
			}
		}
		if math.Abs(sum-target) < 1e-5 {
			break
		}
		if sum > target {
			hi = mid
			mid = (lo + hi) / 2
		} else {
			lo = mid
			if math.IsInf(hi, 1) {
				mid *= 2
			} else {
				mid = (lo + hi) / 2
			}
		}
	}
	floor := 1e-3 * global
	if rho > 0 {
		floor = 1e-3 * floats.Sum(dist) / k
	}
	return rho, math.Max(mid, floor)
}

// components numbers the connected components of the graph.
func (g *graph) components() (of []int, count int) {
	of = make([]int, g.n)
	for i := range of {
		of[i] = -1
	}
	var stack []int
	for i := range of {
		if of[i] >= 0 {
			continue
		}
		of[i] = count
		for stack = append(stack[:0], i); len(stack) > 0; {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, j := range g.to[g.start[v]:g.start[v+1]] {
				if of[j] < 0 {
					of[j] = count
					stack = append(stack, int(j))
				}
			}
		}
		count++
	}
	return of, count
}
