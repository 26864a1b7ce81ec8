package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// team are goroutines that help the caller of a loop on the other cores. They live as long as their
// device, and look out for the next loop for a moment before they sleep: elementwise kernels take
// 100 us and waking a sleeping thread nearly as long. Every helper begins with the same share of a
// loop each time, whose data lie in its core's caches since the loop before.
type team struct {
	mu      sync.Mutex // held by the loop that has the team
	loop    loop
	helpers []*helper
	cores   *coreSet
	ended   atomic.Bool
}

// lookout is how long a helper looks out for work: about as long as it takes to wake it.
const lookout = 50 * time.Microsecond

// helper is one of a team. offered is the caller's word that there is a loop for it; who takes the
// word back, helper or caller, has the helper's part in the loop.
type helper struct {
	offered atomic.Bool
	asleep  atomic.Bool
	*sleeper
	_ [48]byte // a cache line of its own
}

// loop is a loop over chunks of rows, shared out among caller and helpers.
type loop struct {
	n, grain int
	f        func(lo, hi int)
	stopped  func() error
	shares   []share
	working  atomic.Int64 // helpers that have not come to their end
	waiting  atomic.Bool  // the caller sleeps until they have
	done     chan struct{}
	failure  atomic.Pointer[any]
}

// share is a run of chunks: its owner takes them from the front, others, when theirs are done, from
// the back. Chunks first to end-1 are left: first in the upper 32 bits, end in the lower.
type share struct {
	left atomic.Uint64
	_    [56]byte // a cache line of its own
}

func (s *share) set(first, end int) { s.left.Store(uint64(first)<<32 | uint64(end)) }

// take gives a chunk; -1 when none is left.
func (s *share) take(own bool) int {
	for {
		old := s.left.Load()
		first, end := old>>32, old&(1<<32-1)
		if first >= end {
			return -1
		}
		chunk := first
		if own {
			first++
		} else {
			end--
			chunk = end
		}
		if s.left.CompareAndSwap(old, first<<32|end) {
			return int(chunk)
		}
	}
}

// newTeam starts so many helpers.
func newTeam(helpers int) *team {
	t := &team{cores: newCoreSet()}
	t.loop.shares, t.loop.done = make([]share, helpers+1), make(chan struct{}, 1)
	for i := range helpers {
		h := &helper{sleeper: newSleeper()}
		t.helpers = append(t.helpers, h)
		go t.help(h, i+1)
	}
	return t
}

// end lets the helpers go.
func (t *team) end() {
	t.ended.Store(true)
	for _, h := range t.helpers {
		h.wake(t.cores)
	}
}

// help serves loops with share i of each.
func (t *team) help(h *helper, i int) {
	h.begin()
	for t.await(h) {
		l := &t.loop
		l.work(i)
		if l.working.Add(-1) == 0 && l.waiting.CompareAndSwap(true, false) {
			l.done <- struct{}{}
		}
	}
}

// await waits for a loop: awake at first, then asleep. It is false when the team has ended.
func (t *team) await(h *helper) bool {
	for {
		for begin := time.Now(); time.Since(begin) < lookout; {
			for range 64 {
				if h.offered.Load() && h.offered.CompareAndSwap(true, false) {
					return true
				}
			}
		}
		h.asleep.Store(true)
		if h.offered.Load() && h.asleep.CompareAndSwap(true, false) {
			continue // it was offered just now
		}
		h.sleep()
		if t.ended.Load() {
			return false
		}
	}
}

// run goes through chunks with so many workers at most, the caller among them.
func (t *team) run(n, grain, workers int, f func(lo, hi int), stopped func() error) {
	l, chunks := &t.loop, (n+grain-1)/grain
	l.n, l.grain, l.f, l.stopped = n, grain, f, stopped
	l.shares = l.shares[:workers]
	for i := range l.shares {
		l.shares[i].set(i*chunks/workers, (i+1)*chunks/workers)
	}
	l.failure.Store(nil)
	l.working.Store(int64(workers - 1))
	helpers := t.helpers[:workers-1]
	for _, h := range helpers {
		h.offered.Store(true)
		if h.asleep.CompareAndSwap(true, false) {
			h.wake(t.cores)
		}
	}
	l.work(0)
	for _, h := range helpers { // who has not begun by now need not
		if h.offered.CompareAndSwap(true, false) {
			l.working.Add(-1)
		}
	}
	l.join()
	l.f, l.stopped = nil, nil
	if r := l.failure.Load(); r != nil {
		panic(*r)
	}
}

// join waits for the helpers: awake at first, then asleep, since one may need the caller's core.
func (l *loop) join() {
	for begin := time.Now(); time.Since(begin) < lookout; {
		for range 64 {
			if l.working.Load() == 0 {
				return
			}
		}
	}
	for l.working.Load() > 0 { // a helper that was late with the loop before may wake this one
		l.waiting.Store(true)
		if l.working.Load() == 0 && l.waiting.CompareAndSwap(true, false) {
			return
		}
		<-l.done
	}
}

// work does share i of the loop, then what is left of the others'.
func (l *loop) work(i int) {
	defer func() {
		if r := recover(); r != nil {
			l.failure.CompareAndSwap(nil, &r)
		}
	}()
	for k := range l.shares {
		s := &l.shares[(i+k)%len(l.shares)]
		for l.failure.Load() == nil && l.stopped() == nil {
			chunk := s.take(k == 0)
			if chunk < 0 {
				break
			}
			lo := chunk * l.grain
			l.f(lo, min(lo+l.grain, l.n))
		}
	}
}
