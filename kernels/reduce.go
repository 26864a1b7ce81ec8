package kernels

import (
	"math"

	"mindgap/engine"
)

// Chunks that a reduction of any length is cut into, so that it has work for every core,
// stays below a driver's loop budget, and errs little: two stages of about sqrt(n) terms.
const (
	rowsUncut    = 4096 // shorter rows are reduced at once
	columnsUncut = 64
	maxChunk     = 32000 // two sweeps of a chunk stay below every loop budget
)

// chunkFor gives the chunk for n elements: n itself below uncut, else about sqrt(n), a
// multiple of 4.
func chunkFor(n, uncut int) int {
	if n <= uncut {
		return max(n, 1)
	}
	root := int(math.Ceil(math.Sqrt(float64(n))))
	return max(ceil(root, 4)*4, 64)
}

// reduceRowsTo queues the stages of y[r] = reduction of row r, y having a stride of ldY:
// all but the last by the kernel part, whose numbers may be reduced again.
func reduceRowsTo(part, last *engine.Kernel[ReduceParams], p ReduceParams, y, x *engine.Tensor) {
	s := x.Device().Scope()
	defer s.Close()
	for {
		p.Chunk = int32(min(chunkFor(int(p.Cols), rowsUncut), maxChunk))
		k := chunks(p.Cols, p.Chunk)
		if k == 1 {
			last.Run(p, y, x)
			return
		}
		t := s.Floats(int(p.Rows), k)
		part.Run(partial(part, p, k), t, x)
		x, p.Cols, p.LdX = t, int32(k), int32(k)
	}
}

// reduceColumnsTo is reduceRowsTo for y[c] = reduction of column c.
func reduceColumnsTo(part, last *engine.Kernel[ReduceParams], p ReduceParams, y, x *engine.Tensor) {
	s := x.Device().Scope()
	defer s.Close()
	for {
		p.Chunk = int32(min(chunkFor(int(p.Rows), columnsUncut), maxChunk))
		k := chunks(p.Rows, p.Chunk)
		if k == 1 {
			last.Run(p, y, x)
			return
		}
		t := s.Floats(k, int(p.Cols))
		part.Run(partial(part, p, int(p.Cols)), t, x)
		x, p.Rows, p.LdX = t, int32(k), p.Cols
	}
}

// partial is p for a stage that is not the last: no division by Count, no addition to y.
func partial(part *engine.Kernel[ReduceParams], p ReduceParams, ldY int) ReduceParams {
	p.LdY, p.Count, p.Accumulate = int32(ldY), 0, 0
	if part == centroid {
		p.Count = 1
	}
	return p
}

// vectorStride checks that v has n elements at one stride, and gives it: a contiguous
// tensor of any shape, or one column of a matrix.
func vectorStride(kernel string, v *engine.Tensor, n int) int {
	engine.Check(kernel, v.Len() == n, "%v holds %d numbers, want %d", v, v.Len(), n)
	if v.Contiguous() || v.Cols() != 1 {
		engine.Check(kernel, v.Contiguous(), "%v is neither contiguous nor one column", v)
		return 1
	}
	return v.LD()
}

func reduceRows(part, last *engine.Kernel[ReduceParams], y, x *engine.Tensor, count, accumulate bool) {
	p := ReduceParams{
		Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdX: int32(x.LD()),
		LdY: int32(vectorStride(last.Name, y, x.Rows())), Accumulate: flag(accumulate),
	}
	if count {
		p.Count = p.Cols
	}
	reduceRowsTo(part, last, p, y, x)
}

func reduceColumns(part, last *engine.Kernel[ReduceParams], y, x *engine.Tensor, count, accumulate bool) {
	engine.Check(last.Name, y.Len() == x.Cols() && y.Contiguous(), "%v is no contiguous vector of %d", y, x.Cols())
	p := ReduceParams{
		Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdX: int32(x.LD()),
		LdY: int32(x.Cols()), Accumulate: flag(accumulate),
	}
	if count {
		p.Count = p.Rows
	}
	reduceColumnsTo(part, last, p, y, x)
}
