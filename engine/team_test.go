package engine

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func never() error { return nil }

// teamOf is a host whose loops run on a team of so many, whatever the machine.
func teamOf(t *testing.T, workers int) *Host {
	h := &Host{Workers: workers, stopped: never, team: newTeam(workers - 1)}
	t.Cleanup(h.team.end)
	return h
}

func TestHostParallelCoversEveryRowOnce(t *testing.T) {
	h := teamOf(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		n, grain := rapid.IntRange(0, 500).Draw(t, "n"), rapid.IntRange(0, 40).Draw(t, "grain")
		seen := make([]int32, n)
		h.Parallel(n, grain, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				seen[i]++
			}
		})
		for i := range seen {
			require.EqualValues(t, 1, seen[i])
		}
	})
}

// Helpers take part whether they look out for work or sleep, and their caller sleeps while they go on.
func TestHostParallelWakesHelpers(t *testing.T) {
	h := teamOf(t, 3)
	for _, rest := range []time.Duration{0, lookout, 20 * lookout} {
		for range 20 {
			time.Sleep(rest)
			var inside, all atomic.Int32
			meet := make(chan struct{})
			h.Parallel(3, 1, func(lo, hi int) { // each waits for the others: nobody does two
				all.Add(1)
				if inside.Add(1) == 3 {
					close(meet)
				}
				<-meet
				if lo > 0 {
					time.Sleep(rest)
				}
			})
			require.EqualValues(t, 3, all.Load())
		}
	}
}

// Work is shared out evenly at first; who is done takes the rest of the others' from its end.
func TestShare(t *testing.T) {
	var s share
	s.set(5, 9)
	require.Equal(t, []int{5, 8, 6, 7, -1, -1}, []int{s.take(true), s.take(false), s.take(true), s.take(false), s.take(true), s.take(false)})

	h := teamOf(t, 2)
	var slow atomic.Int32
	hold := make(chan struct{})
	h.Parallel(100, 1, func(lo, hi int) {
		if lo == 99 {
			close(hold)
		}
		if lo == 0 || lo == 50 { // whoever begins with these waits until the other has done all the rest
			if slow.Add(1) == 1 {
				<-hold
			}
		}
	})
	require.EqualValues(t, 2, slow.Load())
}

// A helper that has yet to say that the loop before is done may say it to the next: its caller goes on
// waiting for those who work.
func TestJoinOutlastsALateHelper(t *testing.T) {
	l := &loop{done: make(chan struct{}, 1)}
	l.working.Store(1)
	say := func() bool { return l.waiting.CompareAndSwap(true, false) }
	joined := make(chan struct{})
	go func() { l.join(); close(joined) }()
	for range 2 {
		for !say() {
			time.Sleep(lookout)
		}
		l.done <- struct{}{}
	}
	time.Sleep(20 * lookout)
	select {
	case <-joined:
		t.Fatal("a helper is at work still")
	default:
	}
	if l.working.Add(-1) == 0 && say() {
		l.done <- struct{}{}
	}
	<-joined
}

// A loop within a loop runs where it is called: all cores have work already.
func TestHostParallelWithinItself(t *testing.T) {
	h := teamOf(t, 4)
	var rows atomic.Int32
	h.Parallel(8, 1, func(lo, hi int) {
		h.Parallel(10, 3, func(lo, hi int) { rows.Add(int32(hi - lo)) })
	})
	require.EqualValues(t, 80, rows.Load())
}

// A panic in any share reaches the caller, and the team goes on.
func TestHostParallelPanics(t *testing.T) {
	h := teamOf(t, 4)
	for _, bad := range []int{0, 37, 99} {
		require.PanicsWithValue(t, "row", func() {
			h.Parallel(100, 1, func(lo, hi int) {
				if lo == bad {
					panic("row")
				}
			})
		})
		var rows atomic.Int32
		h.Parallel(100, 7, func(lo, hi int) { rows.Add(int32(hi - lo)) })
		require.EqualValues(t, 100, rows.Load())
	}
}

// Helpers end with their device.
func TestTeamEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	d, err := Open("host")
	require.NoError(t, err)
	d.host.Parallel(100, 1, func(lo, hi int) {})
	d.Close()
	team := newTeam(7)
	team.end()
	for range 10000 { // ten seconds
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("goroutines are left behind")
}
