package tensorfile

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// CSVWriter writes rows of numbers as comma separated text, in the fewest digits that
// read back as the same number. The first error sticks: every later call returns it,
// and Close leaves no file.
type CSVWriter struct {
	p    *pending
	cols int // -1 before the first line
	buf  []byte
}

// CreateCSV begins a csv file, with a header line where columns are named. The file
// appears under its name at Close; "-" is standard output.
func CreateCSV(name string, columns ...string) (*CSVWriter, error) {
	w := &CSVWriter{cols: -1}
	for i, c := range columns {
		if _, err := parseNumber([]byte(strings.TrimSpace(c)), 32); err == nil || printable(c) != c || c != strings.TrimSpace(c) || c == "" {
			return nil, fail(name, "column %d cannot be named %s: a name is printable text, not a number, without space around it", i+1, clip(c))
		}
	}
	var err error
	if w.p, err = create(name); err != nil {
		return nil, err
	}
	if len(columns) > 0 {
		w.cols = len(columns)
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = c
			if strings.ContainsAny(c, ",;\"") || (i == 0 && c[0] == '#') {
				line[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
		}
		w.p.Write([]byte(strings.Join(line, ",") + "\n"))
	}
	return w, nil
}

// WriteRow writes one line. All lines are of one length.
func (w *CSVWriter) WriteRow(row []float32) error { return writeRow(w, row, 32) }

// WriteRow64 is WriteRow in the precision of float64.
func (w *CSVWriter) WriteRow64(row []float64) error { return writeRow(w, row, 64) }

func writeRow[T number](w *CSVWriter, row []T, bits int) error {
	if w.cols < 0 && len(row) > 0 {
		w.cols = len(row)
	}
	if w.p.usable() && len(row) != w.cols {
		w.p.fault("write", fail(w.p.name, "a row of %d numbers, want %d", len(row), max(w.cols, 1)))
	}
	if w.p.err != nil {
		return w.p.err
	}
	w.buf = slices.Grow(w.buf[:0], 16*len(row))
	for i, v := range row {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		switch f := float64(v); {
		case math.IsNaN(f):
			w.buf = append(w.buf, "nan"...)
		case math.IsInf(f, 0):
			w.buf = append(w.buf, map[bool]string{true: "inf", false: "-inf"}[f > 0]...)
		default:
			w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, bits)
		}
	}
	w.buf = append(w.buf, '\n')
	_, err := w.p.Write(w.buf)
	return err
}

// Close gives the file its name.
func (w *CSVWriter) Close() error { return w.p.commit() }

// Abort removes what was written and leaves an earlier file as it was. After Close it
// does nothing, so it may be deferred.
func (w *CSVWriter) Abort() error { return w.p.abort() }
