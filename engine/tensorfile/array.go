package tensorfile

// elements is an array in C order, wherever and however it lies.
type elements interface {
	// read32 fills dst with the numbers from element first on. The caller has
	// checked that there are as many.
	read32(dst []float32, first int64) error
	read64(dst []float64, first int64) error
	close() error
}

// array is the elements of an npy file.
type array struct {
	src     source
	base    int64 // where the numbers begin
	layout  layout
	scratch []byte

	// An array in Fortran order is columns of numRows numbers. A row is numbered in
	// C order over all axes but the last; the rows of one index of the axes before
	// the last row axis (a run of runLen rows) lie stride numbers apart.
	fortran        bool
	cols           int64
	numRows        int64
	runLen, stride int64
	prefix         []int // the sizes of the axes before the last row axis
}

func newArray(src source, base int64, h header) *array {
	a := &array{src: src, base: base, layout: h.layout}
	if n := len(h.shape); h.fortran && n > 1 {
		a.fortran, a.numRows, a.stride = true, 1, 1
		a.prefix, a.runLen, a.cols = h.shape[:n-2], int64(h.shape[n-2]), int64(h.shape[n-1])
		for i, d := range h.shape[:n-1] {
			a.numRows *= int64(d)
			if i < n-2 {
				a.stride *= int64(d)
			}
		}
	}
	return a
}

func (a *array) read32(dst []float32, first int64) error { return readArray(a, dst, first) }
func (a *array) read64(dst []float64, first int64) error { return readArray(a, dst, first) }
func (a *array) close() error                            { return a.src.close() }

func readArray[T number](a *array, dst []T, first int64) error {
	if a.scratch == nil {
		a.scratch = make([]byte, min(chunk, max(8, a.src.size()-a.base)))
	}
	return guarded(func() error {
		if a.fortran {
			return readFortran(a, dst, first)
		}
		return readRun(a, dst, first)
	})
}

// readRun reads numbers that lie one after the other from number first on.
func readRun[T number](a *array, dst []T, first int64) error {
	size := a.layout.Size()
	for len(dst) > 0 {
		n := min(len(dst), len(a.scratch)/size)
		b, err := a.src.view(a.base+first*int64(size), n*size, a.scratch)
		if err != nil {
			return err
		}
		decode(dst[:n], b, a.layout)
		dst, first = dst[n:], first+int64(n)
	}
	return nil
}

// readFortran splits a range in C order into the end of a row, whole rows, and the
// beginning of a row.
func readFortran[T number](a *array, dst []T, first int64) error {
	for len(dst) > 0 {
		row, col := first/a.cols, first%a.cols
		rows, cols := int64(1), min(a.cols-col, int64(len(dst)))
		if n := int64(len(dst)) / a.cols; col == 0 && n > 0 {
			rows = min(n, a.runLen-row%a.runLen)
		}
		if err := readBlock(a, dst[:rows*cols], row, rows, col, cols); err != nil {
			return err
		}
		dst, first = dst[rows*cols:], first+rows*cols
	}
	return nil
}

// readBlock reads rows x cols numbers; the rows lie in one run.
func readBlock[T number](a *array, dst []T, row, rows, col, cols int64) error {
	size := int64(a.layout.Size())
	start, stride := int64(0), a.stride
	for i, p, step := len(a.prefix)-1, row/a.runLen, stride; i >= 0; i-- {
		d := int64(a.prefix[i])
		step /= d
		start += p % d * step
		p /= d
	}
	start += row % a.runLen * stride
	window := max(1, int64(len(a.scratch))/size/stride) // rows per view
	column := make([]T, min(window, rows))
	for c := range cols {
		for r := int64(0); r < rows; r += window {
			n := min(window, rows-r)
			off := a.base + ((col+c)*a.numRows+start+r*stride)*size
			b, err := a.src.view(off, int(((n-1)*stride+1)*size), a.scratch)
			if err != nil {
				return err
			}
			if stride == 1 {
				decode(column[:n], b, a.layout)
			} else {
				for i := range n {
					decode(column[i:i+1], b[i*stride*size:], a.layout)
				}
			}
			for i, v := range column[:n] {
				dst[(r+int64(i))*cols+c] = v
			}
		}
	}
	return nil
}
