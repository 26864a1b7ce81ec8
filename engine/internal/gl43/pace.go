//go:build cgo && !nogl && !darwin

package gl43

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A dispatch cannot be taken back, a display waits for it, and a watchdog ends it after
// one or two seconds. So long launches are cut into pieces of about this length.
const (
	pieceTime = 100e-3 // seconds of a piece
	blindTime = 12e-3  // of the first, while the program's speed is a guess
)

// pace is what is known of a program's speed: seconds per unit of work (a flop or a byte).
type pace struct {
	perUnit float64
	known   bool
	ran     bool // the driver's own compilation, at the first dispatch, is over
}

// newPace guesses low, 1 Gunit/s on a processor and 200 on a GPU: too many pieces cost
// microseconds, too few a watchdog's kill.
func newPace(software bool) pace {
	if software {
		return pace{perUnit: 1e-9}
	}
	return pace{perUnit: 1 / 200e9}
}

// seen takes a measurement. Slower is believed at once, faster by half.
func (p *pace) seen(units, seconds float64) {
	if units <= 0 || seconds <= 0 {
		return
	}
	now := seconds / units
	if p.known && now < p.perUnit {
		now = (now + p.perUnit) / 2
	}
	p.perUnit, p.known = now, true
}

// unknownWork is the work of one group of a launch that does not tell: a guess.
const unknownWork = 1e5

// pieces dispatches a launch whole, or in pieces with at most two in flight, asking Stop
// between them.
func (c *Context) pieces(l *Launch) error {
	p := l.Program
	perGroup := unknownWork
	if l.Work > 0 {
		perGroup = l.Work / float64(l.Groups)
	}
	whole := blindTime
	if p.pace.known {
		whole = pieceTime
	}
	if perGroup*float64(l.Groups)*p.pace.perUnit <= whole {
		start := time.Now()
		err := c.dispatch(p, 0, l.Groups)
		if c.blocks && p.pace.ran {
			p.pace.seen(perGroup*float64(l.Groups), time.Since(start).Seconds())
		}
		p.pace.ran = true
		return err
	}
	goal := blindTime
	for first := 0; first < l.Groups; {
		if first > 0 && l.Stop != nil {
			if err := l.Stop(); err != nil {
				return err
			}
		}
		n := cut(l.Groups-first, goal/(perGroup*p.pace.perUnit))
		if err := c.piece(p, first, n, float64(n)*perGroup); err != nil {
			return err
		}
		first += n
		goal = min(2*goal, pieceTime)
	}
	return nil
}

// cut is the number of groups of the next piece, of rest that are left, where about n would
// take the time wanted. It leaves no crumb for the last.
func cut(rest int, n float64) int {
	if n >= 0.8*float64(rest) {
		return rest
	}
	return max(int(n), 1)
}

// piece is one dispatch of a long launch, with a fence behind it.
type piece struct {
	fence   uintptr
	program *Program
	units   float64
	start   time.Time
	timed   bool // nothing but the piece before it can delay it
}

// piece dispatches a part of a launch, hands it to the device and waits until no more than
// it and the one before are in flight.
func (c *Context) piece(p *Program, first, n int, units float64) error {
	now := piece{program: p, units: units, start: time.Now(), timed: p.pace.ran && (first > 0 || c.blocks)}
	p.pace.ran = true
	if err := c.dispatch(p, first, n); err != nil {
		return err
	}
	now.fence = gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
	gl.Flush()
	if c.blocks {
		now.done(time.Now())
		return nil
	}
	c.flight = append(c.flight, now)
	for len(c.flight) >= 2 {
		waited, err := c.await(c.flight[0].fence)
		if err != nil {
			return err
		}
		end := time.Now()
		c.flight[0].timed = c.flight[0].timed && waited
		c.flight[0].done(end)
		c.flight = c.flight[1:]
		if len(c.flight) > 0 && c.flight[0].start.Before(end) {
			c.flight[0].start = end // the device began it when it was done with the last
		}
	}
	return nil
}

// done records a finished piece and drops its fence.
func (q *piece) done(end time.Time) {
	if q.timed {
		q.program.pace.seen(q.units, end.Sub(q.start).Seconds())
	}
	gl.DeleteSync(q.fence)
}

// await waits for a fence; waited says that it was not already reached.
func (c *Context) await(fence uintptr) (waited bool, err error) {
	for {
		switch gl.ClientWaitSync(fence, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(time.Second)) {
		case gl.ALREADY_SIGNALED:
			return waited, nil
		case gl.CONDITION_SATISFIED:
			return true, nil
		case gl.WAIT_FAILED:
			if err := c.Err(); err != nil {
				return false, err
			}
			return false, ErrLost
		}
		waited = true
		if c.reset != nil && c.reset() != gl.NO_ERROR {
			return false, ErrLost
		}
	}
}

// drain forgets the pieces in flight, which are done or no longer matter.
func (c *Context) drain() {
	for _, q := range c.flight {
		gl.DeleteSync(q.fence)
	}
	c.flight = c.flight[:0]
}
