package bench

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"mindgap/engine"
)

// TuneVerdict compares the choices of a table with an exhaustive measurement of the same shapes.
type TuneVerdict struct {
	Device engine.Caps  `json:"device"`
	Load   float64      `json:"load"`
	Busy   bool         `json:"busy"`
	Rows   []TuneExcess `json:"rows"`
	Worst  float64      `json:"worst_excess"` // 0.05: 5 % slower than the best

	// Of a tuning with an empty table, and of one with the table that the first gave; 0 where
	// only a table was verified.
	Cold float64 `json:"cold_seconds,omitempty"`
	Warm float64 `json:"warm_seconds,omitempty"`
}

// TuneExcess is one shape.
type TuneExcess struct {
	Kernel      string  `json:"kernel"`
	Bucket      string  `json:"bucket"`
	Variant     string  `json:"variant"` // that the table chooses
	Seconds     float64 `json:"seconds"`
	Best        string  `json:"best"`
	BestSeconds float64 `json:"best_seconds"`
	Excess      float64 `json:"excess"` // Seconds / BestSeconds - 1
	Candidates  int     `json:"candidates"`
}

// doubtful is the excess from which a choice has a second look: another race of it and the best,
// after all others, where samples of both races count. What slows a machine for a moment slows the
// samples of one race together.
const doubtful = 0.05

// VerifyTuning times, at every shape that a table has a pick for, the pick beside all other
// variants in one race of many rounds. Left out are those alone of which one launch would take
// seconds and that took ten times the best's time wherever they ran. Where the pick seems doubtful
// it is raced with the best once more.
func VerifyTuning(ctx context.Context, d *engine.Device, table []engine.Spec, picks *engine.TunedDevice, step func(what string)) (*TuneVerdict, error) {
	t := newTuner(ctx, d, TuneOptions{All: true, Step: step})
	v := &TuneVerdict{Device: t.caps, Load: Load(t.caps.Cores)}
	v.Busy = v.Load > BusyLoad
	looked := map[int]*tuneItem{} // by row
	for _, g := range t.plan(table) {
		for _, i := range g.items {
			pick := picks.Find(i.row.Kernel, i.row.Bucket)
			if pick == nil || pick.Candidates != i.row.digest {
				continue
			}
			t.o.Step(i.row.Kernel)
			row, err := t.excess(i, pick.Variant)
			if err != nil {
				return v, fmt.Errorf("%s, %s: %w", i.row.Kernel, i.row.Bucket, err)
			}
			looked[len(v.Rows)] = i
			v.Rows = append(v.Rows, row)
		}
	}
	for n := range v.Rows {
		row := &v.Rows[n]
		if row.Excess > doubtful && row.Best != "" {
			t.o.Step(row.Kernel + ", a second look")
			if err := t.lookAgain(looked[n], row); err != nil {
				return v, fmt.Errorf("%s, %s: %w", row.Kernel, row.Bucket, err)
			}
		}
		v.Worst = max(v.Worst, row.Excess)
	}
	return v, nil
}

// lookAgain races the pick of a row and its best once more.
func (t *tuner) lookAgain(i *tuneItem, row *TuneExcess) error {
	times, err := t.duel(i, []string{row.Variant, row.Best}, fullRace, func() bool { return true })
	if err != nil || times == nil {
		return err
	}
	row.Seconds, row.BestSeconds = min(row.Seconds, times[0]), min(row.BestSeconds, times[1])
	if row.Seconds < row.BestSeconds {
		row.Best, row.BestSeconds = row.Variant, row.Seconds
	}
	row.Excess = row.Seconds/row.BestSeconds - 1
	return nil
}

func (t *tuner) excess(i *tuneItem, pick string) (row TuneExcess, err error) {
	g := i.group
	row = TuneExcess{Kernel: i.row.Kernel, Bucket: i.row.Bucket, Variant: pick}
	list := []string{pick}
	g.check(t.d, pick, 1) // compiles it, too
	for _, v := range i.candidates(&t.caps) {
		if v != pick && g.check(t.d, v, 1) == "" {
			list = append(list, v)
		}
	}
	scope := t.d.Scope()
	defer scope.Close()
	defer t.d.Force(row.Kernel, "")
	x := newTuneData(scope, g.spec, i.p)
	hopeless, best := thoroughPatience, math.Inf(1)
	var running []string
	for _, v := range list { // once, to see who is hopeless here
		if behind := g.behind[v]; v != pick && behind > hopeless.Times && behind*best > hopeless.Seconds {
			continue
		}
		t.d.Force(row.Kernel, v)
		one, err := t.sample(x, 1)
		if err != nil {
			if t.ctx.Err() != nil {
				return row, t.ctx.Err()
			}
			continue
		}
		if best = min(best, one); v != pick && one > hopeless.Times*best {
			g.place(v, one/best)
			continue
		}
		running = append(running, v)
	}
	if len(running) == 0 || running[0] != pick {
		row.Excess = math.MaxFloat64 // the table's choice cannot run
		return row, nil
	}
	ran := TuneRow{Kernel: row.Kernel}
	for _, v := range running {
		ran.Candidates = append(ran.Candidates, TuneCandidate{Variant: v})
	}
	if _, err := t.run(i, x, running, fullRace, &ran, func() bool { return t.ctx.Err() == nil }); err != nil {
		return row, err
	}
	row.Seconds, row.Candidates = ran.candidate(pick).Seconds, len(list)
	row.Best, row.BestSeconds = pick, row.Seconds
	for _, c := range ran.Candidates {
		if c.Seconds < row.BestSeconds {
			row.Best, row.BestSeconds = c.Variant, c.Seconds
		}
	}
	row.Excess = row.Seconds/row.BestSeconds - 1
	return row, t.ctx.Err()
}

// TuneGoal measures what a tuning is worth (goal C5: choices within 5 % of the exhaustive best,
// 10 s cold, 0 s warm): it tunes a device with an empty table within a budget, once more with what
// that gave, and compares the choices with an exhaustive measurement. The device must have been
// opened without a table.
func TuneGoal(ctx context.Context, d *engine.Device, table []engine.Spec, budget time.Duration, step func(what string)) (*TuneVerdict, error) {
	cold, err := Tune(ctx, d, table, TuneOptions{Budget: budget, Step: step})
	if err != nil {
		return nil, err
	}
	found := &engine.TunedDevice{Picks: cold.Picks()}
	var reached []engine.Spec // what the first did not reach is no part of the second
	for _, s := range table {
		reached = append(reached, reachedSpec{s, found})
	}
	warm, err := Tune(ctx, d, reached, TuneOptions{Budget: budget, Step: step, Known: found})
	if err != nil {
		return nil, err
	}
	v, err := VerifyTuning(ctx, d, table, found, step)
	if v != nil {
		v.Cold, v.Warm = cold.Seconds, warm.Seconds
	}
	return v, err
}

// reachedSpec is a kernel at those of its shapes that a table has.
type reachedSpec struct {
	engine.Spec
	picks *engine.TunedDevice
}

// TuneCases leaves out the other shapes.
func (s reachedSpec) TuneCases(c *engine.Caps) []any {
	return slices.DeleteFunc(s.Spec.TuneCases(c), func(p any) bool { return s.picks.Find(s.Info().Name, s.BucketOf(p)) == nil })
}

func (v *TuneVerdict) head() string {
	s := fmt.Sprintf("%s: %s, %s\n%d choices; the worst takes %.1f %% longer than the fastest variant at its shape",
		v.Device.Name, v.Device.Renderer, v.Device.Version, len(v.Rows), 100*v.Worst)
	if v.Cold > 0 {
		s += fmt.Sprintf("\ntuning with an empty table %.2f s, with the table that it gave %.3f s", v.Cold, v.Warm)
	}
	if v.Busy {
		s += fmt.Sprintf("\nThe machine was busy (load %.0f %% of its cores): differences of some percent mean nothing.", 100*v.Load)
	}
	return s
}

func (v *TuneVerdict) cells() [][]string {
	out := [][]string{{"kernel", "shape", "chosen", "time", "fastest", "its time", "excess", "of"}}
	for _, r := range v.Rows {
		out = append(out, []string{
			r.Kernel, r.Bucket, r.Variant, Span(r.Seconds), r.Best, Span(r.BestSeconds),
			fmt.Sprintf("%.1f %%", 100*r.Excess), fmt.Sprint(r.Candidates),
		})
	}
	return out
}

// WriteText writes the verdict for a terminal.
func (v *TuneVerdict) WriteText(w io.Writer) error { return writeText(w, v.head(), v.cells()) }

// WriteMarkdown writes the verdict as Markdown.
func (v *TuneVerdict) WriteMarkdown(w io.Writer) error { return writeMarkdown(w, v.head(), v.cells()) }
