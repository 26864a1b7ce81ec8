//go:build !linux

package engine

// sleeper is how a helper sleeps.
type sleeper struct{ woken chan struct{} }

func newSleeper() *sleeper { return &sleeper{make(chan struct{}, 1)} }

// begin is called by the helper before anything else.
func (s *sleeper) begin() {}

// sleep returns when somebody has called wake since the last sleep.
func (s *sleeper) sleep() { <-s.woken }

// wake wakes the helper, or keeps it from its next sleep.
func (s *sleeper) wake(*coreSet) {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// coreSet is the set of cores of this process, where a thread's can be chosen.
type coreSet struct{}

func newCoreSet() *coreSet { return nil }
