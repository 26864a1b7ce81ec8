package kernels

import (
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"

	"mindgap/engine"
)

func TestSpeed(t *testing.T) {
	want := os.Getenv("SPEED")
	if want == "" {
		t.Skip()
	}
	dev := os.Getenv("DEV")
	if dev == "" {
		dev = "gl"
	}
	d, err := engine.Open(dev)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, s := range Table {
		if s.Info().Name != want {
			continue
		}
		for _, p := range s.BenchCases() {
			if !strings.Contains(s.Describe(p), os.Getenv("CASE")) {
				continue
			}
			size := s.SizeOf(p)
			b := make([][]float64, len(size))
			for i := range b {
				b[i] = make([]float64, size[i])
			}
			s.Fill(p, rand.New(rand.NewPCG(1, 1)), b)
			sc := d.Scope()
			var ts []*engine.Tensor
			for i, n := range size {
				x := sc.New(s.Info().Bufs[i].Type, n)
				if s.Info().Bufs[i].Type == engine.Float32 {
					f := make([]float32, n)
					for j := range f {
						f[j] = float32(b[i][j])
					}
					x.Write(f)
				} else {
					x.Zero()
				}
				ts = append(ts, x)
			}
			s.Launch(p, ts...)
			d.Sync()
			var r0, r1 syscall.Rusage
			syscall.Getrusage(0, &r0)
			recs, err := d.Trace(func() {
				for range 4 {
					s.Launch(p, ts...)
				}
			})
			if err != nil {
				t.Error(err)
			}
			syscall.Getrusage(0, &r1)
			cpu := float64(r1.Utime.Nano()+r1.Stime.Nano()-r0.Utime.Nano()-r0.Stime.Nano()) / 1e9 / 4
			t.Logf("cpu %.4g s, GFLOP/s on two cores of CPU time: %.3g best", cpu, 2*s.CostOf(p).Flops/cpu/1e9)
			best := 1e9
			for _, r := range recs {
				best = min(best, r.Seconds)
			}
			t.Logf("%s %s %s: best %.4gs of %d, %.3g GFLOP/s", s.Info().Name, recs[0].Variant, s.Describe(p), best, len(recs), s.CostOf(p).Flops/best/1e9)
			sc.Close()
		}
	}
}
