//go:build cgo && !nogl && !darwin

package gl43

import (
	"slices"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	p := newPace(true)
	p.seen(1e9, 0.1) // the first measurement replaces the guess
	if !p.known || p.perUnit != 1e-10 {
		t.Errorf("after the first: %+v", p)
	}
	p.seen(1e9, 0.4) // slower: at once
	if p.perUnit != 4e-10 {
		t.Errorf("after a slower one: %+v", p)
	}
	p.seen(1e9, 0.2) // faster: half the way
	if p.perUnit < 2.9e-10 || p.perUnit > 3.1e-10 {
		t.Errorf("after a faster one: %+v", p)
	}
	p.seen(0, 1)
	p.seen(1, 0)
	if p.perUnit < 2.9e-10 || p.perUnit > 3.1e-10 {
		t.Errorf("after nonsense: %+v", p)
	}
}

func TestCut(t *testing.T) {
	for _, x := range []struct {
		rest int
		n    float64
		want int
	}{{100, 10.7, 10}, {100, 0.01, 1}, {100, 81, 100}, {100, 79, 79}, {1, 1e300, 1}, {7, 1e-300, 1}} {
		if got := cut(x.rest, x.n); got != x.want {
			t.Errorf("cut(%d, %v) = %d, want %d", x.rest, x.n, got, x.want)
		}
	}
}

// A launch of a good half second asks Stop several times a second, although the program's
// speed was a guess when it began: so a watchdog has nothing to bite and Ctrl-C is heard.
func TestLongLaunch(t *testing.T) {
	c := open(t, false)
	if _, err := c.Probe(); err != nil {
		t.Fatal(err)
	}
	p := build(t, c, head+`layout(std430, binding = 0) writeonly buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint n; };
void main() {
    uint s = group_id();
    for (uint k = 0u; k < n; k++) s = s * 1664525u + 1013904223u;
    y[mg_off[0] + group_id()] = s;
}`, []Buf{{"y", Uint, false}}, []Field{{"n", Uint, 0}})
	const turns = 20000
	groups := 2000
	y := buffer(t, c, 1<<22)
	run := func(n int, stop func() error) time.Duration {
		start := time.Now()
		if err := c.Run(&Launch{Program: p, Params: words(turns), Groups: n, Writes: true, Stop: stop,
			Binds: []Bind{y}, Work: 2 * turns * float64(n)}); err != nil {
			t.Fatal(err)
		}
		if err := c.Finish(); err != nil {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	for run(groups, nil) < 300*time.Millisecond && groups < 1<<21 {
		groups *= 2
	}
	p.pace = newPace(c.Software)
	p.pace.ran = true
	var gaps []time.Duration
	last := time.Now()
	total := run(min(2*groups, 1<<22), func() error {
		now := time.Now()
		gaps = append(gaps, now.Sub(last))
		last = now
		return nil
	})
	t.Logf("%v in all, asked after %v", total, gaps)
	if len(gaps) < 3 || slices.Max(gaps) > time.Second {
		t.Errorf("%d questions in %v, the longest wait %v", len(gaps), total, slices.Max(gaps))
	}
	got := read(t, c, part(y, 0, 2*groups))
	for _, g := range []int{0, groups, 2*groups - 1} {
		want := uint32(g)
		for range turns {
			want = want*1664525 + 1013904223
		}
		if got[g] != want {
			t.Errorf("group %d has %d, want %d", g, got[g], want)
		}
	}
}
