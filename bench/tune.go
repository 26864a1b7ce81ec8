package bench

import (
	"context"
	"slices"
	"time"

	"mindgap/engine"
)

// TuneBudget is how long a tuning takes at most, unless told otherwise.
const TuneBudget = 10 * time.Second

// TuneOptions say what Tune measures.
type TuneOptions struct {
	Budget time.Duration // for everything; 0: TuneBudget
	All    bool          // every variant at every shape, however long that takes
	// Known holds earlier picks: they are not measured again while the kernel's variants are the
	// same, unless All is set.
	Known  *engine.TunedDevice
	DryRun bool // list what there is, and measure nothing
	Step   func(what string)

	// Tests have a clock of their own, since the beginning, and a roofline.
	now  func() time.Duration
	roof *Roofline
}

// TuneReport is what Tune found.
type TuneReport struct {
	Device   engine.Caps `json:"device"`
	Roofline *Roofline   `json:"roofline,omitempty"` // nil: nothing was measured
	Load     float64     `json:"load"`
	Busy     bool        `json:"busy"`
	Budget   float64     `json:"budget_seconds"` // 0: without end
	Seconds  float64     `json:"seconds"`        // that the whole took
	Rows     []TuneRow   `json:"rows"`
}

// States of a row.
const (
	TuneMeasured   = "measured"
	TuneKnown      = "known"       // from an earlier run, and not measured again
	TunePlanned    = "planned"     // a dry run: nothing is measured
	TuneNotReached = "not reached" // before the budget ended: the default stays
	TuneFailed     = "failed"      // what the device takes by itself could not be measured; Why says the reason
)

// TuneRow is a kernel at a shape.
type TuneRow struct {
	Kernel     string          `json:"kernel"`
	Bucket     string          `json:"bucket"`
	Case       string          `json:"case"`
	State      string          `json:"state"`
	Why        string          `json:"why,omitempty"`
	Variant    string          `json:"variant,omitempty"` // the fastest
	Seconds    float64         `json:"seconds,omitempty"`
	Default    string          `json:"default,omitempty"` // what the device takes without a table
	Before     float64         `json:"default_seconds,omitempty"`
	Percent    float64         `json:"percent_of_roofline,omitempty"`
	Candidates []TuneCandidate `json:"candidates,omitempty"`

	digest string
}

// Gain is how many times as fast the chosen variant is as the default.
func (r *TuneRow) Gain() float64 {
	if r.Seconds <= 0 {
		return 1
	}
	return r.Before / r.Seconds
}

// candidate gives the one of a variant, which there is.
func (r *TuneRow) candidate(variant string) *TuneCandidate {
	return &r.Candidates[slices.IndexFunc(r.Candidates, func(c TuneCandidate) bool { return c.Variant == variant })]
}

// Verdicts on a candidate.
const (
	TuneChosen  = "chosen"
	TuneSlower  = "slower"     // measured to the end
	TuneTooSlow = "too slow"   // left out on the way
	TuneWrong   = "wrong"      // differs from the definition, or fails; Why says how
	TuneNotRun  = "not run"    // the budget ended, or the variant is not made for such devices
	TuneCannot  = "cannot run" // at this shape on this device
)

// TuneCandidate is a variant at a shape.
type TuneCandidate struct {
	Variant string  `json:"variant"`
	Verdict string  `json:"verdict"`
	Why     string  `json:"why,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // the shortest of its samples
	Samples int     `json:"samples,omitempty"`
}

// Tune chooses, for kernels that say by which sizes (engine.Kernel's Bucket), the fastest of
// their variants at every shape that they name.
//
// A candidate must agree with the kernel's definition first. Then all are timed round by
// round; whoever falls behind is left out. The default gives way to a variant that is at least
// 3 % faster. Kernels have their turns in the order of what training and measuring take most time
// for, each with a share of the budget; of the variants those go first that are made for such a
// device, and the rest follows where time is left.
//
// The device must have been opened without a table. On the host device there is nothing to
// choose: the report has no rows.
func Tune(ctx context.Context, d *engine.Device, table []engine.Spec, o TuneOptions) (*TuneReport, error) {
	t := newTuner(ctx, d, o)
	r := &TuneReport{Device: t.caps, Load: Load(t.caps.Cores), Budget: t.o.Budget.Seconds(), Rows: []TuneRow{}}
	if o.All {
		r.Budget = 0
	}
	r.Busy = r.Load > BusyLoad
	groups := t.plan(table)
	var err error
	if !o.DryRun {
		err = t.measure(groups, r)
	}
	for _, g := range groups {
		for _, i := range g.items {
			r.Rows = append(r.Rows, i.row)
		}
	}
	r.Seconds = t.now().Seconds()
	return r, err
}

// Picks are the rows that were measured, for a file.
func (r *TuneReport) Picks() (list []engine.Pick) {
	for _, row := range r.Rows {
		if row.State == TuneMeasured {
			list = append(list, engine.Pick{
				Kernel: row.Kernel, Bucket: row.Bucket, Variant: row.Variant, Seconds: row.Seconds,
				Default: row.Default, Before: row.Before, Candidates: row.digest,
			})
		}
	}
	return list
}

// Count gives the number of rows of a state.
func (r *TuneReport) Count(state string) (n int) {
	for _, row := range r.Rows {
		if row.State == state {
			n++
		}
	}
	return n
}
