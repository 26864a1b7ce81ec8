package tensorfile

import "slices"

// Reader reads one array by rows. The last axis is a row; all axes before it number
// the rows in C order. So shape (N, D) has N rows of D numbers, (2, N, D) has 2N rows
// of D with [Reader.Section] for each half, (N) has N rows of one number, and a scalar
// has one row of one number.
type Reader struct {
	name    string
	shape   []int
	dtype   DType
	columns []string
	first   int64 // of this section, in C order
	rows    int
	cols    int
	el      elements
	claimed bool   // the size of the source is itself only a claim
	owner   closer // what Close closes; nil for a section
}

type closer interface{ close() error }

func newReader(name string, shape []int, dtype DType, el elements) *Reader {
	r := &Reader{name: name, shape: shape, dtype: dtype, el: el, rows: 1, cols: 1}
	if n := len(shape); n == 1 {
		r.rows = shape[0]
	} else if n > 1 {
		r.cols = shape[n-1]
		for _, d := range shape[:n-1] {
			r.rows *= d
		}
	}
	return r
}

// OpenNPY opens an npy file of format 1.0, 2.0 or 3.0: "-" is standard input. The
// header has been checked against the size of the file when it returns.
func OpenNPY(name string) (*Reader, error) { return openOne(name, "npy") }

// OpenCSV opens a file of decimal numbers; see [Reader.Columns] for its header line.
// One pass over the file checks every field and counts the rows: an array of shape
// (rows, columns), of type Float64. A second one reads them as they are asked for.
func OpenCSV(name string) (*Reader, error) { return openOne(name, "csv") }

// newNPY reads the header of an npy file that lies in src.
func newNPY(name string, src source) (*Reader, error) {
	h, data, err := readHeader(name, src)
	if err != nil {
		return nil, err
	}
	a := newArray(src, data, h)
	r := newReader(name, h.shape, h.layout.DType, a)
	r.owner = a
	return r, nil
}

// Name is the name that the file was opened by; "x.npz:a" for the entry a of x.npz.
func (r *Reader) Name() string { return r.name }

// Shape is the length of each axis; empty for a single number.
func (r *Reader) Shape() []int { return slices.Clone(r.shape) }

// DType is the type of the numbers as stored.
func (r *Reader) DType() DType { return r.dtype }

// Rows is the number of rows: the product of all axes but the last.
func (r *Reader) Rows() int { return r.rows }

// Cols is the number of numbers in a row: the last axis; 1 below two axes.
func (r *Reader) Cols() int { return r.cols }

// Columns is the header line of a csv file, nil where there is none.
func (r *Reader) Columns() []string { return slices.Clone(r.columns) }

// ReadRows reads rows lo to hi (hi excluded) into dst, which has (hi-lo)*Cols()
// elements. Numbers are rounded to the nearest float32; what is larger than float32
// holds becomes Inf.
func (r *Reader) ReadRows(dst []float32, lo, hi int) error {
	if err := r.check(len(dst), lo, hi); err != nil || len(dst) == 0 {
		return err
	}
	return because(r.name, "read", r.el.read32(dst, r.first+int64(lo)*int64(r.cols)))
}

// ReadRows64 is ReadRows in float64: exact for every type but 64-bit integers beyond 2^53.
func (r *Reader) ReadRows64(dst []float64, lo, hi int) error {
	if err := r.check(len(dst), lo, hi); err != nil || len(dst) == 0 {
		return err
	}
	return because(r.name, "read", r.el.read64(dst, r.first+int64(lo)*int64(r.cols)))
}

func (r *Reader) check(n, lo, hi int) error {
	if lo < 0 || hi < lo || hi > r.rows {
		return fail(r.name, "no rows %d to %d: there are %d", lo, hi, r.rows)
	}
	if want := (hi - lo) * r.cols; n != want {
		return fail(r.name, "dst has %d elements, want %d (rows %d to %d of %d numbers)", n, want, lo, hi, r.cols)
	}
	return nil
}

// ReadAll reads the whole array: Rows()*Cols() numbers in C order. Memory for a
// deflated entry, whose size is only a claim, is taken as the numbers arrive.
func (r *Reader) ReadAll() ([]float32, error) {
	n := r.rows * r.cols
	if !r.claimed {
		dst := make([]float32, n)
		return dst, r.ReadRows(dst, 0, r.rows)
	}
	var dst []float32
	for len(dst) < n {
		lo := len(dst)
		dst = append(dst, make([]float32, min(n-lo, max(chunk, lo/4)))...)
		if err := r.el.read32(dst[lo:], r.first+int64(lo)); err != nil {
			return nil, because(r.name, "read", err)
		}
	}
	return dst, nil
}

// Section is slice i of the first axis, without reading it: of shape (k, N, D) an
// array (N, D). It shares the file of r and ends with it; closing it does nothing.
func (r *Reader) Section(i int) (*Reader, error) {
	if len(r.shape) == 0 {
		return nil, fail(r.name, "no section %d: the array is a single number", i)
	}
	if i < 0 || i >= r.shape[0] {
		return nil, fail(r.name, "no section %d: the first axis of %s has %d", i, times(r.shape), r.shape[0])
	}
	s := newReader(r.name, r.shape[1:], r.dtype, r.el)
	s.first = r.first + int64(i)*int64(s.rows)*int64(s.cols)
	s.claimed = r.claimed
	return s, nil
}

// Close closes the file of an array that OpenNPY, OpenCSV or OpenArray opened.
func (r *Reader) Close() error {
	if r.owner == nil {
		return nil
	}
	return because(r.name, "close", r.owner.close())
}
