package engine

import (
	"fmt"
	"strings"
)

// Tensor is a view of device memory: a buffer, an offset, a shape and strides, in elements.
// The last axis is contiguous. Slicing rows, columns (heads) or batches is free.
type Tensor struct {
	dev     *Device
	scope   *Scope
	buf     *buffer
	off     int
	shape   []int
	strides []int // of every axis; the last is 1
	dtype   DType
	room    [2 * fewAxes]int // where shape and strides lie, if there are few
}

// fewAxes is how many axes a tensor describes without memory of its own for them.
const fewAxes = 4

func contiguous(s *Scope, t DType, shape []int) *Tensor {
	x := &Tensor{dev: s.dev, scope: s, dtype: t}
	x.setAxes(shape, shape)
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		x.strides[i] = step
		step *= max(shape[i], 1)
	}
	return x
}

// setAxes copies shape and strides.
func (t *Tensor) setAxes(shape, strides []int) {
	n := len(shape)
	all := t.room[:]
	if 2*n > len(all) {
		all = make([]int, 2*n)
	}
	copy(all, shape)
	copy(all[n:], strides)
	t.shape, t.strides = all[:n:n], all[n:2*n:2*n]
}

// Device is where the tensor lives.
func (t *Tensor) Device() *Device { return t.dev }

// DType is the type of its elements.
func (t *Tensor) DType() DType { return t.dtype }

// Shape is its size along each axis. Do not change it.
func (t *Tensor) Shape() []int { return t.shape }

// Len is the number of its elements.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.shape {
		n *= d
	}
	return n
}

// Dim is its size along axis i; a negative i counts from the end.
func (t *Tensor) Dim(i int) int {
	if i < 0 {
		i += len(t.shape)
	}
	return t.shape[i]
}

// Stride is the distance in elements between neighbours along axis i; a negative i counts
// from the end.
func (t *Tensor) Stride(i int) int {
	if i < 0 {
		i += len(t.shape)
	}
	return t.strides[i]
}

// Rows and Cols see the tensor as a matrix: the last axis is the columns, all others
// together the rows, which must lie at one stride (LD).
func (t *Tensor) Rows() int {
	n := 1
	for _, d := range t.shape[:max(len(t.shape)-1, 0)] {
		n *= d
	}
	return n
}

// Cols is the size of the last axis, 1 for a scalar.
func (t *Tensor) Cols() int {
	if len(t.shape) == 0 {
		return 1
	}
	return t.shape[len(t.shape)-1]
}

// LD is the distance in elements between rows of the tensor seen as a matrix. It panics
// when the rows do not lie at one stride.
func (t *Tensor) LD() int {
	if len(t.shape) < 2 {
		return t.Cols()
	}
	last := len(t.shape) - 2
	step := t.strides[last]
	for i := last - 1; i >= 0; i-- {
		if t.shape[i] > 1 && t.strides[i] != step*t.shape[i+1] {
			misuse("tensor", "rows of %s with strides %v do not lie at one stride", shapeText(t.shape), t.strides)
		}
		step = t.strides[i]
	}
	return t.strides[last]
}

func (t *Tensor) stride() int {
	if len(t.strides) < 2 {
		return t.Cols()
	}
	return t.strides[len(t.strides)-2]
}

// span is the number of elements from the first to the last of the view.
func (t *Tensor) span() int {
	n := 1
	for i, d := range t.shape {
		if d == 0 {
			return 0
		}
		n += (d - 1) * t.strides[i]
	}
	return n
}

// Contiguous reports whether the elements lie side by side in row-major order.
func (t *Tensor) Contiguous() bool { return t.span() == t.Len() }

// Slice is the view of elements lo..hi along an axis.
func (t *Tensor) Slice(axis, lo, hi int) *Tensor {
	if axis < 0 {
		axis += len(t.shape)
	}
	if axis < 0 || axis >= len(t.shape) || lo < 0 || hi < lo || hi > t.shape[axis] {
		misuse("slice", "%d:%d of axis %d of %s", lo, hi, axis, shapeText(t.shape))
	}
	v := &Tensor{dev: t.dev, scope: t.scope, buf: t.buf, off: t.off + lo*t.strides[axis], dtype: t.dtype}
	v.setAxes(t.shape, t.strides)
	v.shape[axis] = hi - lo
	return v
}

// SliceRows is the view of rows lo..hi along the first axis.
func (t *Tensor) SliceRows(lo, hi int) *Tensor { return t.Slice(0, lo, hi) }

// SliceCols is the view of columns lo..hi along the last axis.
func (t *Tensor) SliceCols(lo, hi int) *Tensor { return t.Slice(-1, lo, hi) }

// At drops the first axis: the view of its i-th element.
func (t *Tensor) At(i int) *Tensor {
	v := t.Slice(0, i, i+1)
	v.shape = v.shape[1:]
	v.strides = v.strides[1:]
	return v
}

// Reshape is a contiguous tensor's elements under another shape of the same length.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	if elements("reshape", shape) != t.Len() {
		misuse("reshape", "%s to %s", shapeText(t.shape), shapeText(shape))
	}
	if !t.Contiguous() {
		misuse("reshape", "%s with strides %v is not contiguous", shapeText(t.shape), t.strides)
	}
	v := contiguous(t.scope, t.dtype, shape)
	v.buf, v.off = t.buf, t.off
	return v
}

// String describes the view: float 5x3.
func (t *Tensor) String() string { return fmt.Sprintf("%v %s", t.dtype, shapeText(t.shape)) }

func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = fmt.Sprint(d)
	}
	return strings.Join(parts, "x")
}

// alive panics when the tensor's scope was closed.
func (t *Tensor) alive(op string) {
	if t.scope.closed {
		misuse(op, "a tensor of a closed scope is used")
	}
}

// overlaps reports whether two views of one buffer may share an element. Column slices of
// one matrix (same stride, disjoint columns) do not.
func (t *Tensor) overlaps(o *Tensor) bool {
	if t.off+t.span() <= o.off || o.off+o.span() <= t.off {
		return false
	}
	if s := t.stride(); len(t.shape) > 1 && len(o.shape) > 1 && s == o.stride() && s > 0 {
		a, b := t.off%s, o.off%s
		if a+t.Cols() <= s && b+o.Cols() <= s && (a+t.Cols() <= b || b+o.Cols() <= a) {
			return false
		}
	}
	return true
}
