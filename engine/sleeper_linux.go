package engine

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sleeper is how a helper sleeps: on a thread of its own, which Linux wakes on another core than the
// caller's. Left to itself it may put it behind the caller, who goes on computing: without a picture of
// the caches, as in many virtual machines, it looks for no idle core, and for tens of milliseconds two
// threads were seen to share one of two.
type sleeper struct {
	word   uint32       // 1: woken
	thread atomic.Int64 // 0: it has not begun
}

func newSleeper() *sleeper { return new(sleeper) }

// begin is called by the helper before anything else.
func (s *sleeper) begin() {
	runtime.LockOSThread() // never unlocked: the thread ends with the helper, and its cores with it
	s.thread.Store(int64(unix.Gettid()))
}

// FUTEX_WAIT and FUTEX_WAKE of linux/futex.h, for this process alone.
const (
	futexWait = 0 | 128
	futexWake = 1 | 128
)

// sleep returns when somebody has called wake since the last sleep.
func (s *sleeper) sleep() {
	for !atomic.CompareAndSwapUint32(&s.word, 1, 0) {
		_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&s.word)), futexWait, 0, 0, 0, 0)
	}
}

// wake wakes the helper, or keeps it from its next sleep. cores are those it may use.
func (s *sleeper) wake(cores *coreSet) {
	cores.leave(int(s.thread.Load()))
	atomic.StoreUint32(&s.word, 1)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&s.word)), futexWake, 1, 0, 0, 0)
}

// coreSet is the set of cores of this process.
type coreSet struct {
	all   unix.CPUSet
	count int
}

// newCoreSet asks which cores there are. When nobody knows, threads are left where they are.
func newCoreSet() *coreSet {
	var c coreSet
	if unix.SchedGetaffinity(0, &c.all) == nil {
		c.count = c.all.Count()
	}
	return &c
}

// leave moves a thread off its caller's core.
func (c *coreSet) leave(thread int) {
	var here uint32
	if c.count < 2 || thread == 0 {
		return
	}
	if _, _, e := syscall.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&here)), 0, 0); e != 0 || !c.all.IsSet(int(here)) {
		return
	}
	others := c.all
	others.Clear(int(here))
	_ = unix.SchedSetaffinity(thread, &others) // it only makes a wait shorter
}
