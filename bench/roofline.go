package bench

import (
	"context"
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// Roofline is what a device can do at most, as measured: no kernel is faster than
// max(flops/GFlops, bytes/GBs).
type Roofline struct {
	GFlops   float64 `json:"gflops"`    // multiply-adds count two
	FlopsBy  string  `json:"flops_by"`  // the probe that reached it
	GBs      float64 `json:"gb_s"`      // copy, read and written bytes together
	LaunchUS float64 `json:"launch_us"` // one small launch in a long queue, microseconds

	MatmulGFlops float64 `json:"matmul_gflops"` // a 1024 x 1024 x 1024 product
}

// Seconds is the least time that a cost takes on the device.
func (r Roofline) Seconds(c engine.Cost) float64 {
	return max(c.Flops/(r.GFlops*1e9), c.Bytes/(r.GBs*1e9))
}

// Percent is the share of the roofline that a launch of a cost reached.
func (r Roofline) Percent(c engine.Cost, seconds float64) float64 {
	return 100 * r.Seconds(c) / seconds
}

// Sizes of the probes: 4 Mi floats are beyond most caches, and a second of work for none.
const (
	copyFloatsN = 1 << 23
	chainN      = 1 << 18
	chainSteps  = 1024
	gemmN       = 512
)

// MeasureRoofline times the probes on a device, within about a second.
func MeasureRoofline(ctx context.Context, d *engine.Device, l Limits) (Roofline, error) {
	s := d.Scope()
	defer s.Close()
	x := s.Upload(randomFloats(copyFloatsN), copyFloatsN)
	y := s.Floats(copyFloatsN)
	chain := MultiplyAddParams{chainN, chainSteps}
	small := CopyParams{4}
	list := []Contestant{
		onDevice("multiply-add", d, func() { multiplyAdd.Run(chain, y.Slice(0, 0, chainN), x.Slice(0, 0, chainN)) }),
		onDevice("copy", d, func() { copyFloats.Run(CopyParams{copyFloatsN}, y, x) }),
		onDevice("launch", d, func() { copyFloats.Run(small, y.Slice(0, 0, 4), x.Slice(0, 0, 4)) }),
	}
	if d.Caps().Kind == "host" {
		b, err := lend(d)
		if err != nil {
			return Roofline{}, err
		}
		a, c := randomFloats(gemmN*gemmN), make([]float32, gemmN*gemmN)
		list = append(list, Contestant{b.Name() + " sgemm", func(times int) error {
			for range times {
				sgemm(b, gemmN, c, a, a)
			}
			return nil
		}})
	}
	got, err := Measure(ctx, l, list...)
	if err != nil {
		return Roofline{}, err
	}
	r := Roofline{
		GFlops: multiplyAdd.Cost(chain).Flops / got[0].Median / 1e9, FlopsBy: list[0].Name,
		GBs:      8 * copyFloatsN / got[1].Median / 1e9,
		LaunchUS: got[2].Median * 1e6,
	}
	if len(got) > 3 {
		if g := 2 * math.Pow(gemmN, 3) / got[3].Median / 1e9; g > r.GFlops {
			r.GFlops, r.FlopsBy = g, list[3].Name
		}
	}
	return r, nil
}

// onDevice times launches: queued one after the other, then waited for.
func onDevice(name string, d *engine.Device, queue func()) Contestant {
	return Contestant{name, func(times int) error {
		for range times {
			queue()
		}
		return d.Sync()
	}}
}

// randomFloats are normal numbers, none of them zero, the same at every call.
func randomFloats(n int) []float32 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	out := make([]float32, n)
	for i := range out {
		for out[i] == 0 {
			out[i] = float32(r.NormFloat64())
		}
	}
	return out
}
