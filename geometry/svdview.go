package geometry

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// An SVDView is two modalities seen along the two largest singular directions of
// the stacked, uncentred rows: coordinates U[:, :2] S[:2] (Supp. Figure 4).
type SVDView struct {
	A, B     Rows       // coordinates, 2 columns
	Singular [2]float64 // S1, S2
	Gap      float64    // distance of the two means in this plane
	Accuracy float64    // linear discriminant in this plane, fitted and measured on all rows
}

// UncentredSVD makes the view of Supp. Figure 4. The signs of the axes are
// arbitrary; here the largest coordinate of each direction is positive.
func UncentredSVD(a, b Rows) (*SVDView, error) {
	const fn = "UncentredSVD"
	if err := check(fn, 2, a, b); err != nil {
		return nil, err
	}
	if a.D < 2 {
		return nil, errorf(fn, "rows of one number have no second direction")
	}
	all := Stack(a, b)
	sq, v, err := topSingular(fn, all, 2)
	if err != nil {
		return nil, err
	}
	plane := Zeros(all.N, 2)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, all.general(), v.general(), 0, plane.general())
	w := &SVDView{A: plane.Slice(0, a.N), B: plane.Slice(a.N, all.N)}
	w.Singular = [2]float64{math.Sqrt(sq[0]), math.Sqrt(sq[1])}
	w.Gap = floats.Distance(w.A.Mean(), w.B.Mean(), 2)
	w.Accuracy = DiscriminantAccuracy(w.A, w.B)
	return w, nil
}

// DiscriminantAccuracy is the share of points in the plane that Fisher's linear
// discriminant puts on their side, fitted on the same points: direction
// W^-1 (mean a - mean b), W the pooled covariance within, cut at the middle plus the
// logarithm of the sizes (equal sizes: the middle).
func DiscriminantAccuracy(a, b Rows) float64 {
	ma, mb := a.Mean(), b.Mean()
	var xx, xy, yy float64
	for _, s := range []struct {
		r Rows
		m []float64
	}{{a, ma}, {b, mb}} {
		for i := range s.r.N {
			p := s.r.Row(i)
			dx, dy := p[0]-s.m[0], p[1]-s.m[1]
			xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
		}
	}
	n := float64(a.N + b.N - 2)
	xx, xy, yy = xx/n, xy/n, yy/n
	det := xx*yy - xy*xy
	if det <= 1e-14*xx*yy { // the points lie on a line: no discriminant but the difference itself
		xx, xy, yy, det = 1, 0, 1, 1
	}
	dx, dy := ma[0]-mb[0], ma[1]-mb[1]
	wx, wy := (yy*dx-xy*dy)/det, (xx*dy-xy*dx)/det
	cut := (wx*(ma[0]+mb[0])+wy*(ma[1]+mb[1]))/2 - math.Log(float64(a.N)/float64(b.N))
	right := 0
	for i := range a.N {
		if p := a.Row(i); wx*p[0]+wy*p[1] > cut {
			right++
		}
	}
	for i := range b.N {
		if p := b.Row(i); wx*p[0]+wy*p[1] < cut {
			right++
		}
	}
	return float64(right) / float64(a.N+b.N)
}
