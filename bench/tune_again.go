package bench

import (
	"cmp"
	"time"
)

// Once a shape has its choice: another look at it, where time is left.

// challenge compares the chosen variant with those that item left out.
func (t *tuner) challenge(i *tuneItem) error {
	var list []string
	for _, c := range i.row.Candidates {
		if c.Verdict == TuneNotRun {
			list = append(list, c.Variant)
		}
	}
	// Some are made to be studied, and take as many times as long as the first steps of the ladder.
	launches := 5.0
	for _, v := range list {
		launches += 3 + cmp.Or(i.group.behind[v], 40)
	}
	need := i.estimate(t.roof)*launches + elementSeconds*float64(i.elements())
	if i.row.State != TuneMeasured || len(list) == 0 || t.now()+time.Duration(need*1e9) > t.end {
		return nil
	}
	row, done, err := t.compare(i, i.row.Variant, list, t.end)
	if err != nil || !done || row.State != TuneMeasured {
		return err
	}
	old := i.row
	for _, c := range row.Candidates[1:] { // the first is the one that was chosen before
		*old.candidate(c.Variant) = c
	}
	if row.Variant != old.Variant {
		gain := row.Before / row.Seconds // over the one chosen before: times of another minute are not compared
		old.candidate(old.Variant).Verdict = TuneSlower
		old.Variant, old.Seconds, old.Percent = row.Variant, old.Seconds/gain, old.Percent*gain
	}
	i.row = old
	return nil
}

// confirm races the chosen variant and the next once more: what slows a machine for a moment may
// have slowed all samples of one of them. The shortest of both races count.
func (t *tuner) confirm(i *tuneItem) error {
	var next *TuneCandidate
	for k := range i.row.Candidates {
		if c := &i.row.Candidates[k]; c.Seconds > 0 && c.Variant != i.row.Variant && (next == nil || c.Seconds < next.Seconds) {
			next = c
		}
	}
	if i.row.State != TuneMeasured || next == nil {
		return nil
	}
	chosen := i.row.candidate(i.row.Variant)
	need := float64(quickRace.Least)*2*max(chosen.Seconds+next.Seconds, 2*roundSeconds) + elementSeconds*float64(i.elements())
	if t.now()+time.Duration(need*1e9) > t.end {
		return nil
	}
	times, err := t.duel(i, []string{chosen.Variant, next.Variant}, quickRace, func() bool { return t.now() < t.end })
	if err != nil || times == nil {
		return err
	}
	chosen.Seconds, next.Seconds = min(chosen.Seconds, times[0]), min(next.Seconds, times[1])
	i.row.Before = min(i.row.Before, i.row.candidate(i.row.Default).Seconds)
	winner, loser := chosen, next
	if next.Seconds*keepDefault < chosen.Seconds || next.Variant == i.row.Default && next.Seconds <= keepDefault*chosen.Seconds {
		winner, loser = next, chosen
	}
	winner.Verdict, loser.Verdict = TuneChosen, TuneSlower
	i.row.Variant, i.row.Percent = winner.Variant, i.row.Percent*i.row.Seconds/winner.Seconds
	i.row.Seconds = winner.Seconds
	return nil
}

// duel races two variants that are known to be right at a shape, and gives the shortest time of
// each; nil when more said that time was up.
func (t *tuner) duel(i *tuneItem, two []string, rules raceRules, more func() bool) ([]float64, error) {
	scope := t.d.Scope()
	defer scope.Close()
	defer t.d.Force(i.row.Kernel, "")
	x := newTuneData(scope, i.group.spec, i.p)
	list, done, err := t.timed(i, x, two, rules, func() bool { return t.ctx.Err() == nil && more() })
	if err != nil || !done {
		return nil, cmp.Or(err, t.ctx.Err())
	}
	return []float64{list[0].best(), list[1].best()}, nil
}
