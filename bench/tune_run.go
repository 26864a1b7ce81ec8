package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mindgap/engine"
)

// tuner is one run of Tune.
type tuner struct {
	ctx  context.Context
	d    *engine.Device
	caps engine.Caps
	o    TuneOptions
	now  func() time.Duration
	end  time.Duration // of the budget
	roof Roofline
}

// rooflineLimits keep the probes to a tenth of the budget.
var rooflineLimits = Limits{Warm: 30 * time.Millisecond, Round: 8 * time.Millisecond, Rounds: 5, Budget: 50 * time.Millisecond}

func newTuner(ctx context.Context, d *engine.Device, o TuneOptions) *tuner {
	if o.Budget == 0 {
		o.Budget = TuneBudget
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	if o.now == nil {
		begin := time.Now()
		o.now = func() time.Duration { return time.Since(begin) }
	}
	// A launch, or a compilation, that has begun goes on to its end.
	return &tuner{ctx: ctx, d: d, caps: d.Caps(), o: o, now: o.now, end: o.Budget - o.Budget/20}
}

// measure fills in the rows that are not known.
func (t *tuner) measure(groups []*tuneGroup, r *TuneReport) error {
	open := 0
	for _, g := range groups {
		for _, i := range g.items {
			if i.row.State != TuneKnown {
				open++
			}
		}
	}
	if open == 0 {
		return nil
	}
	if r.Roofline = t.o.roof; r.Roofline == nil {
		t.o.Step("roofline")
		roof, err := MeasureRoofline(t.ctx, t.d, rooflineLimits)
		if err != nil {
			return err
		}
		r.Roofline = &roof
	}
	t.roof = *r.Roofline
	if t.o.All {
		return t.each(groups, func(i *tuneItem, _ time.Duration) error { return t.item(i, true, 0) })
	}
	// Each kernel has its share of the time that is left; what it does not use serves the rest.
	if err := t.each(groups, func(i *tuneItem, until time.Duration) error { return t.item(i, false, until) }); err != nil {
		return err
	}
	if err := t.each(groups, func(i *tuneItem, _ time.Duration) error { return t.item(i, false, t.end) }); err != nil {
		return err
	}
	// The choice and its nearest once more, in another moment; and the variants that are not made
	// for such a device.
	if err := t.each(groups, func(i *tuneItem, _ time.Duration) error { return t.confirm(i) }); err != nil {
		return err
	}
	return t.each(groups, func(i *tuneItem, _ time.Duration) error { return t.challenge(i) })
}

// each calls f for every shape that is not known, and says until when its kernel's share of the
// budget lasts.
func (t *tuner) each(groups []*tuneGroup, f func(i *tuneItem, until time.Duration) error) error {
	for n, g := range groups {
		rest := 0.0
		for _, o := range groups[n:] {
			rest += o.share
		}
		until := t.now() + time.Duration(g.share/rest*float64(max(0, t.end-t.now())))
		for _, i := range g.items {
			if i.row.State == TuneKnown {
				continue
			}
			if err := t.ctx.Err(); err != nil {
				return err
			}
			t.o.Step(i.row.Kernel)
			if err := f(i, until); err != nil {
				return fmt.Errorf("%s, %s: %w", i.row.Kernel, i.row.Bucket, err)
			}
		}
	}
	return nil
}

// elementSeconds is what an element of a buffer costs here: a random number, and reading results.
const elementSeconds = 50e-9

// item measures a shape that was not measured yet, with all variants or with those made for such
// devices, unless it would go on beyond until (0: no end).
func (t *tuner) item(i *tuneItem, all bool, until time.Duration) error {
	if i.row.State != TuneNotReached {
		return nil
	}
	var list []string
	var rest []TuneCandidate
	for _, v := range i.candidates(&t.caps) {
		if all || i.group.made(v, &t.caps) {
			list = append(list, v)
		} else {
			rest = append(rest, TuneCandidate{Variant: v, Verdict: TuneNotRun, Why: "made for other devices, and the budget ended"})
		}
	}
	// A launch to check and some to time for each.
	need := i.estimate(t.roof)*4*float64(len(list)) + elementSeconds*float64(i.elements())
	if until > 0 && t.now()+time.Duration(need*1e9) > until {
		return nil
	}
	row, done, err := t.compare(i, "", list, until)
	if err != nil || !done {
		return err
	}
	for _, c := range rest {
		if c.Variant != row.Default { // which runs in any case
			row.Candidates = append(row.Candidates, c)
		}
	}
	i.row = row
	return nil
}

// compare checks variants and races them against base, or where that is "" against what the device
// takes by itself. done is false when time was up before there was a result.
func (t *tuner) compare(i *tuneItem, base string, list []string, until time.Duration) (row TuneRow, done bool, err error) {
	more := func() bool { return t.ctx.Err() == nil && (until == 0 || t.now() < until) }
	g, row := i.group, i.row
	row.Candidates = nil
	scope := t.d.Scope()
	defer scope.Close()
	defer t.d.Force(row.Kernel, "")
	x := newTuneData(scope, g.spec, i.p)
	x.define(&t.caps)
	t.d.Force(row.Kernel, base)
	records, err := t.d.Trace(x.launch)
	if err == nil && len(records) == 0 {
		err = errors.New("nothing is launched")
	}
	if err == nil {
		base = records[0].Variant
		x.first, err = x.results(t.d)
	}
	if err != nil { // of the device: memory, or a limit. The next shape may do
		t.d.TakeErr()
		if t.ctx.Err() != nil {
			return row, false, t.ctx.Err()
		}
		row.State, row.Why = TuneFailed, err.Error()
		return row, true, nil
	}
	list = append([]string{base}, slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == base })...)
	var running []string
	for _, v := range list {
		if !more() {
			return row, false, t.ctx.Err()
		}
		c := t.admit(i, x, v, v == base)
		if c.Verdict == "" {
			running = append(running, v)
		}
		row.Candidates = append(row.Candidates, c)
	}
	if len(running) == 0 || running[0] != base {
		row.State, row.Why = TuneFailed, row.Candidates[0].Why
		return row, true, nil
	}
	rules := quickRace
	if t.o.All {
		rules = thoroughRace
	}
	rules.Bound = t.roof.Seconds(g.spec.CostOf(i.p)) + t.roof.LaunchUS*1e-6
	done, err = t.run(i, x, running, rules, &row, more)
	return row, done, err
}

// patience says when a candidate is too slow to go on with: it takes Times as long as the
// default, and where it took so at other shapes, a launch is believed to take more than Seconds.
type patience struct{ Times, Seconds float64 }

var (
	quickPatience    = patience{3, 0.1}
	thoroughPatience = patience{10, 5}
)

// admit decides whether a candidate takes part in the race: it must not be far behind, and agree
// with the definition. A verdict says that it does not.
func (t *tuner) admit(i *tuneItem, x *tuneData, variant string, base bool) (c TuneCandidate) {
	g := i.group
	c.Variant = variant
	limit, cases := quickPatience, 1
	if t.o.All {
		limit, cases = thoroughPatience, 4
	}
	if behind := g.behind[variant]; behind > limit.Times && behind*x.seconds > limit.Seconds && !base {
		c.Verdict, c.Why = TuneTooSlow, fmt.Sprintf("%.3g times the best's time at another shape", behind)
		return c
	}
	if why := g.check(t.d, variant, cases); why != "" {
		c.Verdict, c.Why = TuneWrong, why
		return c
	}
	x.reset()
	t.d.Force(g.spec.Info().Name, variant)
	one, err := t.sample(x, 1)
	var got [][]float64
	if err == nil {
		got, err = x.results(t.d)
	}
	switch {
	case errors.Is(err, engine.ErrLimit):
		c.Verdict, c.Why = TuneCannot, err.Error()
	case err != nil:
		c.Verdict, c.Why = TuneWrong, err.Error()
	default:
		if why := x.agrees(got, &t.caps); why != "" {
			c.Verdict, c.Why = TuneWrong, why
		}
	}
	if c.Verdict != "" {
		return c
	}
	if one < limit.Seconds { // what disturbed one launch may not disturb the next
		if again, err := t.sample(x, 1); err == nil {
			one = min(one, again)
		}
	}
	if base {
		x.seconds = one
	} else if one > limit.Times*x.seconds {
		c.Verdict, c.Why = TuneTooSlow, fmt.Sprintf("%.3g times the default's time", one/x.seconds)
		g.place(variant, one/x.seconds)
	}
	return c
}

// roundSeconds is how long the launches of one sample take together, at least.
const roundSeconds = 2e-3

// run races the candidates that are admitted and fills in the row.
func (t *tuner) run(i *tuneItem, x *tuneData, running []string, rules raceRules, row *TuneRow, more func() bool) (bool, error) {
	g := i.group
	cost := g.spec.CostOf(i.p)
	list, done, err := t.timed(i, x, running, rules, more)
	if err != nil || !done {
		return done, err
	}
	g.verdicts(running, list, row)
	best := winner(list)
	row.State, row.Variant, row.Seconds = TuneMeasured, running[best], list[best].best()
	row.Default, row.Before = running[0], list[0].best()
	row.Percent = t.roof.Percent(cost, row.Seconds)
	g.reached = max(t.roof.Seconds(cost)/row.Before, 1e-3)
	return true, nil
}

// timed races variants at a shape.
func (t *tuner) timed(i *tuneItem, x *tuneData, running []string, rules raceRules, more func() bool) ([]racer, bool, error) {
	times := make([]int, len(running))
	return race(len(running), rules, func(k int) (float64, error) {
		t.d.Force(i.row.Kernel, running[k])
		if times[k] == 0 {
			one, err := t.sample(x, 1)
			if err != nil || one >= roundSeconds {
				times[k] = 1
				return one, err
			}
			times[k] = int(min(roundSeconds/max(one, 1e-6)+1, 1000))
		}
		return t.sample(x, times[k])
	}, more)
}

// place keeps how far behind a variant was where it did best.
func (g *tuneGroup) place(variant string, behind float64) {
	if old, seen := g.behind[variant]; !seen || behind < old {
		g.behind[variant] = behind
	}
}

// verdicts gives those who ran theirs.
func (g *tuneGroup) verdicts(running []string, list []racer, row *TuneRow) {
	first, _ := leaders(list)
	for k, v := range running {
		c := row.candidate(v)
		c.Seconds, c.Samples, c.Verdict = list[k].best(), len(list[k].samples), TuneSlower
		if list[k].out {
			c.Verdict = TuneTooSlow
		}
		g.place(v, c.Seconds/list[first].best())
	}
	row.candidate(running[winner(list)]).Verdict = TuneChosen
}

// sample times launches, queued one after the other and then waited for.
func (t *tuner) sample(x *tuneData, times int) (float64, error) {
	begin := t.now()
	for range times {
		x.launch()
	}
	if err := t.d.Sync(); err != nil {
		return 0, t.d.TakeErr()
	}
	return (t.now() - begin).Seconds() / float64(times), nil
}
