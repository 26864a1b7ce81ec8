package engine

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A helper that is woken may run on every core but its caller's, and a wake that comes before the sleep is
// not lost.
func TestWakeLeavesTheCallersCore(t *testing.T) {
	cores := newCoreSet()
	if cores.count < 2 {
		t.Skip("one core: there is none to leave for")
	}
	s := newSleeper()
	awake, next := make(chan unix.CPUSet), make(chan struct{})
	go func() {
		s.begin()
		for range next {
			s.sleep()
			var now unix.CPUSet
			_ = unix.SchedGetaffinity(0, &now)
			awake <- now
		}
		close(awake)
	}()
	for _, early := range []bool{false, true} {
		next <- struct{}{}
		if !early {
			time.Sleep(5 * time.Millisecond) // asleep by now, most likely
		}
		s.wake(cores)
		now := <-awake
		require.Equal(t, cores.count-1, now.Count())
	}
	close(next)
	<-awake
	var mine unix.CPUSet
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	require.NoError(t, unix.SchedGetaffinity(0, &mine))
	require.Equal(t, cores.all, mine, "other threads keep all cores")
}
