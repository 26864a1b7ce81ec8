package geometry

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Rows is a set of embeddings: N rows of D numbers each, row-major without padding.
// Slices and copies share Data unless the method says otherwise.
type Rows struct {
	N, D int
	Data []float64
}

// NewRows takes n*d numbers as n rows of d, and checks that they are finite.
func NewRows(n, d int, data []float64) (Rows, error) {
	r := Rows{N: n, D: d, Data: data}
	return r, check("NewRows", 0, r)
}

// FromFloat32 copies n rows of d float32 numbers, the form in which files and
// devices hold embeddings.
func FromFloat32(n, d int, data []float32) (Rows, error) {
	if n < 0 || d < 0 || len(data) != n*d {
		return Rows{}, errorf("FromFloat32", "%d numbers for %d x %d rows", len(data), n, d)
	}
	r := Zeros(n, d)
	for i, v := range data {
		r.Data[i] = float64(v)
	}
	return r, check("FromFloat32", 0, r)
}

// Zeros makes n rows of d zeros.
func Zeros(n, d int) Rows { return Rows{N: n, D: d, Data: make([]float64, n*d)} }

// Row is row i, not a copy.
func (r Rows) Row(i int) []float64 { return r.Data[i*r.D : (i+1)*r.D : (i+1)*r.D] }

// Slice is rows lo to hi-1, not a copy.
func (r Rows) Slice(lo, hi int) Rows {
	return Rows{N: hi - lo, D: r.D, Data: r.Data[lo*r.D : hi*r.D : hi*r.D]}
}

// Clone is a copy.
func (r Rows) Clone() Rows {
	return Rows{N: r.N, D: r.D, Data: append([]float64(nil), r.Data...)}
}

// Take copies the rows of the given indices, in their order; repeats are allowed.
func (r Rows) Take(index []int) Rows {
	out := Zeros(len(index), r.D)
	for k, i := range index {
		copy(out.Row(k), r.Row(i))
	}
	return out
}

// Stack copies a above b: [a; b].
func Stack(a, b Rows) Rows {
	out := Zeros(a.N+b.N, a.D)
	copy(out.Data, a.Data)
	copy(out.Data[len(a.Data):], b.Data)
	return out
}

// Normalise copies the rows, each divided by its L2 norm: v / |v|. A row of zeros
// has no direction and is an error, as is a NaN.
func (r Rows) Normalise() (Rows, error) {
	if err := check("Normalise", 0, r); err != nil {
		return Rows{}, err
	}
	out := r.Clone()
	for i := range out.N {
		row := out.Row(i)
		n := floats.Norm(row, 2)
		if n == 0 || math.IsInf(1/n, 0) {
			return Rows{}, errorf("Normalise", "row %d is zero", i)
		}
		for j := range row {
			row[j] /= n
		}
	}
	return out, nil
}

// NormDeviation is max_i ||x_i| - 1|: 0 for unit rows. Beyond 1e-3 a caller should
// warn; CLIP's half-precision rows are off by 6e-4.
func (r Rows) NormDeviation() float64 {
	worst := 0.0
	for i := range r.N {
		worst = math.Max(worst, math.Abs(floats.Norm(r.Row(i), 2)-1))
	}
	return worst
}

// Mean is the centroid: the mean of the rows, of D numbers. It is zero for no rows.
func (r Rows) Mean() []float64 {
	m := make([]float64, r.D)
	for i := range r.N {
		floats.Add(m, r.Row(i))
	}
	if r.N > 0 {
		floats.Scale(1/float64(r.N), m)
	}
	return m
}

// Centred copies the rows with m subtracted from each.
func (r Rows) Centred(m []float64) Rows {
	out := r.Clone()
	for i := range out.N {
		floats.Sub(out.Row(i), m)
	}
	return out
}

// Project is r v: the dot product of every row with v.
func (r Rows) Project(v []float64) []float64 {
	p := make([]float64, r.N)
	for i := range p {
		p[i] = floats.Dot(r.Row(i), v)
	}
	return p
}

func (r Rows) general() blas64.General {
	return blas64.General{Rows: r.N, Cols: r.D, Stride: max(1, r.D), Data: r.Data}
}

func (r Rows) dense() *mat.Dense { return mat.NewDense(r.N, r.D, r.Data) }
