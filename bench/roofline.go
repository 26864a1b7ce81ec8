package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"mindgap/engine"
	"mindgap/kernels"
)

// Roofline is what a device can do at most, as measured: no kernel is faster than
// max(flops/GFlops, bytes/bandwidth).
type Roofline struct {
	GFlops   float64 `json:"gflops"`    // multiply-adds count two
	FlopsBy  string  `json:"flops_by"`  // the probe that reached it
	GBs      float64 `json:"gb_s"`      // the better of copy and read
	CopyGBs  float64 `json:"copy_gb_s"` // read and written bytes together
	ReadGBs  float64 `json:"read_gb_s"` // sums of what is read, next to nothing written
	LaunchUS float64 `json:"launch_us"` // one small launch in a long queue, microseconds

	// Cached are the bandwidths of buffers that fit in caches, by rising size.
	Cached []Cached `json:"cached"`

	MatmulGFlops float64 `json:"matmul_gflops"` // a product of square matrices of 512 rows
}

// Cached is the better bandwidth of copy and read on buffers of so many bytes in all.
type Cached struct {
	Bytes float64 `json:"bytes"`
	GBs   float64 `json:"gb_s"`
}

// Seconds is the least time that a launch of a cost takes on the device. Its bytes are held to
// the bandwidth that buffers of that size have: those of the largest probe that is not larger.
func (r Roofline) Seconds(c engine.Cost) float64 {
	return max(c.Flops/(r.GFlops*1e9), c.Bytes/(r.bandwidth(c.Bytes)*1e9))
}

func (r Roofline) bandwidth(bytes float64) float64 {
	if len(r.Cached) == 0 || bytes >= memoryFrom {
		return r.GBs
	}
	best := r.Cached[0].GBs
	for _, c := range r.Cached {
		if c.Bytes <= bytes {
			best = c.GBs
		}
	}
	return max(best, r.GBs)
}

// Percent is the share of the roofline that a launch of a cost reached.
func (r Roofline) Percent(c engine.Cost, seconds float64) float64 {
	return 100 * r.Seconds(c) / seconds
}

// Better takes the better of two measurements of one device, figure by figure.
func (r Roofline) Better(o Roofline) Roofline {
	if o.GFlops > r.GFlops {
		r.GFlops, r.FlopsBy = o.GFlops, o.FlopsBy
	}
	r.CopyGBs, r.ReadGBs = max(r.CopyGBs, o.CopyGBs), max(r.ReadGBs, o.ReadGBs)
	r.GBs = max(r.CopyGBs, r.ReadGBs)
	r.LaunchUS = min(r.LaunchUS, o.LaunchUS)
	r.MatmulGFlops = max(r.MatmulGFlops, o.MatmulGFlops)
	r.Cached = slices.Clone(r.Cached) // of one length: they are of one device
	for i := range min(len(r.Cached), len(o.Cached)) {
		r.Cached[i].GBs = max(r.Cached[i].GBs, o.Cached[i].GBs)
	}
	return r
}

// String is the roofline in a line.
func (r Roofline) String() string {
	s := fmt.Sprintf("peak %.1f GFLOP/s (%s), copy %.1f GB/s, read %.1f GB/s, ", r.GFlops, r.FlopsBy, r.CopyGBs, r.ReadGBs)
	for _, c := range r.Cached {
		s += fmt.Sprintf("%.1f GB/s in %s, ", c.GBs, engine.Bytes(int64(c.Bytes)))
	}
	return s + fmt.Sprintf("%.1f us per launch", r.LaunchUS)
}

// probeSizes are the sizes of the probes on a device: buffers beyond its caches, work enough to
// fill it and to hide the launch, and none takes a second.
type probeSizes struct {
	floats       int // of a buffer
	chain, steps int // floats that go through multiply-adds, and how many
}

// cachedBytes are the sizes of buffers, in all, that are measured for caches; from memoryFrom on
// bytes come from memory.
var cachedBytes = []int{1 << 20, 8 << 20, 32 << 20}

const memoryFrom = 96 << 20

// gemmN is the size of the product of square matrices.
const gemmN = 512

func probeSizesFor(c engine.Caps) probeSizes {
	switch {
	case c.Kind == "host":
		return probeSizes{1 << 24, min(32*max(c.Cores, 1)*chainGrain, (1<<24)/chainGrain*chainGrain), 1024}
	case c.Software:
		return probeSizes{1 << 24, 84 * chainGrain, 1024}
	case c.MaxMemory < 2<<30:
		return probeSizes{1 << 24, 1024 * chainGrain, 4096}
	}
	return probeSizes{1 << 26, 2048 * chainGrain, 4096}
}

// MeasureRoofline times the probes on a device, within about a second or two. A ceiling is what
// the best of its probes reaches in its better rounds, the fast end of its interval: what slows
// a round down is not the device's limit. A product of matrices counts as arithmetic where it is
// faster than all probes: there are processors on which a library beats plain Go.
func MeasureRoofline(ctx context.Context, d *engine.Device, l Limits) (Roofline, error) {
	s := d.Scope()
	defer s.Close()
	list := probesOf(s, probeSizesFor(d.Caps()))
	contestants := make([]Contestant, len(list))
	for i := range list {
		contestants[i] = list[i].Contestant
	}
	// Of short rounds some are quick; there are many probes, and they are measured twice.
	l.Warm, l.Round, l.Budget = min(l.Warm, 50*time.Millisecond), min(l.Round, 10*time.Millisecond), min(l.Budget/2, 300*time.Millisecond)
	got, err := Measure(ctx, l, contestants...)
	if err != nil {
		return Roofline{}, err
	}
	best := func(of string) (rate float64, by string) { // in 1e9 a second
		for i, p := range list {
			if f := p.work / got[i].Lo / 1e9; p.of == of && f > rate {
				rate, by = f, of+", "+p.Name
			}
		}
		return rate, by
	}
	r := Roofline{LaunchUS: got[len(got)-1].Lo * 1e6}
	r.CopyGBs, _ = best("copy")
	r.ReadGBs, _ = best("read")
	r.GBs = max(r.CopyGBs, r.ReadGBs)
	for _, bytes := range cachedBytes {
		rate, _ := best(cachedProbe(bytes))
		r.Cached = append(r.Cached, Cached{float64(bytes), rate})
	}
	r.MatmulGFlops, _ = best("matmul")
	r.GFlops, r.FlopsBy = best("multiply-add")
	if r.MatmulGFlops > r.GFlops {
		r.GFlops, r.FlopsBy = r.MatmulGFlops, "matmul"
	}
	return r, nil
}

// probe is a way to come near one ceiling.
type probe struct {
	of   string
	work float64 // flops or bytes of a run
	Contestant
}

// probesOf lists the probes of the scope's device; the last is the launch of next to nothing.
func probesOf(s *engine.Scope, size probeSizes) (list []probe) {
	d := s.Device()
	x, y := s.Upload(repeatedFloats(size.floats), size.floats), s.Floats(size.floats)
	add := func(of string, work float64, c ...Contestant) {
		for _, c := range c {
			list = append(list, probe{of, work, c})
		}
	}
	move := CopyParams{int32(size.floats)}
	add("copy", copyFloats.Cost(move).Bytes, everyVariant(d, copyFloats, move, y, x)...)
	read := readOf(size.floats)
	add("read", readFloats.Cost(read).Bytes, everyVariant(d, readFloats, read, y, x)...)
	for _, bytes := range cachedBytes {
		move, read := CopyParams{int32(bytes / 8)}, readOf(bytes/4)
		add(cachedProbe(bytes), copyFloats.Cost(move).Bytes, onDevice("copy", d, func() { copyFloats.Run(move, y, x) }))
		add(cachedProbe(bytes), readFloats.Cost(read).Bytes, onDevice("read", d, func() { readFloats.Run(read, y, x) }))
	}
	chain := MultiplyAddParams{int32(size.chain), int32(size.steps)}
	ways := everyVariant(d, multiplyAdd, chain, y.Slice(0, 0, size.chain), x.Slice(0, 0, size.chain))
	if d.Caps().Kind == "host" {
		ways[0].Name = hostChains.name
	}
	add("multiply-add", multiplyAdd.Cost(chain).Flops, ways...)
	square := func(t *engine.Tensor, at int) *engine.Tensor {
		return t.Slice(0, at*gemmN*gemmN, (at+1)*gemmN*gemmN).Reshape(gemmN, gemmN)
	}
	add("matmul", 2*math.Pow(gemmN, 3), onDevice("", d, func() { kernels.MatMul(square(y, 0), square(x, 0), square(x, 1)) }))
	add("launch", 0, onDevice("", d, func() { copyFloats.Run(CopyParams{4}, y.Slice(0, 0, 4), x.Slice(0, 0, 4)) }))
	return list
}

// readOf sums so many floats in blocks of 64 rows.
func readOf(floats int) ReadParams { return ReadParams{int32(floats / (64 * readRow)), 64} }

func cachedProbe(bytes int) string { return fmt.Sprintf("%d bytes", bytes) }
