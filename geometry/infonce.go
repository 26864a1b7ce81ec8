package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Direction says which of the two cross entropies of InfoNCE is taken.
type Direction int

const (
	Symmetric Direction = iota // (AToB + BToA) / 2, the paper's loss
	AToB                       // rows: each x_i chooses among the y_j (image to text)
	BToA                       // columns: each y_j chooses among the x_i (text to image)
)

func (d Direction) String() string {
	return [...]string{"symmetric", "a to b", "b to a"}[d]
}

// InfoNCE is the contrastive loss in nats, with logits s x_i . y_j of the rows as
// they lie, the positives in the denominator:
//
//	AToB: mean_i [ log sum_j exp(s x_i.y_j) - s x_i.y_i ], BToA the same over columns.
//
// With batch > 0 it is the mean over consecutive batches of that many pairs (the
// paper's Figure 3: 50); a rest that does not fill a batch is left out. batch = 0
// takes all N pairs at once. The value depends on the batch: ln(batch) is its level
// for embeddings that tell nothing.
func InfoNCE(a, b Rows, scale float64, dir Direction, batch int) (float64, error) {
	if err := checkPaired("InfoNCE", 1, a, b); err != nil {
		return 0, err
	}
	batches, size, err := cutBatches("InfoNCE", a.N, batch)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for k := range batches {
		x, y := a.Slice(k*size, (k+1)*size), b.Slice(k*size, (k+1)*size)
		sum += infoNCE(dots(x, y), size, scale, dir)
	}
	return sum / float64(batches), nil
}

func cutBatches(fn string, n, batch int) (batches, size int, err error) {
	if batch < 0 || batch > n {
		return 0, 0, errorf(fn, "batch of %d pairs from %d", batch, n)
	}
	if batch == 0 {
		return 1, n, nil
	}
	return n / batch, batch, nil
}

// infoNCE is the loss of one n x n matrix of dot products, partners on the diagonal.
func infoNCE(g []float64, n int, scale float64, dir Direction) float64 {
	loss := 0.0
	if dir != BToA {
		lse := make([]float64, n)
		parallel(n, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				lse[i] = logSumExp(g[i*n:(i+1)*n], scale)
			}
		})
		loss += floats.Sum(lse)
	}
	if dir != AToB {
		loss += columnLogSumExp(g, n, scale)
	}
	if dir == Symmetric {
		loss /= 2
	}
	for i := range n {
		loss -= scale * g[i*n+i]
	}
	return loss / float64(n)
}

func columnLogSumExp(g []float64, n int, scale float64) float64 {
	lse := make([]float64, n)
	parallel(n, func(lo, hi int) {
		top := make([]float64, n)
		for j := lo; j < hi; j++ {
			top[j] = math.Inf(-1)
		}
		for i := range n {
			for j := lo; j < hi; j++ {
				top[j] = math.Max(top[j], scale*g[i*n+j])
			}
		}
		for i := range n {
			for j := lo; j < hi; j++ {
				lse[j] += math.Exp(scale*g[i*n+j] - top[j])
			}
		}
		for j := lo; j < hi; j++ {
			lse[j] = top[j] + math.Log(lse[j])
		}
	})
	return floats.Sum(lse)
}
