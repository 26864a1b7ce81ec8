package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Summary is summary.json: what result.json leaves out because it differs from run to run.
type Summary struct {
	Schema      int         `json:"schema"`
	Program     string      `json:"program"` // name, version and digest of the program
	Updated     string      `json:"updated"` // RFC 3339
	Experiments []Record    `json:"experiments"`
	Comparison  *Comparison `json:"comparison,omitempty"`
}

// Record is one finished experiment.
type Record struct {
	Name     string  `json:"name"`
	Key      Key     `json:"key"`
	Finished string  `json:"finished"` // RFC 3339
	Seconds  float64 `json:"seconds"`
	Digest   string  `json:"result_sha256"`
	Checks   int     `json:"checks"`
	Failed   int     `json:"failed"`
}

// Key is everything that a result depends on. A finished experiment is used again only if
// all of it is equal.
type Key struct {
	Program     string            `json:"program"`
	Seed        uint64            `json:"seed"`
	Scale       string            `json:"scale"`
	Device      string            `json:"device"`
	Renderer    string            `json:"renderer"`
	Tuning      string            `json:"tuning,omitempty"` // as in Device
	AsPublished bool              `json:"as_published"`
	Inputs      map[string]string `json:"inputs"` // digest by file
}

// Equal compares two keys; when they differ, why names the first field.
func (k Key) Equal(o Key) (equal bool, why string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"program", k.Program == o.Program}, {"seed", k.Seed == o.Seed}, {"scale", k.Scale == o.Scale},
		{"device", k.Device == o.Device}, {"renderer", k.Renderer == o.Renderer}, {"tuning", k.Tuning == o.Tuning},
		{"as-published", k.AsPublished == o.AsPublished}, {"inputs", maps.Equal(k.Inputs, o.Inputs)},
	} {
		if !f.same {
			return false, f.name
		}
	}
	return true, ""
}

// Comparison is one computation on two devices: how far they differ, beside the bound that
// is derived for the difference.
type Comparison struct {
	What string          `json:"what"`
	A    Device          `json:"a"`
	B    Device          `json:"b"`
	Rows []ComparisonRow `json:"rows"`
}

// ComparisonRow is one quantity of a comparison: the values of the element that comes
// nearest to its bound.
type ComparisonRow struct {
	Quantity   string  `json:"quantity"`
	Values     int     `json:"values"`
	Difference float64 `json:"difference"` // the largest
	Share      float64 `json:"share"`      // of its bound, of the element that comes nearest to it
	Bound      float64 `json:"bound"`      // of that element
	OK         bool    `json:"ok"`
}

// OK reports whether every quantity is within its bound.
func (c *Comparison) OK() bool {
	return c == nil || !slices.ContainsFunc(c.Rows, func(r ComparisonRow) bool { return !r.OK })
}

// Find gives the record of an experiment, or nil.
func (s *Summary) Find(name string) *Record {
	for i := range s.Experiments {
		if s.Experiments[i].Name == name {
			return &s.Experiments[i]
		}
	}
	return nil
}

// Put sets the record of an experiment.
func (s *Summary) Put(r Record) {
	if old := s.Find(r.Name); old != nil {
		*old = r
		return
	}
	s.Experiments = append(s.Experiments, r)
}

// ReadSummary reads the folder's summary; an empty one where there is none that can be
// understood (then nothing is used again).
func (f *Folder) ReadSummary() *Summary {
	s := &Summary{}
	data, err := f.Read("summary.json")
	if err != nil || json.Unmarshal(data, s) != nil || s.Schema != Schema {
		return &Summary{Schema: Schema}
	}
	return s
}

// WriteSummary writes summary.json.
func (f *Folder) WriteSummary(s *Summary) error {
	data, err := encode(s)
	if err != nil {
		return fmt.Errorf("summary.json: %w", err)
	}
	return f.Write("summary.json", data)
}
