package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mindgap/engine"
)

// GrowthReport says how time and memory grow with the number of vectors N.
type GrowthReport struct {
	Device   engine.Caps    `json:"device"`
	Roofline Roofline       `json:"roofline"`
	Load     float64        `json:"load"` // as in Report
	Busy     bool           `json:"busy"`
	Width    int            `json:"width"`   // of a vector
	Limit    float64        `json:"limit_s"` // a series ends where a run would take longer; 0: none
	Series   []GrowthSeries `json:"series"`
}

// GrowthSeries is one computation at rising N, and how its cost grows: N to the power of the
// slopes, as expected from counting and as measured over the upper decade.
type GrowthSeries struct {
	Name           string      `json:"name"`
	Title          string      `json:"title"`
	Why            string      `json:"why"` // of the expected slopes
	TimeExpected   float64     `json:"time_expected"`
	TimeSlope      Slope       `json:"time_slope"`
	MemoryExpected float64     `json:"memory_expected"`
	MemorySlope    Slope       `json:"memory_slope"`
	Stopped        string      `json:"stopped,omitempty"` // why it ends before the others
	Rows           []GrowthRow `json:"rows"`
}

// GrowthRow is one point.
type GrowthRow struct {
	N        int      `json:"n"`
	Seconds  Interval `json:"seconds"`
	Rate              // of the least flops and bytes that the task takes
	Launches int      `json:"launches"`      // of one run
	Device   int64    `json:"device_bytes"`  // what the device's pool grew by in a run
	Process  int64    `json:"process_bytes"` // what this process grew by; 0: the system does not tell
	Extra    int64    `json:"extra_bytes"`   // beside inputs and results, at most
}

// GrowthOptions say how far a measurement goes.
type GrowthOptions struct {
	Width int           // of a vector
	Most  int           // N rises in doublings to this; 0: to 131072
	Limit time.Duration // see GrowthReport; 0: none
}

// GrowthWidth is the usual width of vectors.
const GrowthWidth = 128

// Growth measures every series on a device. step is told what comes, and how much is done of
// all, from 0 to 1, by the work that roofline and counts foresee.
func Growth(ctx context.Context, d *engine.Device, o GrowthOptions, l Limits, step func(what string, done float64)) (*GrowthReport, error) {
	r := &GrowthReport{Device: d.Caps(), Load: Load(d.Caps().Cores), Width: o.Width, Limit: o.Limit.Seconds()}
	r.Busy = r.Load > BusyLoad
	step("roofline", 0)
	var err error
	if r.Roofline, err = MeasureRoofline(ctx, d, l); err != nil {
		return nil, err
	}
	var all, done float64
	// Seconds: rounds and warm-up, and some three runs at a third of the roofline.
	fixed := (l.Warm + l.Budget).Seconds()
	foreseen := func(t task, n int) float64 { return fixed + 9*r.Roofline.Seconds(t.cost(n, o.Width)) }
	for _, t := range tasks {
		for _, n := range t.sizes(o.Most) {
			if o.Limit == 0 || r.Roofline.Seconds(t.cost(n, o.Width)) < o.Limit.Seconds() {
				all += foreseen(t, n)
			}
		}
	}
	for _, t := range tasks {
		s, err := t.series(ctx, d, o, r.Roofline, l, func(n int) {
			step(fmt.Sprintf("%s, N = %d", t.title, n), min(done/all, 1))
			done += foreseen(t, n)
		})
		if err != nil {
			return nil, err
		}
		r.Series = append(r.Series, s)
	}
	step("roofline", 1)
	again, err := MeasureRoofline(ctx, d, l)
	if err != nil {
		return nil, err
	}
	r.Roofline = r.Roofline.Better(again)
	r.fit()
	return r, nil
}

// series measures a task at rising N; begin is told of each.
func (t task) series(ctx context.Context, d *engine.Device, o GrowthOptions, roof Roofline, l Limits, begin func(n int)) (GrowthSeries, error) {
	s := GrowthSeries{Name: t.name, Title: t.title, Why: t.why, TimeExpected: t.timeSlope, MemoryExpected: t.memorySlope, Rows: []GrowthRow{}}
	for _, n := range t.sizes(o.Most) {
		if s.Stopped = t.refuse(d, n, o, s.Rows); s.Stopped != "" {
			break
		}
		if err := ctx.Err(); err != nil {
			return s, err
		}
		begin(n)
		long := len(s.Rows) > 0 && s.Rows[len(s.Rows)-1].Seconds.Median > l.Budget.Seconds()
		row, err := t.point(ctx, d, n, o.Width, long, l)
		if errors.Is(err, engine.ErrMemory) || errors.Is(err, engine.ErrLimit) { // drivers take less than they say
			s.Stopped = fmt.Sprintf("the device has no room for N = %d", n)
			d.TakeErr()
			d.Trim()
			break
		}
		if err != nil {
			return s, fmt.Errorf("%s, N = %d: %w", t.title, n, err)
		}
		row.Rate = rate(t.cost(n, o.Width), row.Seconds.Median, roof)
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

// fit fills in what follows from the rows: percentages and slopes.
func (r *GrowthReport) fit() {
	for i := range r.Series {
		s := &r.Series[i]
		var n, seconds, bytes []float64
		for j := range s.Rows {
			row := &s.Rows[j]
			row.judge(row.Seconds.Median, r.Roofline)
			n, seconds, bytes = append(n, float64(row.N)), append(seconds, row.Seconds.Median), append(bytes, float64(row.Extra))
		}
		s.TimeSlope, s.MemorySlope = FitSlope(n, seconds), FitSlope(n, bytes)
	}
}

// refuse says why a series must end before n: one run would take too long, or too much memory.
func (t task) refuse(d *engine.Device, n int, o GrowthOptions, before []GrowthRow) string {
	if most, need := d.Caps().MaxMemory/2, t.memory(n, o.Width); most > 0 && need > most {
		return fmt.Sprintf("N = %d would take %s, more than half of the device's memory", n, engine.Bytes(need))
	}
	if len(before) == 0 || o.Limit == 0 {
		return ""
	}
	last := before[len(before)-1]
	cost := func(n int) float64 { c := t.cost(n, o.Width); return c.Flops + c.Bytes }
	if s := last.Seconds.Median * cost(n) / cost(last.N); s > o.Limit.Seconds() {
		return fmt.Sprintf("a run of N = %d would take %s, more than the limit of %s", n, Span(s), Span(o.Limit.Seconds()))
	}
	return ""
}

// manyBudgets is from how many budgets on a run is long: it is not done once more to warm up, and
// two runs must do.
const manyBudgets = 5

// point measures one N. A run warms up, unless it would be long; the next begins with an empty pool and
// says what memory it takes; then come the rounds.
func (t task) point(ctx context.Context, d *engine.Device, n, width int, long bool, l Limits) (GrowthRow, error) {
	row := GrowthRow{N: n}
	s := d.Scope()
	defer s.Close()
	queue := t.build(s, n, width)
	run := func() (float64, error) {
		start := time.Now()
		if err := queue(); err != nil {
			return 0, err
		}
		err := d.Sync()
		return time.Since(start).Seconds(), err
	}
	if !long {
		if _, err := run(); err != nil {
			return row, err
		}
	}
	d.Trim()
	launched := d.Launches()
	held, grown := d.Memory().Held, residentGrowth()
	seconds, err := run()
	if err != nil {
		return row, err
	}
	row.Launches = d.Launches() - launched
	row.Device, row.Process = d.Memory().Held-held, grown()
	if row.Extra = row.Device + row.Process; d.Caps().Software {
		row.Extra = max(row.Device, row.Process) // the device's memory is this process's
	}
	if seconds > manyBudgets*l.Budget.Seconds() {
		again, err := run()
		row.Seconds = Median([]float64{seconds, again})
		return row, err
	}
	got, err := Measure(ctx, l, Contestant{t.name, func(times int) error {
		for range times {
			if err := queue(); err != nil {
				return err
			}
		}
		return d.Sync()
	}})
	if err == nil {
		row.Seconds = got[0]
	}
	return row, err
}
