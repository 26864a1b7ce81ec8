package kernels

import (
	"math"

	"mindgap/engine"
)

// ColumnAffineParams describes y = act(x scale[c] + shift[c] + residual) over matrices of rows x
// cols with row strides.
type ColumnAffineParams struct {
	Rows, Cols, LdY, LdX, LdR int32
	HasResidual               int32
	Act                       Activation
}

var columnAffine = elementwise[ColumnAffineParams]{
	name: "column_affine", doc: "y = act(x scale[c] + shift[c] + residual)", file: "column_affine.comp.glsl",
	bufs: []engine.Buf{
		{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In},
		{Name: "scale", Access: engine.In}, {Name: "shift", Access: engine.In}, {Name: "residual", Access: engine.In},
	},
	layout: func(p ColumnAffineParams) (rows, cols int32, o []operand) {
		// Without a residual its buffer is any that holds a row.
		return p.Rows, p.Cols, []operand{{ld: p.LdY}, {ld: p.LdX}, {}, {}, {ld: p.LdR * p.HasResidual}}
	},
	part:  func(p ColumnAffineParams, rows int32) ColumnAffineParams { p.Rows = rows; return p },
	flops: 2,
	ref: func(p ColumnAffineParams, v [][]float64) {
		for i, x := range v[1] {
			v[0][i] = p.Act.Define(x*v[2][i] + v[3][i] + p.residual(v[4], i))
		}
	},
	host: func(p ColumnAffineParams, v [][]float32) {
		y, scale, shift := v[0], v[2][:len(v[1])], v[3][:len(v[1])]
		for i, x := range v[1] {
			y[i] = x*scale[i] + shift[i]
		}
		if p.HasResidual != 0 {
			sumRow(y, y, v[4], 0)
		}
		p.Act.rows(y, 0, len(y), 0, 1)
	},
	// Three roundings of what is at most |x scale| + |shift| + |residual|; the activation passes
	// them on and adds its own.
	bound: func(p ColumnAffineParams, e engine.MathErrors, v, out [][]float64) {
		for i, x := range v[1] {
			r := p.residual(v[4], i)
			d := engine.Gamma(3)*(math.Abs(x*v[2][i])+math.Abs(v[3][i])+math.Abs(r)) + e.Tiny*(3+math.Abs(x)+math.Abs(v[2][i]))
			out[0][i] = p.Act.Lipschitz()*d + p.Act.Error(x*v[2][i]+v[3][i]+r, e)
		}
	},
	cases: []ColumnAffineParams{
		{0, 5, 5, 5, 5, 0, NoActivation}, {1, 1, 1, 1, 1, 1, ActReLU}, {3, 7, 9, 8, 7, 1, NoActivation}, {3, 7, 9, 8, 7, 0, ActReLU},
		{17, 64, 64, 68, 72, 1, ActReLU}, {5, 1024, 1024, 1024, 1024, 0, ActGELU}, {6, 9, 9, 9, 9, 1, ActTanh},
	},
	bench: []ColumnAffineParams{{8 * 56 * 56, 64, 64, 64, 64, 1, ActReLU}},
}.kernel()

func (p ColumnAffineParams) residual(row []float64, i int) float64 {
	if p.HasResidual == 0 {
		return 0
	}
	return row[i]
}

// ColumnAffine is y = act(x scale + shift + residual), scale and shift having a number for each
// of x's columns: batch normalisation of channels in evaluation. residual may be nil. All
// have one shape but scale and shift; y may be x or residual.
func ColumnAffine(y, x, scale, shift, residual *engine.Tensor, act Activation) {
	const name = "column_affine"
	sameShape(name, y, x)
	for _, v := range []*engine.Tensor{scale, shift} {
		engine.Check(name, v.Len() == x.Cols() && v.Contiguous(), "scale %v, shift %v for %d columns", scale, shift, x.Cols())
	}
	p := ColumnAffineParams{Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdY: int32(y.LD()), LdX: int32(x.LD()), Act: act}
	engine.Check(name, act >= NoActivation && int(act) < len(activations), "%d is no activation", act)
	if residual == nil {
		residual = scale
	} else {
		sameShape(name, y, residual)
		p.LdR, p.HasResidual = int32(residual.LD()), 1
	}
	columnAffine.Run(p, y, x, scale, shift, residual)
}

// ColumnAffineBack is the gradient of y = x scale + shift (that of an activation comes first, that
// of a residual is dy): dx = dy scale, dscale = the columns' sums of dy x, dshift = those of dy.
// Any of the three may be nil; with accumulate they are added to. dx may be dy.
func ColumnAffineBack(dx, dscale, dshift, dy, x, scale *engine.Tensor, accumulate bool) {
	const name = "column_affine_back"
	sameShape(name, dy, x)
	engine.Check(name, scale.Len() == x.Cols() && scale.Contiguous(), "scale %v for %d columns", scale, x.Cols())
	if dscale != nil {
		s := dy.Device().Scope()
		defer s.Close()
		t := s.Floats(x.Shape()...)
		Mul(t, dy, x, false)
		ColumnSum(dscale, t, accumulate)
	}
	if dshift != nil {
		ColumnSum(dshift, dy, accumulate)
	}
	if dx != nil {
		sameShape(name, dx, dy)
		mul.Run(BinaryParams{int32(x.Rows()), int32(x.Cols()), int32(dx.LD()), int32(dy.LD()), 0, flag(accumulate)}, dx, dy, scale)
	}
}
