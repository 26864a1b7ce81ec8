package geometry

import (
	"math"
	"math/rand/v2"
	"slices"
)

// layout moves y by stochastic gradient descent on the cross entropy between the
// graph's memberships and 1/(1 + a d^2b): each edge is drawn in proportion to its
// weight and pulls both ends together; after it, Negative random rows push the near
// end away. The rate falls linearly to 0; a step is clipped to 4 in each coordinate.
func layout(y Rows, g *graph, a, b float64, opt UMAPOptions) error {
	if len(g.weight) == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 0x5bd1))
	top := slices.Max(g.weight)
	type edge struct {
		from, to               int32
		every, next            float64 // epochs between two draws, epoch of the next
		negEvery, nextNegative float64
	}
	var edges []edge
	for i := range g.n {
		for e := g.start[i]; e < g.start[i+1]; e++ {
			every := top / g.weight[e]
			if every > float64(opt.Epochs) {
				continue
			}
			n := every / math.Max(1, float64(opt.Negative))
			edges = append(edges, edge{int32(i), g.to[e], every, every, n, n})
		}
	}
	pos := y.Data
	for epoch := range opt.Epochs {
		if err := opt.Check(epoch); err != nil {
			return err
		}
		now := float64(epoch)
		rate := opt.LearningRate * (1 - now/float64(opt.Epochs))
		for k := range edges {
			e := &edges[k]
			if e.next > now {
				continue
			}
			p, q := pos[2*e.from:2*e.from+2], pos[2*e.to:2*e.to+2]
			dx, dy := p[0]-q[0], p[1]-q[1]
			if d2 := dx*dx + dy*dy; d2 > 0 {
				pow := math.Exp(b * math.Log(d2))
				c := -2 * a * b * pow / d2 / (a*pow + 1)
				gx, gy := rate*clip4(c*dx), rate*clip4(c*dy)
				p[0], p[1] = p[0]+gx, p[1]+gy
				q[0], q[1] = q[0]-gx, q[1]-gy
			}
			e.next += e.every
			if opt.Negative == 0 {
				continue
			}
			draws := int((now - e.nextNegative) / e.negEvery)
			for range draws {
				j := rng.IntN(y.N)
				if j == int(e.from) {
					continue
				}
				dx, dy := p[0]-pos[2*j], p[1]-pos[2*j+1]
				d2 := dx*dx + dy*dy
				if d2 == 0 {
					p[0], p[1] = p[0]+4*rate, p[1]+4*rate
					continue
				}
				c := 2 * b / ((0.001 + d2) * (a*math.Exp(b*math.Log(d2)) + 1))
				p[0], p[1] = p[0]+rate*clip4(c*dx), p[1]+rate*clip4(c*dy)
			}
			e.nextNegative += float64(draws) * e.negEvery
		}
	}
	return nil
}

func clip4(x float64) float64 { return min(max(x, -4), 4) }
