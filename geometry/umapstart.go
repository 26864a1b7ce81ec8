package geometry

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// spectralStart places the rows by the second and third eigenvectors of the
// normalised graph, each connected component for itself, within -10..10, with a
// little noise; then stretches both axes to 0..10, as umap-learn does.
func spectralStart(r Rows, g *graph, opt UMAPOptions) (Rows, error) {
	rng := rand.New(rand.NewPCG(opt.Seed, 0x57a7))
	of, count := g.components()
	y := Zeros(g.n, 2)
	place := islands(r, of, count)
	for c := range count {
		var member []int
		for i, k := range of {
			if k == c {
				member = append(member, i)
			}
		}
		room := 1.0
		for o := range count {
			if o != c {
				room = math.Min(room, floats.Distance(place.Row(o), place.Row(c), 2)/2)
			}
		}
		e, err := componentStart(g, member, room, rng, opt.Check)
		if err != nil {
			return Rows{}, err
		}
		for k, i := range member {
			floats.AddTo(y.Row(i), e.Row(k), place.Row(c))
		}
	}
	grow := 10 / math.Max(largest(y.Data), 1e-300)
	for i := range y.Data {
		y.Data[i] = y.Data[i]*grow + 1e-4*rng.NormFloat64()
	}
	for d := range 2 {
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range y.N {
			lo, hi = math.Min(lo, y.Row(i)[d]), math.Max(hi, y.Row(i)[d])
		}
		for i := range y.N {
			y.Row(i)[d] = 10 * (y.Row(i)[d] - lo) / (hi - lo)
		}
	}
	return y, nil
}

func largest(v []float64) float64 { return floats.Norm(v, math.Inf(1)) }

// islands gives each component its place: up to four on the axes, more by the
// principal components of their centroids, scaled to -1..1.
func islands(r Rows, of []int, count int) Rows {
	place := Zeros(count, 2)
	if count == 1 {
		return place
	}
	if count <= 4 {
		axes := [][]float64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}
		for c := range count {
			copy(place.Row(c), axes[c])
		}
		return place
	}
	mean, size := Zeros(count, r.D), make([]float64, count)
	for i, c := range of {
		floats.Add(mean.Row(c), r.Row(i))
		size[c]++
	}
	for c, s := range size {
		floats.Scale(1/s, mean.Row(c))
	}
	p, err := FitPCA(mean, min(2, r.D))
	if err != nil {
		return place
	}
	t, err := p.Transform(mean)
	if err != nil {
		return place
	}
	scale := math.Max(largest(t.Data), 1e-300)
	for c := range count {
		for d, v := range t.Row(c) {
			place.Row(c)[d] = v / scale
		}
	}
	return place
}

// componentStart is one component's layout within +-room: eigenvectors 2 and 3 of
// D^-1/2 W D^-1/2, orthogonal to the first, D^1/2 1. Tiny ones are scattered.
func componentStart(g *graph, member []int, room float64, rng *rand.Rand, ask func(int) error) (Rows, error) {
	n := len(member)
	out := Zeros(n, 2)
	if n < 5 {
		for i := range out.Data {
			out.Data[i] = room * (2*rng.Float64() - 1)
		}
		return out, ask(0)
	}
	local := make(map[int32]int, n)
	for k, i := range member {
		local[int32(i)] = k
	}
	root := make([]float64, n) // square roots of the degrees
	for k, i := range member {
		root[k] = math.Sqrt(floats.Sum(g.weight[g.start[i]:g.start[i+1]]))
	}
	first := append([]float64(nil), root...)
	floats.Scale(1/floats.Norm(first, 2), first)
	var stopped error
	_, v, _ := lanczos(n, 2, 300, 1e-5, [][]float64{first}, func(dst, x []float64) {
		if stopped == nil {
			stopped = ask(0)
		}
		if stopped != nil { // a zero vector ends the process
			clear(dst)
			return
		}
		for k, i := range member {
			sum := 0.0
			for e := g.start[i]; e < g.start[i+1]; e++ {
				j := local[g.to[e]]
				sum += g.weight[e] * x[j] / root[j]
			}
			dst[k] = sum / root[k]
		}
	})
	if stopped != nil {
		return Rows{}, stopped
	}
	for d := range v.N {
		for k, x := range v.Row(d) {
			out.Row(k)[d] = x
		}
	}
	if big := largest(out.Data); big > 0 {
		floats.Scale(room/big, out.Data)
	}
	return out, nil
}
