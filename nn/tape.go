package nn

import (
	"fmt"

	"mindgap/engine"
)

// Tape records operations as they run, and runs their gradients in the opposite order. It
// knows no operation: an operation computes its result and hands over a function that turns
// the gradient of the result into those of its operands.
//
// All that is computed lives in the tape's scope. A tape is for one forward and one backward
// pass, and for one goroutine.
type Tape struct {
	// Watch sees every value that a network marks, by its name in the network; nil: nobody
	// looks. The tensor is valid during the call.
	Watch func(name string, x *engine.Tensor)
	// Spend makes Backward give the memory of each result back as soon as no gradient needs it
	// any more; the value that it began at stays, and leaves.
	Spend bool

	scope   *engine.Scope
	records bool
	steps   []step
}

// step is an operation that has run.
type step struct {
	name string
	y    *Value
	back func(dy *engine.Tensor)
}

// NewTape records operations for Backward; results live in scope s.
func NewTape(s *engine.Scope) *Tape { return &Tape{scope: s, records: true} }

// Inference is a tape that records nothing: operations compute in place where they can, and
// Block gives memory back.
func Inference(s *engine.Scope) *Tape { return &Tape{scope: s} }

// Scope is where results live.
func (tp *Tape) Scope() *engine.Scope { return tp.scope }

// Records reports whether the tape is for Backward.
func (tp *Tape) Records() bool { return tp.records }

// Mark shows a value to Watch under a name and gives it back.
func (tp *Tape) Mark(name string, x *Value) *Value {
	if tp.Watch != nil {
		tp.Watch(name, x.T)
	}
	return x
}

// Block runs a part of a network whose intermediate results nobody needs afterwards. Without
// a recording they are given back at its end, with spent, the values that only the block
// needed.
func (tp *Tape) Block(f func() *Value, spent ...*Value) *Value {
	if tp.records {
		return f()
	}
	outer := tp.scope
	inner := outer.Device().Scope()
	tp.scope = inner
	defer func() { tp.scope = outer }()
	defer inner.Close()
	y := f()
	inner.Move(y.T, outer)
	for _, x := range spent {
		if x.T != y.T {
			outer.Free(x.T)
		}
	}
	return y
}

// Result makes the value of an operation over operands from, whose result is y; back adds to
// the operands' gradients by way of Into. For packages that define operations.
func (tp *Tape) Result(name string, y *engine.Tensor, back func(dy *engine.Tensor), from ...*Value) *Value {
	v := &Value{T: y}
	if !tp.records {
		return v
	}
	for _, x := range from {
		v.wants = v.wants || x != nil && x.wants
	}
	if v.wants {
		tp.steps = append(tp.steps, step{name, v, back})
	}
	return v
}

// Into lets add put a gradient into x's: to be written, or added where accumulate is set. It
// does nothing where x wants no gradient.
func (tp *Tape) Into(x *Value, add func(dx *engine.Tensor, accumulate bool)) {
	if x == nil || !x.wants {
		return
	}
	if of := x.reshape; of != nil {
		tp.Into(of, func(dx *engine.Tensor, accumulate bool) { add(dx.Reshape(x.T.Shape()...), accumulate) })
		return
	}
	if x.grad == nil {
		x.grad = tp.scope.Floats(x.T.Shape()...)
	}
	add(x.grad, x.filled)
	x.filled = true
}

// pass hands the gradient of a result on to an operand of the same shape, whole: the result
// needs it no more.
func (tp *Tape) pass(x, y *Value) {
	if tp.passes(x, y) {
		x.grad, x.filled, y.grad = y.grad, true, nil
		return
	}
	dy := y.grad
	tp.Into(x, func(dx *engine.Tensor, accumulate bool) { addInto(dx, dy, accumulate) })
}

// passes reports whether pass hands over the tensor itself, rather than its numbers.
func (tp *Tape) passes(x, y *Value) bool {
	return x.wants && x.reshape == nil && x.grad == nil && !y.given
}

// Backward runs the recording backwards from y, whose gradient is dy (nil for a loss of one
// element: 1). Gradients of parameters are added to what they hold. A tape runs backwards once.
func (tp *Tape) Backward(y *Value, dy *engine.Tensor) {
	engine.Check("backward", tp.records, "the tape records nothing")
	engine.Check("backward", y.wants, "no parameter or leaf lies beneath the value")
	if dy == nil {
		engine.Check("backward", y.T.Len() == 1, "%v is no loss: give its gradient", y.T)
		dy = tp.scope.Upload([]float32{1}, y.T.Shape()...)
	}
	engine.Check("backward", fmt.Sprint(dy.Shape()) == fmt.Sprint(y.T.Shape()), "the gradient is %v, the value %v", dy, y.T)
	for y.reshape != nil {
		dy, y = dy.Reshape(y.reshape.T.Shape()...), y.reshape
	}
	y.grad, y.filled, y.given = dy, true, true
	for i := len(tp.steps) - 1; i >= 0; i-- {
		s := tp.steps[i]
		tp.steps[i] = step{}
		if s.y.filled { // else nothing of the result depends on it
			s.back(s.y.grad)
			if s.y.grad != nil && !s.y.given {
				tp.scope.Free(s.y.grad)
				s.y.grad = nil
			}
			s.y.filled = s.y.grad != nil
		}
		if tp.Spend && s.y != y {
			tp.scope.Free(s.y.T)
		}
	}
	tp.steps = nil
}
