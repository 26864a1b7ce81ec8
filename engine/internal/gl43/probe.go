//go:build cgo && !nogl && !darwin

package gl43

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"time"
)

// Probed is what a context does, rather than what it says.
type Probed struct {
	LoopBudget int  // iterations one invocation may run in all; 0: none seen
	Subgroup   int  // Info.Subgroup where sums and maxima over subgroups came out right; else 0
	Timer      bool // time stamps agree with the clock
	Math       MathErrors
}

//go:embed probe.comp.glsl
var probeText string

// loopTurns is above the 65535 iterations after which Mesa 22.3 ends every loop without a
// word, and enough work to be timed.
const loopTurns = 70000

// Probe runs the self-tests. It takes some 10 ms and, where the driver has not compiled
// the shader before, its compilation.
func (c *Context) Probe() (Probed, error) {
	var out Probed
	p, err := c.Build("probe", probeText,
		[]Buf{{Name: "x", Type: Float}, {Name: "y", Type: Uint}},
		[]Field{{"mode", Uint, 0}, {"n", Uint, 4}})
	if err != nil {
		return out, fmt.Errorf("self-test: %w", err)
	}
	defer c.deleteProgram(p)
	in := mathInputs()
	const answers = (6*mathPoints + 2) * 4
	x, err := c.NewBuffer(int64(len(in)))
	if err != nil {
		return out, err
	}
	defer c.DeleteBuffer(x)
	y, err := c.NewBuffer(answers)
	if err != nil {
		return out, err
	}
	defer c.DeleteBuffer(y)
	c.Write(x, 0, in)
	run := func(mode, n uint32, groups int) error {
		params := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, mode), n)
		return c.Run(&Launch{Program: p, Params: params, Groups: groups, Work: 1, Writes: true, Binds: []Bind{
			{Buffer: x, Size: int64(len(in)), Len: int64(len(in))}, {Buffer: y, Size: answers, Len: answers}}})
	}
	if err := run(0, mathPoints, mathPoints/64); err != nil {
		return out, err
	}
	got := make([]byte, answers)
	if err := c.Read(y, 0, got); err != nil {
		return out, err
	}
	out.Math = mathErrors(in, got)

	if out.Subgroup, err = c.probeSubgroup(); err != nil {
		return out, err
	}
	loop := func() error { return run(1, loopTurns, 1) }
	start := time.Now()
	if err := loop(); err != nil {
		return out, err
	}
	queued := time.Since(start)
	if err := c.Read(y, 0, got[:4]); err != nil {
		return out, err
	}
	c.blocks = c.Software && queued > time.Since(start)*3/4
	out.LoopBudget = loopBudget(binary.LittleEndian.Uint32(got))
	// The clock sees a busy machine's pauses as well, so one miss is no proof; a stamp that
	// never moves, or a query that counts something else, misses every time.
	agree := 0
	for range 5 {
		start := time.Now()
		q, err := c.Query(loop)
		if err != nil {
			return out, err
		}
		wall := time.Since(start).Seconds()
		if q > wall/2 && q < 1.05*wall {
			agree++
		}
		if out.Timer = agree == 2; out.Timer {
			break
		}
	}
	return out, nil
}

// loopBudget tells from the generator's state how many turns were taken: 0 where it was
// all, else the number after which the driver stopped.
func loopBudget(state uint32) int {
	s, stopped := uint32(1), 65535
	for k := range loopTurns {
		if s == state {
			stopped = k
		}
		s = s*1664525 + 1013904223
	}
	if s == state {
		return 0
	}
	return stopped
}
