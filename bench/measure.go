package bench

import (
	"context"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"mindgap/engine"
)

// Contestant is something to time. Run does the work `times` times and waits until it is
// done.
type Contestant struct {
	Name string
	Run  func(times int) error
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

// everyVariant lists the variants of a kernel that can run p on a device; on host there is one
// form.
func everyVariant(d *engine.Device, k engine.Spec, p any, ts ...*engine.Tensor) (list []Contestant) {
	caps := d.Caps()
	if caps.Kind == "host" {
		return []Contestant{onDevice("host", d, func() { k.Launch(p, ts...) })}
	}
	name := k.Info().Name
	for _, v := range k.Info().Variants {
		if k.CanRun(v.Name, p, &caps) && texelsFit(&caps, k, v, p) {
			c := onDevice(v.Name, d, func() { k.Launch(p, ts...) })
			list = append(list, Contestant{v.Name, func(times int) error {
				d.Force(name, v.Name)
				defer d.Force(name, "")
				return c.Run(times)
			}})
		}
	}
	return list
}

// texelsFit says whether the buffers that a variant reads as texels are no larger than the device
// reads so.
func texelsFit(c *engine.Caps, k engine.Spec, v engine.VariantInfo, p any) bool {
	size := k.SizeOf(p)
	for i, b := range k.Info().Bufs {
		if slices.Contains(v.Texel, b.Name) && int64(size[i]) > 4*c.MaxTexels {
			return false
		}
	}
	return true
}

// Limits say how long a measurement may take.
type Limits struct {
	Warm   time.Duration // warm-up of each contestant
	Round  time.Duration // aim of one round of one contestant
	Rounds int           // rounds, less when Budget is spent, but at least 3
	Budget time.Duration // per contestant
}

// Quick and Thorough are the usual limits.
var (
	Quick    = Limits{Warm: 30 * time.Millisecond, Round: 10 * time.Millisecond, Rounds: 7, Budget: 200 * time.Millisecond}
	Thorough = Limits{Warm: 200 * time.Millisecond, Round: 50 * time.Millisecond, Rounds: 15, Budget: 2 * time.Second}
)

// Measure times contestants in interleaved rounds and gives, for each, the seconds of one
// run. Contestants are warmed up by time; a round repeats a short run until it is long
// enough for the clock. A contestant whose single run goes beyond the budget is timed twice,
// its warm-up being the first.
func Measure(ctx context.Context, l Limits, list ...Contestant) ([]Interval, error) {
	times, rounds := make([]int, len(list)), make([]int, len(list))
	samples := make([][]float64, len(list))
	most := 0
	for i, c := range list {
		one, err := warm(ctx, l, c)
		if err != nil {
			return nil, err
		}
		times[i] = int(min(max(1, l.Round.Seconds()/one), 1e6))
		rounds[i] = min(l.Rounds, max(3, int(l.Budget.Seconds()/(one*float64(times[i])))))
		if one > l.Budget.Seconds() {
			samples[i], rounds[i] = []float64{one}, 1
		}
		most = max(most, rounds[i])
	}
	for r := range most {
		for j := range list {
			i := (r + j) % len(list) // no contestant always follows the same other
			if r >= rounds[i] {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			start := time.Now()
			if err := list[i].Run(times[i]); err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], time.Since(start).Seconds()/float64(times[i]))
		}
	}
	out := make([]Interval, len(list))
	for i, s := range samples {
		out[i] = Median(s)
	}
	return out, nil
}

// warm runs a contestant for a while and gives the seconds of one of its last runs.
func warm(ctx context.Context, l Limits, c Contestant) (float64, error) {
	for begin, times := time.Now(), 1; ; times = min(2*times, 1<<16) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		start := time.Now()
		if err := c.Run(times); err != nil {
			return 0, err
		}
		if time.Since(begin) >= l.Warm {
			return max(time.Since(start).Seconds()/float64(times), 1e-9), nil
		}
	}
}

// Interval is a median with its 95 % confidence interval.
type Interval struct {
	Median float64 `json:"median"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
	Rounds int     `json:"rounds"`
}

// Median gives the median of samples and its 95 % confidence interval by order statistics:
// the number of samples below the true median follows a binomial law, whatever the law of
// the samples. With fewer than six samples it is the whole range, and covers less.
func Median(samples []float64) Interval {
	s := slices.Sorted(slices.Values(samples))
	n := len(s)
	if n == 0 {
		return Interval{Median: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	}
	k := 0 // the largest rank with P(fewer than k+1 samples lie below the median) <= 2.5 %
	law := distuv.Binomial{N: float64(n), P: 0.5}
	for k+1 < (n+1)/2 && law.CDF(float64(k)) <= 0.025 {
		k++
	}
	lo, hi := s[max(k-1, 0)], s[min(n-k, n-1)]
	return Interval{Median: (s[(n-1)/2] + s[n/2]) / 2, Lo: lo, Hi: hi, Rounds: n}
}
