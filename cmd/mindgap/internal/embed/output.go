package embed

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"mindgap/engine/tensorfile"
)

// writer is a file of rows that appears at Close under its name.
type writer interface {
	Close() error
	Abort() error
}

// formats are the kinds of files by the ends of their names. create gives the writer and a
// function that adds a row to it.
var formats = map[string]func(name string, rows, width int, about map[string]string) (writer, func([]float32) error, error){
	".npy": func(name string, _, width int, _ map[string]string) (writer, func([]float32) error, error) {
		w, err := tensorfile.CreateNPY(name, tensorfile.Float32, width)
		return w, func(row []float32) error { return w.WriteRows(row) }, err
	},
	".safetensors": func(name string, rows, width int, about map[string]string) (writer, func([]float32) error, error) {
		const tensor = "embeddings"
		w, err := tensorfile.CreateSafetensors(name, about, tensorfile.TensorSpec{Name: tensor, DType: tensorfile.Float32, Shape: []int{rows, width}})
		return w, func(row []float32) error { return w.Write(tensor, row) }, err
	},
	".csv": func(name string, _, _ int, _ map[string]string) (writer, func([]float32) error, error) {
		w, err := tensorfile.CreateCSV(name)
		return w, func(row []float32) error { return w.WriteRow(row) }, err
	},
}

// CheckOut refuses a file for the rows that cannot be written, before anything is computed: a
// name of no known kind, a folder that is not there, or one of the files that are read.
func CheckOut(out string, reads ...string) error {
	if formats[strings.ToLower(filepath.Ext(out))] == nil {
		return fmt.Errorf("--out %s: want a name that ends in .npy, .safetensors or .csv", out)
	}
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		return fmt.Errorf("--out %s: is a folder; name a file in it", out)
	}
	dir := filepath.Dir(out)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("--out %s: there is no folder %s; make it first", out, dir)
	}
	for _, file := range []string{out, NamesFile(out), partialFile(out)} {
		for _, r := range reads {
			if sameFile(file, r) {
				return fmt.Errorf("--out %s: would overwrite %s, which is read; name another file", out, r)
			}
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// NamesFile is the file beside a file of rows that says of what each one is.
func NamesFile(out string) string { return strings.TrimSuffix(out, filepath.Ext(out)) + ".txt" }

func partialFile(out string) string { return out + ".partial" }

// write makes the files of rows and names from what is done.
func (r *Run) write(p *partial) error {
	skipped := map[int]bool{}
	for _, b := range p.bad {
		skipped[b.Index] = true
	}
	var names strings.Builder
	for i, name := range r.job.Names {
		if !skipped[i] {
			names.WriteString(oneLine(name) + "\n")
		}
	}
	if err := tensorfile.WriteFileAtomic(r.NamesFile, []byte(names.String())); err != nil {
		return err
	}
	k := r.job.Key
	about := map[string]string{"model": k.Model, "weights": k.Weights, "device": k.Device, "normalised": strconv.FormatBool(!r.options.Raw)}
	create := formats[strings.ToLower(filepath.Ext(r.Out))]
	w, add, err := create(r.Out, r.Rows, r.Width, about)
	if err != nil {
		return err
	}
	defer w.Abort()
	err = p.rows(func(row []float32) error {
		if !r.options.Raw && !normalise(row) {
			r.Zero++
		}
		return add(row)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// normalise divides a row by its length. A row of zeros stays as it is and gives false.
func normalise(row []float32) bool {
	sum := 0.0
	for _, v := range row {
		sum += float64(v) * float64(v)
	}
	if sum == 0 {
		return false
	}
	length := math.Sqrt(sum)
	for i, v := range row {
		row[i] = float32(float64(v) / length)
	}
	return true
}

// oneLine keeps a name on its line: one with a line break or the like is quoted.
func oneLine(name string) string {
	if strings.ContainsFunc(name, func(c rune) bool { return c != '\t' && unicode.IsControl(c) || c == '\u2028' || c == '\u2029' }) {
		return strconv.Quote(name)
	}
	return name
}
