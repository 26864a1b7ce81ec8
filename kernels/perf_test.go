package kernels

import (
	"os"
	"strings"
	"testing"
	"time"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

func TestPerfRows(t *testing.T) {
	want := os.Getenv("PERF")
	if want == "" {
		t.Skip()
	}
	d, err := engine.Open("gl")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, s := range Table {
		if !strings.Contains(s.Info().Name, want) {
			continue
		}
		c := d.Caps()
		for _, v := range s.Info().Variants {
			for _, p := range s.TestCases() {
				if !s.CanRun(v.Name, p, &c) || !strings.Contains(v.Name+" "+s.Describe(p), os.Getenv("CASE")) {
					continue
				}
				one := &enginetestOne{s, p}
				start := time.Now()
				d.Force(s.Info().Name, v.Name)
				one.run(d)
				t.Logf("%s %s %s first %v", s.Info().Name, v.Name, s.Describe(p), time.Since(start))
				start = time.Now()
				one.run(d)
				t.Logf("    again %v", time.Since(start))
				d.Force(s.Info().Name, "")
			}
		}
	}
	_ = enginetest.Verify
}

type enginetestOne struct {
	s engine.Spec
	p any
}

func (o *enginetestOne) run(d *engine.Device) {
	sc := d.Scope()
	defer sc.Close()
	var ts []*engine.Tensor
	for i, n := range o.s.SizeOf(o.p) {
		t := sc.New(o.s.Info().Bufs[i].Type, n)
		if o.s.Info().Bufs[i].Access.Reads() {
			t.Zero()
		}
		ts = append(ts, t)
	}
	o.s.Launch(o.p, ts...)
	d.Sync()
}
