package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// PairCosine is what AllPairsCosine finds: mean and (population) variance of the cosines
// of all ordered pairs i != j of N vectors of width D. Fewer than two vectors give NaN.
type PairCosine struct {
	N, D           int
	Mean, Variance float64
}

// AllPairsCosine measures the cosines of all pairs of rows of x in O(N D^2) time and
// O(N + D^2) memory beside x, by a closed form, in two reads of x. It waits for the device.
//
// Let u_i be the unit rows, g their centroid, d_i = u_i - g, M = sum d_i d_i^T, q_i = |d_i|^2,
// a_i = g.d_i = (|u_i|^2 - |g|^2 - q_i)/2. Then u_i.u_j = |g|^2 + a_i + a_j + d_i.d_j, and
// since sum d_i = 0 the excess over |g|^2 and its square sum, over i != j, to
//
//	S1 = 2 (N-1) sum a_i - sum q_i
//	S2 = 2 (N-2) sum a_i^2 + 2 (sum a_i)^2 - 4 sum a_i q_i + |M|_F^2 - sum q_i^2
//
// The shift keeps every term as small as the spread, so that a narrow cone does not drown its
// variance. For q_i it is g as two float32 numbers, for M the first of them: |M|_F^2 feels only
// the square of the second. Sums over rows are float64: of u by compensated chunks, M by chunks.
func AllPairsCosine(x *engine.Tensor) (PairCosine, error) {
	n, width := x.Rows(), x.Cols()
	out := PairCosine{n, width, math.NaN(), math.NaN()}
	if n < 2 || width == 0 {
		return out, x.Device().Err()
	}
	s := x.Device().Scope()
	defer s.Close()
	norms, q := s.Floats(n), s.Floats(n)
	sum, err := newUnitSums(s, norms, x).total()
	if err != nil {
		return out, err
	}
	g := make([]float32, 2*width)
	for i, v := range sum {
		v /= float64(n)
		g[i] = float32(v)
		g[width+i] = float32(v - float64(g[i]))
	}
	moments, err := newGram(s, q, x, norms, s.Upload(g, 2, width)).total()
	if err != nil {
		return out, err
	}
	q64, err := floats64(q)
	if err != nil {
		return out, err
	}
	lengths, err := norms.Floats()
	if err != nil {
		return out, err
	}
	f, pairs := float64(n), float64(n)*float64(n-1)
	ss := floats.Dot(sum, sum)
	gg := ss / (f * f)
	var u, q1, q2, a, a2, aq float64
	for i, qi := range q64 {
		ui := squaredUnit(lengths[i])
		ai := (ui - gg - qi) / 2
		u += ui
		q1 += qi
		q2 += qi * qi
		a += ai
		a2 += ai * ai
		aq += ai * qi
	}
	s1 := 2*(f-1)*a - q1
	s2 := 2*(f-2)*a2 + 2*a*a - 4*aq + floats.Dot(moments, moments) - q2
	out.Mean = (ss - u) / pairs
	out.Variance = math.Max(0, s2/pairs-s1/pairs*(s1/pairs))
	return out, nil
}

// squaredUnit is the squared length of a unit row: 1, but for rows of hardly any length.
func squaredUnit(length float32) float64 {
	u := float64(length) / float64(atLeastEps(length))
	return u * u
}

// AllPairsCosineMean is AllPairsCosine's mean alone, in O(N D): with s the sum of the unit
// rows u_i, (|s|^2 - sum |u_i|^2) / (N (N-1)). One read of x. Where a
// driver limits loops, rows of up to 50,000 elements fit (200,000 where they come in fours).
func AllPairsCosineMean(x *engine.Tensor) (float64, error) {
	n := x.Rows()
	if n < 2 || x.Cols() == 0 {
		return math.NaN(), x.Device().Err()
	}
	sc := x.Device().Scope()
	defer sc.Close()
	norms := sc.Floats(n)
	sums := newUnitSums(sc, norms, x)
	s, err := sums.total()
	if err != nil {
		return 0, err
	}
	lengths, err := norms.Floats()
	if err != nil {
		return 0, err
	}
	var squares float64
	for _, l := range lengths {
		squares += squaredUnit(l)
	}
	return (floats.Dot(s, s) - squares) / (float64(n) * float64(n-1)), nil
}

// CrossCosine is what CrossPairsCosine finds of the cosines between two sets of vectors:
// the mean over all N x M pairs and, where both sets have the same number of rows, the
// mean over matched pairs (i, i) and over all others; else these are NaN.
type CrossCosine struct {
	N, M, D                  int
	Mean, Matched, Unmatched float64
}

// CrossPairsCosine measures the cosines between the rows of a and those of b, which have
// one width, in O((N+M) D): with s_a, s_b the sums of unit rows, the mean is
// s_a.s_b / (N M). It waits for the device. An empty set gives NaN.
func CrossPairsCosine(a, b *engine.Tensor) (CrossCosine, error) {
	engine.Check("cross_pairs_cosine", a.Cols() == b.Cols(), "rows of %d and %d elements", a.Cols(), b.Cols())
	n, m := a.Rows(), b.Rows()
	out := CrossCosine{n, m, a.Cols(), math.NaN(), math.NaN(), math.NaN()}
	if n == 0 || m == 0 {
		return out, a.Device().Err()
	}
	s := a.Device().Scope()
	defer s.Close()
	unitA, unitB := s.Floats(n, a.Cols()), s.Floats(m, b.Cols())
	RowNormalise(unitA, s.Floats(n), a)
	RowNormalise(unitB, s.Floats(m), b)
	sumsA, sumsB, matched := newChunkSums(s, unitA), newChunkSums(s, unitB), s.Floats(n)
	if n == m {
		RowDot(matched, unitA, unitB)
	}
	sa, err := sumsA.total()
	if err != nil {
		return out, err
	}
	sb, err := sumsB.total()
	if err != nil {
		return out, err
	}
	all := floats.Dot(sa, sb)
	out.Mean = all / (float64(n) * float64(m))
	if n == m {
		list, err := floats64(matched)
		if err != nil {
			return out, err
		}
		sum := floats.Sum(list)
		out.Matched = sum / float64(n)
		if n > 1 {
			out.Unmatched = (all - sum) / (float64(n) * float64(n-1))
		}
	}
	return out, nil
}
