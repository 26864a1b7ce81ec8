package tensorfile

import (
	"math"
	"slices"
)

// NPYWriter appends rows to an npy file, whose header gets their number at Close.
// The first error sticks: every later call returns it, and Close leaves no file.
type NPYWriter struct {
	p     *pending
	dtype DType
	tail  []int
	row   int64 // numbers in one index of the first axis
	last  int64 // numbers in the last axis
	n     int64 // numbers written
	head  int   // bytes of the header
	buf   []byte
}

// CreateNPY begins an npy file of shape (rows, tail...), where Close finds the rows:
// CreateNPY("x.npy", Float32, 512) for (N, 512), with tail 500, 512 for (k, 500, 512),
// with no tail for (N). The type is Float32, Float64 or Int32, little-endian, C order.
// The file appears under its name at Close, and then is byte for byte what numpy.save
// writes; "-" is standard output.
func CreateNPY(name string, dtype DType, tail ...int) (*NPYWriter, error) {
	w := &NPYWriter{dtype: dtype, tail: slices.Clone(tail), row: 1, last: 1}
	if dtype != Float32 && dtype != Float64 && dtype != Int32 {
		return nil, fail(name, "cannot write %s; float32, float64 and int32 can be", dtype)
	}
	for _, n := range tail {
		if n < 1 || w.row > math.MaxInt64/8/int64(n) {
			return nil, fail(name, "cannot append rows of shape %v; sizes are positive and their product is a number of this system", tail)
		}
		w.row *= int64(n)
		w.last = int64(n)
	}
	if len(tail) >= maxAxes {
		return nil, fail(name, "%d axes; at most %d can be", len(tail)+1, maxAxes)
	}
	p, err := create(name)
	if err != nil {
		return nil, err
	}
	w.p = p
	b := w.header(0)
	w.head = len(b)
	p.Write(b)
	return w, nil
}

func (w *NPYWriter) header(rows int) []byte {
	return header{layout: layout{w.dtype, false}, shape: append([]int{rows}, w.tail...)}.format()
}

// WriteRows appends whole rows (of the last axis). For Float64 the numbers are exact;
// for Int32 they have to be whole and within int32.
func (w *NPYWriter) WriteRows(rows []float32) error { return writeRows(w, rows) }

// WriteRows64 is WriteRows for float64; for Float32 the numbers are rounded to nearest.
func (w *NPYWriter) WriteRows64(rows []float64) error { return writeRows(w, rows) }

// WriteInts is WriteRows for int32; for Float32 numbers beyond 2^24 are rounded.
func (w *NPYWriter) WriteInts(rows []int32) error { return writeRows(w, rows) }

func writeRows[T number | int32](w *NPYWriter, rows []T) error {
	if w.p.usable() && int64(len(rows))%w.last != 0 {
		w.p.fault("write", fail(w.p.name, "%d numbers are not whole rows of %d", len(rows), w.last))
	}
	for len(rows) > 0 && w.p.err == nil {
		n := min(len(rows), chunk/8)
		var err error
		if w.buf, err = encode(w.buf[:0], w.dtype, rows[:n]); err != nil {
			w.p.fault("write", fail(w.p.name, "%s", err.Error()))
			break
		}
		w.p.Write(w.buf)
		w.n += int64(n)
		rows = rows[n:]
	}
	return w.p.err
}

// Close puts the number of rows into the header and gives the file its name.
func (w *NPYWriter) Close() error {
	if w.p.err == nil && !w.p.done {
		if w.n%w.row != 0 {
			w.p.fault("write", fail(w.p.name, "%d numbers are not a whole number of %s; write the rest before Close", w.n, times(w.tail)))
		} else {
			w.p.overwrite(w.header(int(w.n/w.row)), 0)
		}
	}
	return w.p.commit()
}

// Abort removes what was written and leaves an earlier file as it was. After Close it
// does nothing, so it may be deferred.
func (w *NPYWriter) Abort() error { return w.p.abort() }

// WriteNPY writes a whole array in C order: float32, float64 or int32, whatever data
// is. An empty shape is a single number.
func WriteNPY[T float32 | float64 | int32](name string, shape []int, data []T) error {
	dtype := Float32
	switch any(data).(type) {
	case []float64:
		dtype = Float64
	case []int32:
		dtype = Int32
	}
	h := header{layout: layout{dtype, false}, shape: shape}
	for _, n := range shape {
		if n < 0 || len(shape) > maxAxes {
			return fail(name, "cannot write shape %v: sizes are not negative, axes at most %d", shape, maxAxes)
		}
	}
	if n, err := numbers(shape, dtype); err != nil || n != int64(len(data)) {
		return fail(name, "shape %s does not hold %d numbers", times(shape), len(data))
	}
	p, err := create(name)
	if err != nil {
		return err
	}
	p.Write(h.format())
	w := &NPYWriter{p: p, dtype: dtype, last: 1}
	writeRows(w, data)
	return p.commit()
}
