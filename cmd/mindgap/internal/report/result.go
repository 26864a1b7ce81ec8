package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Schema is the version of result.json and summary.json; it rises when a field changes its
// meaning.
const Schema = 1

// Result is what an experiment found: result.json, field by field. It holds no times and no
// dates, so that equal seeds, devices and scales give equal bytes.
type Result struct {
	Schema      int               `json:"schema"`
	Experiment  string            `json:"experiment"`
	Where       string            `json:"where"`  // in the paper: "Figure 2(b)"
	Inputs      string            `json:"inputs"` // "synthetic", "published features", "surrogate: ..."
	Scale       string            `json:"scale"`
	Seed        uint64            `json:"seed"`
	AsPublished bool              `json:"as_published"`
	Device      Device            `json:"device"`
	Claims      []Claim           `json:"claims"`
	Tables      map[string]*Table `json:"tables"`
	Figures     []Figure          `json:"figures"`
	Sketches    []Sketch          `json:"sketches,omitempty"`
}

// Device names where a result was computed.
type Device struct {
	Name     string `json:"name"`
	Renderer string `json:"renderer"`
	Tuning   string `json:"tuning,omitempty"` // the table that chose kernels' variants, by its digest
}

// Kinds of claims. A check is exact, in closed form, or within a derived spread, and sets
// the exit status; an observation is reported as measured, whether or not it agrees.
const (
	Check       = "check"
	Observation = "observation"
)

// Claim holds one statement against what was measured.
type Claim struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"`
	Text  string  `json:"text"`
	Paper any     `json:"paper,omitempty"` // the published number, or the statement
	Got   float64 `json:"got"`
	Want  string  `json:"want"` // ">= 0.95"
	Holds bool    `json:"holds"`
}

// Table is tidy: one row per observation. Cells are strings, numbers or booleans; a number
// that does not exist (NaN, infinite) is null.
type Table struct {
	Doc     string   `json:"doc"` // what a row is, in a sentence
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Sorts   bool     `json:"-"` // a document's readers may sort the rows by any column
}

// Add appends a row; it panics when the number of cells is not that of the columns.
func (t *Table) Add(cells ...any) {
	if len(cells) != len(t.Columns) {
		panic(fmt.Sprintf("report: %d cells for the %d columns %v", len(cells), len(t.Columns), t.Columns))
	}
	for i, c := range cells {
		if x, ok := c.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			cells[i] = nil
		}
	}
	t.Rows = append(t.Rows, cells)
}

// Quantity is a number in a table with the text that a page shows for it, such as "1.5 GiB".
type Quantity struct {
	Value float64
	Text  string
}

// String is the text.
func (q Quantity) String() string { return q.Text }

// MarshalJSON writes the number.
func (q Quantity) MarshalJSON() ([]byte, error) { return json.Marshal(q.Value) }

// column gives the index of a column; it panics when there is none.
func (t *Table) column(name string) int {
	i := slices.Index(t.Columns, name)
	if i < 0 {
		panic(fmt.Sprintf("report: no column %q in %v", name, t.Columns))
	}
	return i
}

// Checks counts the claims that are checks.
func (r *Result) Checks() int {
	n := 0
	for _, c := range r.Claims {
		if c.Kind == Check {
			n++
		}
	}
	return n
}

// Failed counts the checks that do not hold.
func (r *Result) Failed() int {
	n := 0
	for _, c := range r.Claims {
		if c.Kind == Check && !c.Holds {
			n++
		}
	}
	return n
}

// Encode gives result.json: indented, one table row per line, numbers in full precision.
func (r *Result) Encode() ([]byte, error) { return encode(r) }

// encode writes JSON with indentation, but keeps arrays of scalars on one line.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, buf.Bytes(), "", " "); err != nil {
		return nil, err
	}
	return joinScalars(out.Bytes()), nil
}

// joinScalars puts an indented array without objects or arrays in it on one line.
func joinScalars(in []byte) []byte {
	lines := bytes.Split(in, []byte("\n"))
	var out bytes.Buffer
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if !bytes.HasSuffix(line, []byte("[")) {
			out.Write(line)
			if i+1 < len(lines) {
				out.WriteByte('\n')
			}
			continue
		}
		end := i + 1
		for end < len(lines) && !bytes.HasSuffix(lines[end], []byte("[")) && !bytes.HasSuffix(lines[end], []byte("{")) {
			if t := bytes.TrimSpace(lines[end]); len(t) > 0 && t[0] == ']' {
				break
			}
			end++
		}
		if t := bytes.TrimSpace(lines[end]); len(t) == 0 || t[0] != ']' {
			out.Write(line)
			out.WriteByte('\n')
			continue
		}
		out.Write(line)
		for j := i + 1; j < end; j++ {
			out.Write(bytes.TrimSpace(lines[j]))
			if j+1 < end {
				out.WriteByte(' ')
			}
		}
		out.Write(bytes.TrimSpace(lines[end]))
		out.WriteByte('\n')
		i = end
	}
	return out.Bytes()
}

// Decode reads what Encode wrote. Numbers in tables come back as float64.
func Decode(data []byte) (*Result, error) {
	r := &Result{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("result.json has schema %d, want %d", r.Schema, Schema)
	}
	return r, nil
}
