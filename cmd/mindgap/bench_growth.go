package main

import (
	"context"
	"fmt"
	"time"

	"mindgap/bench"
)

// growthFlags are those of `bench growth` alone.
type growthFlags struct {
	limit time.Duration
	long  bool
	most  int
}

// growth measures how time and memory grow with N.
func (a *app) growth(ctx context.Context, device string, f growthFlags, l bench.Limits) (*bench.GrowthReport, error) {
	switch {
	case f.most != 0 && f.most < bench.GrowthFirst:
		return nil, fmt.Errorf("--most %d: series begin at N = %d", f.most, bench.GrowthFirst)
	case f.limit <= 0:
		return nil, fmt.Errorf("--limit %v is no time for a run; --long lifts the limit", f.limit)
	}
	d, done, err := a.open(ctx, device)
	if err != nil {
		return nil, err
	}
	defer done()
	o := bench.GrowthOptions{Width: bench.GrowthWidth, Most: f.most, Limit: f.limit}
	if f.long {
		o.Limit = 0
	}
	a.progress.Start("bench growth", 100, "%")
	stop := a.keepTelling()
	defer stop()
	before := 0.0
	return bench.Growth(ctx, d, o, l, func(what string, done float64) {
		a.progress.Note(what)
		a.progress.Add(100 * (done - before))
		before = done
	})
}

// keepTelling makes sure that progress is told while one piece of work takes long.
func (a *app) keepTelling() (stop func()) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		for t := time.NewTicker(time.Second); ; {
			select {
			case <-ctx.Done():
				t.Stop()
				return
			case <-t.C:
				a.progress.Add(0)
			}
		}
	}()
	return stop
}
