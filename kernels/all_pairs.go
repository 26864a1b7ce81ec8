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
// O(N D + D^2) memory, by a closed form. It waits for the device.
//
// Let x_i be the unit rows, g their centroid (rounded), d_i = x_i - g, r = sum d_i,
// M = sum d_i d_i^T, q_i = |d_i|^2, a_i = g.d_i. Then x_i.x_j = |g|^2 + a_i + a_j + d_i.d_j,
// and over i != j the excess over |g|^2 and its square sum to
//
//	S1 = 2 (N-1) sum a_i + |r|^2 - sum q_i
//	S2 = 2 (N-2) sum a_i^2 + 2 (sum a_i)^2 + 4 (g.M r - sum a_i q_i) + |M|_F^2 - sum q_i^2
//
// With g = 0 these are the usual |s|^2 - N and |M|_F^2 - N, for rows of any length. The
// shift keeps every term as small as the spread, so that a narrow cone does not drown its
// variance. All sums over rows are float64: rows by compensated chunks, M by chunks.
func AllPairsCosine(x *engine.Tensor) (PairCosine, error) {
	n, width := x.Rows(), x.Cols()
	out := PairCosine{n, width, math.NaN(), math.NaN()}
	if n < 2 || width == 0 {
		return out, x.Device().Err()
	}
	s := x.Device().Scope()
	defer s.Close()
	d, norms, g, m := s.Floats(n, width), s.Floats(n), s.Floats(width), s.Floats(n, 2)
	unit := d
	RowNormalise(unit, norms, x)
	Centroid(g, unit)
	cosineRowMoments.Run(CosineRowParams{int32(n), int32(width), int32(width), int32(width)}, d, m, unit, g)
	gram := newGram(s, d)
	sums := newChunkSums(s, d)

	g64, err := floats64(g)
	if err != nil {
		return out, err
	}
	m64, err := floats64(m)
	if err != nil {
		return out, err
	}
	r, err := sums.total()
	if err != nil {
		return out, err
	}
	moments, err := gram.total()
	if err != nil {
		return out, err
	}
	var gMr float64
	for i, gi := range g64 {
		gMr += gi * floats.Dot(moments[i*width:(i+1)*width], r)
	}
	f, pairs := float64(n), float64(n)*float64(n-1)
	gg := floats.Dot(g64, g64)
	var q, q2, a, a2, aq float64
	for i := 0; i < len(m64); i += 2 {
		qi, ai := m64[i], m64[i+1]
		if gg > 0.5 {
			// In a narrow cone |x_i| = 1 gives a_i better, free of the rounding of the length.
			ai = (1 - gg - qi) / 2
		}
		q += qi
		q2 += qi * qi
		a += ai
		a2 += ai * ai
		aq += ai * qi
	}
	rr := floats.Dot(r, r)
	s1 := 2*(f-1)*a + rr - q
	s2 := 2*(f-2)*a2 + 2*a*a + 4*(gMr-aq) + floats.Dot(moments, moments) - q2
	out.Mean = gg + (2*(f-1)*floats.Dot(g64, r)+rr-q)/pairs
	out.Variance = math.Max(0, s2/pairs-s1/pairs*(s1/pairs))
	return out, nil
}

// AllPairsCosineMean is AllPairsCosine's mean alone, in O(N D): with s the sum of the unit
// rows u_i, (|s|^2 - sum |u_i|^2) / (N (N-1)). Two reads of x: lengths, then s.
func AllPairsCosineMean(x *engine.Tensor) (float64, error) {
	n := x.Rows()
	if n < 2 || x.Cols() == 0 {
		return math.NaN(), x.Device().Err()
	}
	sc := x.Device().Scope()
	defer sc.Close()
	norms := sc.Floats(n)
	RowNorm(norms, x)
	sums := newUnitSums(sc, x, norms)
	s, err := sums.total()
	if err != nil {
		return 0, err
	}
	lengths, err := norms.Floats()
	if err != nil {
		return 0, err
	}
	var squares float64 // of the unit rows' lengths: 1, but for rows of hardly any length
	for _, l := range lengths {
		u := float64(l) / float64(atLeastEps(l))
		squares += u * u
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
