package nn

import "mindgap/engine"

// Value is a tensor on a tape, with room for its gradient.
type Value struct {
	T *engine.Tensor

	grad    *engine.Tensor
	filled  bool   // grad holds numbers
	given   bool   // grad is not the tape's to give back
	wants   bool   // a parameter or leaf lies beneath: gradients must come here
	reshape *Value // the value that this one is another shape of
}

// Const is a value that no gradient goes to.
func Const(t *engine.Tensor) *Value { return &Value{T: t} }

// Leaf is a value whose gradient is wanted: after Backward, Grad gives it. It is made in the
// scope of the tape.
func Leaf(t *engine.Tensor) *Value { return &Value{T: t, wants: true} }

// Grad is the gradient that Backward left, nil where none has come. Gradients of values
// between leaves and results are given back on the way.
func (v *Value) Grad() *engine.Tensor {
	if !v.filled {
		return nil
	}
	return v.grad
}

// Rows and Cols are those of the tensor.
func (v *Value) Rows() int { return v.T.Rows() }

// Cols is the size of the last axis.
func (v *Value) Cols() int { return v.T.Cols() }
