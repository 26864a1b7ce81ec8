package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// WriteResult writes an experiment's files below NAME/: a CSV per table; each figure as SVG,
// PNG and Vega-Lite, each sketch as SVG and PNG; and result.json last, so that where it stands the rest stands too.
// It returns the digest of result.json.
func (f *Folder) WriteResult(r *Result) (digest string, err error) {
	at := r.Experiment + "/"
	for _, name := range r.tableNames() {
		data, err := r.Tables[name].csv()
		if err != nil {
			return "", err
		}
		if err := f.Write(at+name+".csv", data); err != nil {
			return "", err
		}
	}
	for i := range r.Figures {
		fig := &r.Figures[i]
		files, err := fig.files(r.Tables[fig.Table])
		if err != nil {
			return "", fmt.Errorf("figure %s of %s: %w", fig.Name, r.Experiment, err)
		}
		for _, ext := range slices.Sorted(maps.Keys(files)) {
			if err := f.Write(at+fig.Name+ext, files[ext]); err != nil {
				return "", err
			}
		}
	}
	for i := range r.Sketches {
		sketch := &r.Sketches[i]
		files, err := sketch.files()
		if err != nil {
			return "", fmt.Errorf("sketch %s of %s: %w", sketch.Name, r.Experiment, err)
		}
		for _, ext := range slices.Sorted(maps.Keys(files)) {
			if err := f.Write(at+sketch.Name+ext, files[ext]); err != nil {
				return "", err
			}
		}
	}
	data, err := r.Encode()
	if err != nil {
		return "", err
	}
	return Digest(data), f.Write(at+"result.json", data)
}

// ReadResult reads an experiment's result.json and its digest.
func (f *Folder) ReadResult(name string) (r *Result, digest string, err error) {
	data, err := f.Read(name + "/result.json")
	if err != nil {
		return nil, "", err
	}
	r, err = Decode(data)
	return r, Digest(data), err
}

// Digest is the SHA-256 of bytes, in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (r *Result) tableNames() []string { return slices.Sorted(maps.Keys(r.Tables)) }

func (t *Table) csv() ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	w.Write(t.Columns)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = cell(c)
		}
		w.Write(cells)
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// cell writes a value in full precision; what does not exist is empty.
func cell(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(c, 'g', -1, 64)
	}
	return fmt.Sprint(c)
}

// number reads a cell as a number.
func number(c any) (x float64, ok bool) {
	switch c := c.(type) {
	case float64:
		return c, true
	case int:
		return float64(c), true
	case int64:
		return float64(c), true
	case uint64:
		return float64(c), true
	case Quantity:
		return c.Value, true
	}
	return 0, false
}
