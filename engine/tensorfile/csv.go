package tensorfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// table is the numbers of a csv file: elements in C order. Where every step-th row
// begins is remembered, so that any row is near.
type table struct {
	file  archive
	sep   byte
	cols  int
	rows  int
	marks []mark // of rows 0, step, 2*step, ...

	lines *csvLines // nil: the next read seeks
	at    int       // the row that lines gives next
	cells [][]byte
}

// mark is a place between two lines.
type mark struct {
	off  int64
	line int
}

const step = 1024

// newCSV reads the file once: finds separator and header line, checks every number,
// counts the rows.
func newCSV(name string, file archive) (*Reader, error) {
	t := &table{file: file}
	start := mark{}
	var head [3]byte
	if file.size() >= 2 {
		h := head[:min(file.size(), 3)]
		if err := file.read(h, 0); err != nil {
			return nil, because(name, "read", err)
		}
		switch {
		case string(h) == "\xef\xbb\xbf":
			start.off = 3
		case string(h[:2]) == "\xff\xfe" || string(h[:2]) == "\xfe\xff":
			return nil, fail(name, "is text in UTF-16; save it as UTF-8")
		}
	}
	t.seek(start)
	columns, err := t.scan()
	t.lines = nil
	if err != nil {
		return nil, because(name, "csv", err)
	}
	r := newReader(name, []int{t.rows, t.cols}, Float64, t)
	r.columns, r.owner = columns, t
	return r, nil
}

func (t *table) seek(m mark) {
	body := io.NewSectionReader(t.file, m.off, t.file.size()-m.off)
	t.lines = &csvLines{r: bufio.NewReaderSize(body, 64<<10), line: m.line, off: m.off}
}

func (t *table) scan() (columns []string, err error) {
	title := "" // the header line, until a row follows it
	for {
		from := mark{t.lines.off, t.lines.line}
		line, err := t.lines.row()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if t.cols == 0 {
			t.sep = detect(line)
			if columns, err = t.first(line); err != nil {
				return nil, err
			}
			if columns != nil {
				title = strings.TrimSpace(string(line))
				continue
			}
		}
		if title != "" && t.sep == ' ' {
			if t.sep = detect(line); t.sep == ' ' && len(bytes.Fields(line)) == 1 {
				columns, t.cols = []string{string(unquote([]byte(title)))}, 1 // the name of one column has spaces
			}
		}
		title = ""
		if err := t.split(line); err != nil {
			return nil, err
		}
		for i, f := range t.cells {
			if _, err := parseNumber(f, 64); err != nil {
				return nil, t.bad(i, f, err)
			}
		}
		if t.rows%step == 0 {
			t.marks = append(t.marks, from)
		}
		t.rows++
	}
	if t.rows == 0 {
		return nil, fmt.Errorf("no rows of numbers in %d bytes; write or copy the file again", t.file.size())
	}
	return columns, nil
}

// first looks at the first row: all names (a header line), or all numbers.
func (t *table) first(line []byte) ([]string, error) {
	f := fields(nil, line, t.sep)
	t.cols = len(f)
	names, numbers, empty := []string{}, 0, 0
	for _, b := range f {
		if _, err := parseNumber(b, 32); err == nil {
			numbers++
		}
		if len(b) == 0 {
			empty++
		}
		names = append(names, string(b))
	}
	switch {
	case empty == len(f):
		return nil, fmt.Errorf("line %d has only empty fields; write nan for missing numbers", t.lines.line)
	case numbers == 0 && bytes.IndexByte(line, 0) < 0:
		return names, nil
	case numbers < len(f):
		for i, b := range f {
			if _, err := parseNumber(b, 32); err != nil {
				return nil, fmt.Errorf("%w (the first row is either all names or all numbers)", t.bad(i, b, err))
			}
		}
	}
	return nil, nil
}

func (t *table) split(line []byte) error {
	t.cells = fields(t.cells[:0], line, t.sep)
	if len(t.cells) != t.cols {
		return fmt.Errorf("line %d has %d fields, the lines before it have %d; give every row the same number", t.lines.line, len(t.cells), t.cols)
	}
	return nil
}

func (t *table) bad(col int, field []byte, err error) error {
	if len(field) == 0 {
		return fmt.Errorf("line %d, column %d is empty; write nan for a missing number", t.lines.line, col+1)
	}
	return fmt.Errorf("line %d, column %d: %s %w", t.lines.line, col+1, clip(string(field)), err)
}

func (t *table) read32(dst []float32, first int64) error { return readTable(t, dst, first, 32) }
func (t *table) read64(dst []float64, first int64) error { return readTable(t, dst, first, 64) }
func (t *table) close() error                            { return t.file.close() }

func readTable[T number](t *table, dst []T, first int64, bits int) error {
	row, col := int(first/int64(t.cols)), int(first%int64(t.cols))
	if row < t.at || t.lines == nil || row-t.at > step {
		t.seek(t.marks[row/step])
		t.at = row / step * step
	}
	for len(dst) > 0 {
		line, err := t.lines.row()
		if err == nil && t.at >= row {
			err = t.split(line)
		}
		if err != nil {
			t.lines = nil
			if err == io.EOF {
				err = errShort
			}
			return err
		}
		if t.at++; t.at <= row {
			continue
		}
		n := min(len(dst), t.cols-col)
		for i, f := range t.cells[col : col+n] {
			v, err := parseNumber(f, bits)
			if err != nil {
				return t.bad(col+i, f, err)
			}
			dst[i] = T(v)
		}
		dst, col = dst[n:], 0
	}
	return nil
}
