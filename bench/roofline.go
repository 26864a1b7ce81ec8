package bench

import (
	"context"
	"math"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels"
)

// Roofline is what a device can do at most, as measured: no kernel is faster than
// max(flops/GFlops, bytes/GBs).
type Roofline struct {
	GFlops   float64 `json:"gflops"`    // multiply-adds count two
	FlopsBy  string  `json:"flops_by"`  // the probe that reached it
	GBs      float64 `json:"gb_s"`      // copy, read and written bytes together
	LaunchUS float64 `json:"launch_us"` // one small launch in a long queue, microseconds

	MatmulGFlops float64 `json:"matmul_gflops"` // a product of square matrices of 512 rows
}

// Seconds is the least time that a cost takes on the device.
func (r Roofline) Seconds(c engine.Cost) float64 {
	return max(c.Flops/(r.GFlops*1e9), c.Bytes/(r.GBs*1e9))
}

// Percent is the share of the roofline that a launch of a cost reached.
func (r Roofline) Percent(c engine.Cost, seconds float64) float64 {
	return 100 * r.Seconds(c) / seconds
}

// Sizes of the probes: twice 32 MiB are beyond most caches, and no probe takes a second.
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
	square := func(t *engine.Tensor, at int) *engine.Tensor {
		return t.Slice(0, at*gemmN*gemmN, (at+1)*gemmN*gemmN).Reshape(gemmN, gemmN)
	}
	list := []Contestant{
		onDevice("multiply-add", d, func() { multiplyAdd.Run(chain, y.Slice(0, 0, chainN), x.Slice(0, 0, chainN)) }),
		onDevice("copy", d, func() { copyFloats.Run(CopyParams{copyFloatsN}, y, x) }),
		onDevice("launch", d, func() { copyFloats.Run(small, y.Slice(0, 0, 4), x.Slice(0, 0, 4)) }),
		onDevice("matmul", d, func() { kernels.MatMul(square(y, 0), square(x, 0), square(x, 1)) }),
	}
	got, err := Measure(ctx, l, list...)
	if err != nil {
		return Roofline{}, err
	}
	r := Roofline{
		GFlops: multiplyAdd.Cost(chain).Flops / got[0].Median / 1e9, FlopsBy: list[0].Name,
		GBs:          8 * copyFloatsN / got[1].Median / 1e9,
		LaunchUS:     got[2].Median * 1e6,
		MatmulGFlops: 2 * math.Pow(gemmN, 3) / got[3].Median / 1e9,
	}
	if r.MatmulGFlops > r.GFlops { // the host's BLAS has wider registers than Go
		r.GFlops, r.FlopsBy = r.MatmulGFlops, list[3].Name
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
