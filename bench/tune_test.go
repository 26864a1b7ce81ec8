package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// A race among candidates whose times are known.
func TestRace(t *testing.T) {
	always := func() bool { return true }
	fixed := func(seconds ...float64) func(int) (float64, error) {
		return func(i int) (float64, error) { return seconds[i], nil }
	}
	samples := func(list []racer) (n []int) {
		for _, r := range list {
			n = append(n, len(r.samples))
		}
		return n
	}
	list, done, err := race(5, quickRace, fixed(1, 1.05, 1.2, 1.8, 3.1), always)
	require.NoError(t, err)
	require.True(t, done)
	require.Equal(t, []int{10, 10, 10, 2, 1}, samples(list), "out: beyond 1.5 times the best, in the first round 3 times")
	require.True(t, list[3].out)

	list, _, _ = race(3, quickRace, fixed(9, 1, 5), always)
	require.Equal(t, []int{1, 4, 4}, samples(list), "two stay; a clear lead ends it after the least rounds")

	calls := 0
	list, _, _ = race(2, quickRace, func(i int) (float64, error) { // one disturbed sample of the better one
		if calls++; calls == 1 {
			return 40, nil
		}
		return []float64{1.2, 1}[i], nil
	}, always)
	first, _ := leaders(list)
	require.Equal(t, 1, first)

	bounded := quickRace
	bounded.Bound = 0.95
	list, _, _ = race(2, bounded, fixed(1, 1.01), always)
	require.Equal(t, []int{2, 2}, samples(list), "within 10 % of the bound nothing is left to find")
	bounded.Bound = 2
	list, _, _ = race(2, bounded, fixed(1, 1.01), always)
	require.Equal(t, []int{10, 10}, samples(list), "a bound that was beaten is none")

	list, _, _ = race(1, quickRace, fixed(1), always)
	require.Equal(t, []int{4}, samples(list), "alone")
	left := 5
	list, done, _ = race(2, quickRace, fixed(1, 1), func() bool { left--; return left >= 0 })
	require.False(t, done)
	require.Equal(t, []int{2, 3}, samples(list))
	fault := errors.New("fault")
	_, _, err = race(2, quickRace, func(int) (float64, error) { return 0, fault }, always)
	require.ErrorIs(t, err, fault)
}

// The default, candidate 0, stays unless another is at least 3 % faster.
func TestWinner(t *testing.T) {
	of := func(seconds ...float64) []racer {
		var list []racer
		for _, s := range seconds {
			list = append(list, racer{samples: []float64{s}})
		}
		return list
	}
	require.Equal(t, 0, winner(of(1.02, 1, 2)))
	require.Equal(t, 1, winner(of(1.04, 1, 2)))
	require.Equal(t, 2, winner(of(1.04, 1.01, 1)))
	require.Equal(t, 0, winner(of(1)))
	// One lucky sample is no victory: two of three rounds are.
	require.Equal(t, 0, winner([]racer{{samples: []float64{2, 2, 2}}, {samples: []float64{1, 3, 3}}}))
	require.Equal(t, 1, winner([]racer{{samples: []float64{2, 2, 2}}, {samples: []float64{1, 1, 3}}}))
}

// toyParams: n elements. The kernel y = 2 x has variants that differ in what they do wrong.
type toyParams struct{ N int32 }

const toyShader = `#version 430 core
#include "group.glsl"
#ifndef SLOW
#define SLOW 0
#endif
layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufX { float x[]; };
layout(std140, binding = 0) uniform Params { int n; };
void main() {
    uint i = invocation_id();
    if (i >= uint(n)) return;
    float v = 2.0 * x[mg_off[1] + i];
    uint h = i; // work that no compiler can leave out, and that changes nothing
    for (int k = 0; k < SLOW; k++) h = (h ^ (h >> 7)) * 1664525u + 1013904223u;
    if (h == 1u) v += 1e-30;
#ifdef WRONG
    if (i >= uint(WRONG) && i < uint(WRONG) + 50u) v = 0.0;
#endif
    y[mg_off[0] + i] = v;
}
`

// toyRoof is far above what any device of a test reaches.
var toyRoof = &Roofline{GFlops: 1e6, GBs: 1e6, LaunchUS: 1e-3}

// toyN elements are tuned; the kernel's own case has but 1000.
const toyN = 1 << 16

func toy(variants ...string) *engine.Kernel[toyParams] {
	group, err := fs.ReadFile(shaders, "include/group.glsl")
	if err != nil {
		panic(err)
	}
	k := &engine.Kernel[toyParams]{
		Name: "toy", Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
		Source: fstest.MapFS{"toy.comp.glsl": {Data: []byte(toyShader)}, "include/group.glsl": {Data: group}},
		Size:   func(p toyParams) []int { return []int{int(p.N), int(p.N)} },
		Cost:   func(p toyParams) engine.Cost { return engine.Cost{Flops: float64(p.N), Bytes: 8 * float64(p.N)} },
		Split: func(p toyParams) engine.Split[toyParams] {
			return engine.Split[toyParams]{Rows: int(p.N), Step: []int{1, 1}, Part: func(lo, hi int) toyParams { return toyParams{int32(hi - lo)} }}
		},
		Ref: func(_ toyParams, b [][]float64) {
			for i, v := range b[1] {
				b[0][i] = 2 * v
			}
		},
		Cases: []toyParams{{1000}}, Bench: []toyParams{{toyN}},
		Bucket: func(p toyParams) engine.Bucket { return engine.Bucket{{Name: "n", N: engine.Near(p.N)}} },
	}
	for _, v := range variants {
		name, define, _ := strings.Cut(v, " ")
		k.Variants = append(k.Variants, engine.Variant[toyParams]{
			Name: name, File: "toy.comp.glsl", Defines: strings.Fields(define),
			Groups: func(p toyParams) int { return (int(p.N) + 63) / 64 }, Loops: func(toyParams) int { return 1000 },
		})
	}
	return k
}

func tuneOnGL(t *testing.T) *engine.Device {
	t.Helper()
	needGL(t)
	d, err := engine.Open("gl")
	require.NoError(t, err)
	t.Cleanup(func() {
		require.Zero(t, d.Memory().Live, "tensors left behind")
		d.Close()
	})
	return d
}

func only(t *testing.T, r *TuneReport) TuneRow {
	t.Helper()
	require.Len(t, r.Rows, 1)
	return r.Rows[0]
}

// A variant that is far faster than the default (dozens of times) takes its place, and wrong ones
// never do, however fast they are: wrong everywhere, wrong at the end of large launches alone, wrong
// somewhere in their middle.
func TestGLTuneChecksAndChooses(t *testing.T) {
	d := tuneOnGL(t)
	k := toy("slow SLOW=900", "wrong WRONG=1", "wrong_end WRONG=65500", "wrong_middle WRONG=20000", "good")
	r, err := Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{All: true, roof: toyRoof})
	require.NoError(t, err)
	row := only(t, r)
	require.Equal(t, TuneMeasured, row.State, row.Why)
	require.Equal(t, [2]string{"slow", "good"}, [2]string{row.Default, row.Variant})
	require.Greater(t, row.Gain(), 1.0)
	verdicts := map[string]TuneCandidate{}
	for _, c := range row.Candidates {
		verdicts[c.Variant] = c
	}
	require.Len(t, verdicts, 5)
	require.Contains(t, verdicts["wrong"].Why, "n=1000", "at the kernel's own case")
	require.Contains(t, verdicts["wrong_end"].Why, "y[65", "in the last rows")
	require.Contains(t, verdicts["wrong_middle"].Why, "the default's is", "far from the rows that are compared with the definition")
	for _, name := range []string{"wrong", "wrong_end", "wrong_middle"} {
		require.Equal(t, TuneWrong, verdicts[name].Verdict, name)
	}
	require.Equal(t, TuneChosen, verdicts["good"].Verdict)

	picks := r.Picks()
	require.Len(t, picks, 1)
	require.Equal(t, "n=65536", picks[0].Bucket)
	table := &engine.Tuning{}
	table.Put(d.Caps().Renderer, d.Caps().Version, picks)
	read, err := engine.ReadTuning(table.Encode())
	require.NoError(t, err)
	known := read.Find(d.Caps().Renderer, d.Caps().Version)

	// What is known is not measured again, unless the variants have changed.
	before := d.Launches()
	r, err = Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{Known: known, roof: toyRoof})
	require.NoError(t, err)
	require.Equal(t, TuneKnown, only(t, r).State)
	require.Equal(t, "good", only(t, r).Variant)
	require.Empty(t, r.Picks())
	require.Equal(t, before, d.Launches(), "nothing ran")
	k.Variants[0].Defines = []string{"SLOW=800"}
	r, err = Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{Known: known, Budget: time.Hour, roof: toyRoof})
	require.NoError(t, err)
	require.Equal(t, TuneMeasured, only(t, r).State)

	// The exhaustive measurement finds the pick, and what it would cost to keep the slow one.
	known.Picks = r.Picks()
	v, err := VerifyTuning(t.Context(), d, []engine.Spec{k}, known, nil)
	require.NoError(t, err)
	require.Len(t, v.Rows, 1)
	require.Equal(t, "good", v.Rows[0].Variant)
	require.GreaterOrEqual(t, v.Rows[0].Excess, 0.0)
	known.Picks[0].Variant = "slow"
	v, err = VerifyTuning(t.Context(), d, []engine.Spec{k}, known, nil)
	require.NoError(t, err)
	require.Equal(t, "slow", v.Rows[0].Variant)
	require.Greater(t, v.Worst, 0.05)
	known.Picks[0].Variant = "gone"
	v, err = VerifyTuning(t.Context(), d, []engine.Spec{k}, known, nil)
	require.NoError(t, err)
	require.Greater(t, v.Worst, 1e9, "a choice that cannot run")
	require.NoError(t, d.Sync())
}

// The goal's measurement: choices of an empty table, and what they are worth.
func TestGLTuneGoal(t *testing.T) {
	d := tuneOnGL(t)
	k := toy("good", "slow SLOW=900", "last SLOW=900")
	v, err := TuneGoal(t.Context(), d, []engine.Spec{k}, time.Hour, nil)
	require.NoError(t, err)
	require.Len(t, v.Rows, 1)
	require.Equal(t, "good", v.Rows[0].Variant)
	require.Equal(t, "good", v.Rows[0].Best)
	require.Equal(t, 3, v.Rows[0].Candidates)
	require.Zero(t, v.Worst)
	require.Positive(t, v.Cold)
	require.Positive(t, v.Warm)
}

// A choice that a disturbed race brought about is mended by a second one: in a tuning, and in the
// measurement of what a table is worth.
func TestGLTuneLooksAgain(t *testing.T) {
	d := tuneOnGL(t)
	tn := newTuner(t.Context(), d, TuneOptions{Budget: time.Hour, roof: toyRoof})
	tn.roof = *toyRoof
	groups := tn.plan([]engine.Spec{toy("good", "slow SLOW=900")})
	i := groups[0].items[0]
	disturbed := func(variant, def string) {
		i.row.State, i.row.Variant, i.row.Default, i.row.Seconds, i.row.Before = TuneMeasured, variant, def, 1, 2
		i.row.Candidates = []TuneCandidate{{Variant: "good", Verdict: TuneSlower, Seconds: 2}, {Variant: "slow", Verdict: TuneChosen, Seconds: 1}}
	}
	for _, def := range []string{"good", "slow"} {
		disturbed("slow", def)
		require.NoError(t, tn.confirm(i))
		require.Equal(t, "good", i.row.Variant, "which is dozens of times as fast")
		require.Equal(t, TuneChosen, i.row.candidate("good").Verdict)
		require.Equal(t, TuneSlower, i.row.candidate("slow").Verdict)
		require.Equal(t, i.row.candidate("good").Seconds, i.row.Seconds)
		require.Equal(t, i.row.candidate(def).Seconds, i.row.Before)
		require.Less(t, i.row.Seconds, 1.0)
	}
	require.NoError(t, tn.confirm(i))
	require.Equal(t, "good", i.row.Variant, "what was right stays")
	disturbed("slow", "slow")
	tn.end = 0
	require.NoError(t, tn.confirm(i))
	require.Equal(t, "slow", i.row.Variant, "no time is left")

	row := TuneExcess{Variant: "good", Seconds: 2, Best: "slow", BestSeconds: 1, Excess: 1}
	require.NoError(t, tn.lookAgain(i, &row))
	require.Equal(t, "good", row.Best)
	require.Zero(t, row.Excess)
	row = TuneExcess{Variant: "slow", Seconds: 1, Best: "good", BestSeconds: 0.5, Excess: 1}
	require.NoError(t, tn.lookAgain(i, &row))
	require.Greater(t, row.Excess, 0.05, "what is slow in both races is slow")
}

// clock advances by a step whenever it is asked: budgets are counted, not timed.
func clock(step time.Duration) func() time.Duration {
	now := time.Duration(0)
	return func() time.Duration { now += step; return now }
}

// The work that is done follows the budget, and what it does not reach keeps its default.
func TestGLTuneKeepsItsBudget(t *testing.T) {
	d := tuneOnGL(t)
	shapes := make([]toyParams, 20)
	for i := range shapes {
		shapes[i] = toyParams{1 << (i%14 + 3)}
	}
	k := toy("a", "b SLOW=1")
	k.Bench = shapes
	measured := func(budget time.Duration) int {
		r, err := Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{Budget: budget, now: clock(10 * time.Millisecond), roof: toyRoof})
		require.NoError(t, err)
		require.Len(t, r.Rows, 14, "one of every bucket")
		require.Equal(t, 14, r.Count(TuneMeasured)+r.Count(TuneNotReached))
		require.Len(t, r.Picks(), r.Count(TuneMeasured))
		// A few questions after the end find out that it has come.
		require.Less(t, r.Seconds, budget.Seconds()+1)
		return r.Count(TuneMeasured)
	}
	few, some, all := measured(time.Millisecond), measured(1500*time.Millisecond), measured(time.Minute)
	require.Zero(t, few)
	require.Greater(t, some, 0)
	require.Less(t, some, 14)
	require.Equal(t, 14, all)
}

// Variants that are made for other devices come last, and only while the budget lasts.
func TestGLTuneChallengesWithTheRest(t *testing.T) {
	d := tuneOnGL(t)
	k := toy("study", "usual SLOW=900")
	k.Variants[0].Prefer = engine.Never[toyParams]
	r, err := Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{Budget: time.Hour, roof: toyRoof})
	require.NoError(t, err)
	row := only(t, r)
	require.Equal(t, [2]string{"usual", "study"}, [2]string{row.Default, row.Variant})
	require.Less(t, row.Seconds, row.Before)
	require.Len(t, row.Candidates, 2)

	r, err = Tune(t.Context(), d, []engine.Spec{k}, TuneOptions{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, TunePlanned, only(t, r).State)
	require.Len(t, only(t, r).Candidates, 2)
	var text bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.Contains(t, text.String(), "1 shapes would be measured")
	require.Contains(t, text.String(), "study usual")
}

// A shape that the device cannot run is no fault of the rest.
func TestGLTuneGoesOnAfterAFault(t *testing.T) {
	d := tuneOnGL(t)
	broken := toy("broken SLOW=nothing")
	broken.Name = "broken"
	r, err := Tune(t.Context(), d, []engine.Spec{broken, toy("a")}, TuneOptions{All: true, roof: toyRoof})
	require.NoError(t, err)
	require.Len(t, r.Rows, 2)
	require.Equal(t, TuneFailed, r.Rows[0].State)
	require.Contains(t, r.Rows[0].Why, "broken")
	require.Equal(t, TuneMeasured, r.Rows[1].State)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Tune(ctx, d, []engine.Spec{toy("a")}, TuneOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestTuneOnHost(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	r, err := Tune(t.Context(), d, []engine.Spec{toy("a")}, TuneOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Rows)
	require.Nil(t, r.Roofline)
}

func TestTuneReportText(t *testing.T) {
	r := &TuneReport{
		Device: engine.Caps{Name: "gl", Renderer: "card", Version: "4.5"}, Roofline: &Roofline{GFlops: 1}, Budget: 10, Seconds: 9, Busy: true, Load: 0.7,
		Rows: []TuneRow{
			{Kernel: "k", Bucket: "n=1", State: TuneMeasured, Variant: "b", Seconds: 1, Default: "a", Before: 2, Percent: 50, Candidates: []TuneCandidate{
				{Variant: "a", Verdict: TuneSlower, Seconds: 2}, {Variant: "b", Verdict: TuneChosen}, {Variant: "c", Verdict: TuneWrong, Why: "it differs"},
				{Variant: "d", Verdict: TuneTooSlow}, {Variant: "e", Verdict: TuneTooSlow},
			}},
			{Kernel: "k", Bucket: "n=2", State: TuneNotReached},
			{Kernel: "k", Bucket: "n=4", State: TuneFailed, Why: "out of memory"},
		},
	}
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	for _, want := range []string{"busy", "k (1)", "2.00", "a 2.00; c WRONG: it differs; too slow: d e", "out of memory", "50 %"} {
		require.Contains(t, text.String(), want)
	}
	require.Contains(t, md.String(), "| k | n=1 | b |")
	v := &TuneVerdict{Rows: []TuneExcess{{Kernel: "k", Bucket: "n=1", Excess: 0.031}}, Worst: 0.031, Cold: 9.5}
	text.Reset()
	require.NoError(t, v.WriteText(&text))
	require.Contains(t, text.String(), "3.1 %")
	require.Contains(t, text.String(), fmt.Sprintf("%.2f s", 9.5))
}
