package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mindgap/engine"
)

// tuneGoal is the goal whose peer is the exhaustive measurement of all variants.
const tuneGoal = "C5"

// tuned says whether the goal is among those that were asked for.
func (o *PeersOptions) tuned() bool {
	return o.Tune != nil && !o.Quick &&
		(len(o.Names) == 0 || slices.ContainsFunc(o.Names, func(s string) bool { return strings.EqualFold(s, tuneGoal) }))
}

// tune adds the rows of goal C5 of an OpenGL device: how far the slowest of the variants that 10 s of
// tuning chose is from the best of all, and how long tuning takes, cold and warm.
func (v *versus) tune(ctx context.Context, info PeersDevice) error {
	d, err := engine.Open(info.Name) // without a table of choices
	if err != nil {
		return err
	}
	defer d.Close()
	defer context.AfterFunc(ctx, func() { d.Interrupt(nil) })()
	const budget = 10 * time.Second
	got, err := TuneGoal(ctx, d, v.o.Tune, budget, func(what string) { v.o.Step(tuneGoal + " " + what) })
	if err != nil {
		return err
	}
	row := PeersRow{
		Goal: tuneGoal, Case: fmt.Sprintf("choices of tuning, %d shapes", len(got.Rows)), Device: info.Name, PeerName: "exhaustive best", Unit: units[seconds],
		Wanted: 1 / 1.05, Ours: unknown, Peer: unknown, RatioLo: unknown, RatioHi: unknown,
		ErrorOurs: unknown, ErrorPeer: unknown, BytesOurs: unknown, BytesPeer: unknown, Percent: unknown,
	}
	row.Ratio = Figure(1 / (1 + got.Worst))
	within := 0
	for _, x := range got.Rows {
		if x.Excess <= 0.05 {
			within++
		}
		if x.Excess == got.Worst {
			row.Ours, row.Peer = Figure(x.Seconds), Figure(x.BestSeconds)
			row.say(fmt.Sprintf("the farthest is %s at %s: %s, best %s", x.Kernel, x.Bucket, x.Variant, x.Best))
		}
	}
	row.say(fmt.Sprintf("%d of %d within 5 %%", within, len(got.Rows)))
	row.settle()
	time := row
	time.Case, time.PeerName, time.Note = "time of a whole tuning, cold", "10 s", ""
	time.Ours, time.Peer, time.Wanted = Figure(got.Cold), Figure(budget.Seconds()), 1
	time.Ratio = time.Peer / time.Ours
	time.say(fmt.Sprintf("warm: %.2g s", got.Warm))
	time.settle()
	v.report.Rows = append(v.report.Rows, row, time)
	return nil
}
