package kernels

import (
	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// partials are chunks' results on the device that Go adds up in float64.
type partials struct {
	t     *engine.Tensor // count x width
	count int
	width int
}

// newChunkSums queues the sums of rows of x, chunk by chunk, compensated.
func newChunkSums(s *engine.Scope, x *engine.Tensor) partials {
	p := ReduceParams{
		Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdX: int32(x.LD()), LdY: int32(x.Cols()), Count: 1,
		Chunk: int32(min(chunkFor(x.Rows(), columnsUncut), maxChunk)),
	}
	n := chunks(p.Rows, p.Chunk)
	t := s.Floats(n, x.Cols())
	centroid.Run(p, t, x)
	return partials{t, n, x.Cols()}
}

// newUnitSums queues the sums of the unit rows of x, chunk by chunk, and the rows' lengths.
func newUnitSums(s *engine.Scope, norms, x *engine.Tensor) partials {
	p := UnitSumParams{Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdX: int32(x.LD()), Chunk: unitChunk(x.Rows(), x.Cols())}
	n := 2 * chunks(p.Rows, p.Chunk) // sums, and what rounding took from them
	t := s.Floats(n, x.Cols())
	unitColumnSum.Run(p, t, norms, x)
	return partials{t, n, x.Cols()}
}

// Gram matrices that are kept at a time: at most gramWords elements, of at least gramRows rows
// each (fewer where there are many cores to take tiles), and of no more rows than a driver's
// loop budget allows (the scalar shader runs ten loop iterations to a row).
const (
	gramWords        = 1 << 24
	gramRows         = 1024
	gramRowsHardware = 256
	gramMost         = 60000
	gramMostScalar   = 6000
)

// newGram queues what cosineGram gives, chunk by chunk of rows.
func newGram(s *engine.Scope, q, x, norms, g *engine.Tensor) partials {
	n, width := x.Rows(), x.Cols()
	most := max(1, gramWords/(width*width))
	least, limit := gramRows, gramMost
	if !x.Device().Caps().Software {
		least = gramRowsHardware
	}
	if width%4 != 0 {
		limit = gramMostScalar
	}
	chunk := min(max(ceil(n, most), least), limit)
	k := chunks(int32(n), int32(chunk))
	t := s.Floats(k, width, width)
	cosineGram.Run(CosineGramParams{int32(n), int32(width), int32(chunk), int32(x.LD())}, t, q, x, norms, g)
	return partials{t, k, width * width}
}

// readWords is how many numbers are read from a device at a time: each read waits for it.
const readWords = 1 << 20

// total waits for the device and adds the chunks up.
func (p partials) total() ([]float64, error) {
	sum := make([]float64, p.width)
	if p.width == 0 {
		return sum, nil
	}
	flat := p.t.Reshape(p.count, p.width)
	step := min(max(1, readWords/p.width), p.count)
	lent := borrow(step * p.width)
	defer giveBack(lent)
	part := *lent
	for k := 0; k < p.count; k += step {
		rows := min(step, p.count-k)
		if err := flat.SliceRows(k, k+rows).Read(part[:rows*p.width]); err != nil {
			return nil, err
		}
		for i := range rows {
			vector.AddScaled(sum, part[i*p.width:][:p.width], 1)
		}
	}
	return sum, nil
}

// floats64 waits for the device and gives a tensor's elements in float64.
func floats64(t *engine.Tensor) ([]float64, error) {
	list, err := t.Floats()
	out := make([]float64, len(list))
	for i, v := range list {
		out[i] = float64(v)
	}
	return out, err
}
