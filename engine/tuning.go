package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
)

// TuningSchema is the version of the file; it rises when a field changes its meaning.
const TuningSchema = 1

// Tuning is a file of measurements: for devices, kernels and shapes the fastest variant.
type Tuning struct {
	Schema  int           `json:"schema"`
	Devices []TunedDevice `json:"devices"`
}

// TunedDevice holds the picks of one device as OpenGL names it: GL_RENDERER and GL_VERSION.
type TunedDevice struct {
	Renderer string `json:"renderer"`
	Version  string `json:"version"`
	Picks    []Pick `json:"picks"`
}

// Pick says which variant of a kernel to take for launches of a bucket, and what was
// measured.
type Pick struct {
	Kernel  string  `json:"kernel"`
	Bucket  string  `json:"bucket"`
	Variant string  `json:"variant"`
	Seconds float64 `json:"seconds"`         // of a launch
	Default string  `json:"default"`         // the variant that is taken without a pick
	Before  float64 `json:"default_seconds"` // of a launch of that
	// Candidates is the VariantsDigest of the kernel: a pick that was made from other variants is
	// measured again, and not used until then.
	Candidates string `json:"candidates"`
}

// Limits of a file that can be believed.
const (
	maxTuningBytes   = 4 << 20
	maxTuningDevices = 64
	maxTuningPicks   = 16384
	maxTuningText    = 256
)

// ReadTuning reads a file's bytes. What is broken, too large, or of another schema is an
// error of one line; unknown fields are left out.
func ReadTuning(data []byte) (*Tuning, error) {
	if len(data) > maxTuningBytes {
		return nil, fmt.Errorf("more than %s", Bytes(maxTuningBytes))
	}
	t := &Tuning{}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(t); err != nil {
		return nil, fmt.Errorf("no JSON as `mindgap tune` writes it: %w", shortened(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON document")
	}
	if t.Schema != TuningSchema {
		return nil, fmt.Errorf("schema %d, want %d", t.Schema, TuningSchema)
	}
	if len(t.Devices) > maxTuningDevices {
		return nil, fmt.Errorf("%d devices, at most %d are read", len(t.Devices), maxTuningDevices)
	}
	for i, d := range t.Devices {
		if err := d.check(); err != nil {
			return nil, fmt.Errorf("device %d: %w", i, err)
		}
	}
	return t, nil
}

// shortened keeps a decoder's complaint about long foreign text to one short line.
func shortened(err error) error {
	if s := err.Error(); len(s) > 120 {
		return errors.New(strings.ToValidUTF8(s[:120], "") + "...")
	}
	return err
}

func (d *TunedDevice) check() error {
	if err := checkTexts(d.Renderer, d.Version); err != nil {
		return err
	}
	if len(d.Picks) > maxTuningPicks {
		return fmt.Errorf("%d picks, at most %d are read", len(d.Picks), maxTuningPicks)
	}
	for i, p := range d.Picks {
		err := checkTexts(p.Kernel, p.Bucket, p.Variant, p.Default, p.Candidates)
		switch {
		case err != nil:
		case p.Kernel == "" || p.Bucket == "" || p.Variant == "":
			err = errors.New("kernel, bucket and variant must be named")
		case !(p.Seconds >= 0 && p.Before >= 0) || math.IsInf(p.Seconds+p.Before, 0):
			err = fmt.Errorf("%g and %g are no seconds", p.Seconds, p.Before)
		}
		if err != nil {
			return fmt.Errorf("pick %d: %w", i, err)
		}
	}
	return nil
}

func checkTexts(list ...string) error {
	for _, s := range list {
		if len(s) > maxTuningText {
			return fmt.Errorf("a name of %d bytes, at most %d are read", len(s), maxTuningText)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fmt.Errorf("%q is not a name", s)
		}
	}
	return nil
}

// Encode writes the file, in the order of its names, with a line for every pick.
func (t *Tuning) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"schema\": %d, \"devices\": [", TuningSchema)
	for i, d := range slices.SortedStableFunc(slices.Values(t.Devices), func(x, y TunedDevice) int {
		return cmp.Or(cmp.Compare(x.Renderer, y.Renderer), cmp.Compare(x.Version, y.Version))
	}) {
		fmt.Fprintf(&b, "%s\n {\"renderer\": %s, \"version\": %s, \"picks\": [", comma(i), quoted(d.Renderer), quoted(d.Version))
		for j, p := range slices.SortedStableFunc(slices.Values(d.Picks), func(x, y Pick) int {
			return cmp.Or(cmp.Compare(x.Kernel, y.Kernel), cmp.Compare(x.Bucket, y.Bucket))
		}) {
			fmt.Fprintf(&b, "%s\n  %s", comma(j), quoted(p))
		}
		b.WriteString("\n ]}")
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

func comma(i int) string {
	if i > 0 {
		return ","
	}
	return ""
}

// quoted is v as JSON on one line. Strings and picks always have one: their numbers are finite.
func quoted(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		misuse("tuning", "%v", err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Find gives the picks for a renderer and version, or nil; t may be nil.
func (t *Tuning) Find(renderer, version string) *TunedDevice {
	if t == nil {
		return nil
	}
	for i := range t.Devices {
		if d := &t.Devices[i]; d.Renderer == renderer && d.Version == version {
			return d
		}
	}
	return nil
}

// nearest is Find, and where that gives none the first device of the renderer.
func (t *Tuning) nearest(renderer, version string) *TunedDevice {
	if d := t.Find(renderer, version); d != nil || t == nil {
		return d
	}
	i := slices.IndexFunc(t.Devices, func(d TunedDevice) bool { return d.Renderer == renderer })
	if i < 0 {
		return nil
	}
	return &t.Devices[i]
}

// Put adds picks for a device; a pick takes the place of an older one of its kernel and bucket.
func (t *Tuning) Put(renderer, version string, picks []Pick) {
	d := t.Find(renderer, version)
	if d == nil {
		t.Devices = append(t.Devices, TunedDevice{Renderer: renderer, Version: version})
		d = &t.Devices[len(t.Devices)-1]
	}
	for _, p := range picks {
		if old := d.Find(p.Kernel, p.Bucket); old != nil {
			*old = p
		} else {
			d.Picks = append(d.Picks, p)
		}
	}
}

// Drop removes the picks of a device that a function names, and the device when none is left.
func (t *Tuning) Drop(renderer, version string, which func(Pick) bool) (dropped int) {
	d := t.Find(renderer, version)
	if d == nil {
		return 0
	}
	before := len(d.Picks)
	d.Picks = slices.DeleteFunc(d.Picks, which)
	dropped = before - len(d.Picks)
	t.Devices = slices.DeleteFunc(t.Devices, func(d TunedDevice) bool { return len(d.Picks) == 0 })
	return dropped
}

// Find gives the pick of a kernel and bucket, or nil; d may be nil.
func (d *TunedDevice) Find(kernel, bucket string) *Pick {
	if d == nil {
		return nil
	}
	for i := range d.Picks {
		if p := &d.Picks[i]; p.Kernel == kernel && p.Bucket == bucket {
			return p
		}
	}
	return nil
}
