//go:build cgo && !nogl && !darwin

package gl43

import (
	"math"
	"testing"
)

func TestProbe(t *testing.T) {
	c := open(t, true)
	p, err := c.Probe()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p)
	m := p.Math
	for name, v := range map[string]float64{"exp": m.Exp, "log": m.Log, "sin": m.Sin, "cos": m.Cos, "sqrt": m.Sqrt, "div": m.Div} {
		// A correct rounding is 1 u, which the margin makes 2.5; 2^14 u would be 3 digits.
		if !(v >= 1 && v < 1<<14) {
			t.Errorf("%s: an error of %v u", name, v)
		}
	}
	if m.Tiny != 0x1p-149 && m.Tiny != 0x1p-126 {
		t.Errorf("tiny is %v", m.Tiny)
	}
	if math.IsNaN(m.Exp) {
		t.Error("exp gives NaN within its range")
	}
}

// The loop budget is what a loop shows: a loop within it counts right, and where there is
// one, a loop beyond it does not.
func TestLoopBudget(t *testing.T) {
	c := open(t, false)
	probed, err := c.Probe()
	if err != nil {
		t.Fatal(err)
	}
	p := build(t, c, head+`layout(std430, binding = 0) buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint n; };
void main() { uint s = 1u; for (uint k = 0u; k < n; k++) s = s * 1664525u + 1013904223u; y[0] = s; }`,
		[]Buf{{"y", Uint, false}}, []Field{{"n", Uint, 0}})
	y := buffer(t, c, 1)
	run := func(n int) bool {
		if err := c.Run(&Launch{Program: p, Params: words(uint32(n)), Groups: 1, Writes: true, Binds: []Bind{y}}); err != nil {
			t.Fatal(err)
		}
		want := uint32(1)
		for range n {
			want = want*1664525 + 1013904223
		}
		return read(t, c, y)[0] == want
	}
	if b := probed.LoopBudget; b == 0 {
		if !run(200_000) {
			t.Error("no budget was seen, and a loop of 200000 ends early")
		}
	} else if !run(b) || run(b+1) {
		t.Errorf("budget %d: a loop of that length is right: %v; one longer: %v", b, run(b), run(b+1))
	}
}

func TestLoopBudgetOfState(t *testing.T) {
	s := uint32(1)
	for range 1234 {
		s = s*1664525 + 1013904223
	}
	if got := loopBudget(s); got != 1234 {
		t.Errorf("got %d", got)
	}
}
