package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Exact powers are found exactly, over the upper decade alone.
func TestFitSlope(t *testing.T) {
	var n, y []float64
	for x := 64.; x <= 131072; x *= 2 {
		n = append(n, x)
		y = append(y, 3e-9*x*x)
	}
	y[0], y[3] = 1, 7 // small N, of another law
	s := FitSlope(n, y)
	require.InDelta(t, 2, s.Power, 1e-9)
	require.InDelta(t, 2, s.Lo, 1e-6)
	require.InDelta(t, 2, s.Hi, 1e-6)
	require.Equal(t, 4, s.Points)
	require.Equal(t, []float64{16384, 131072}, []float64{s.From, s.To})
	require.Equal(t, "2.00 (2.00 .. 2.00)", s.String())
}

// A fit by hand: log y - log N = 0, h, 0 at three points whose logs are l apart has slope 1 (the middle
// does not turn the line), residuals -h/3, 2h/3, -h/3 and spread 2 l^2, so that the standard error is
// h sqrt(2/3) / (l sqrt 2) = h / (l sqrt 3); t at 97.5 % with one degree of freedom is 12.7062.
func TestFitSlopeInterval(t *testing.T) {
	const h = 0.05
	s := FitSlope([]float64{100, 200, 400}, []float64{100, 200 * math.Exp(h), 400})
	half := 12.7062 * h / (math.Ln2 * math.Sqrt(3))
	require.InDelta(t, 1, s.Power, 1e-12)
	require.InDelta(t, 1-half, s.Lo, 1e-4)
	require.InDelta(t, 1+half, s.Hi, 1e-4)
	require.Equal(t, Slope{}, FitSlope([]float64{1, 2, 4}, []float64{1, 0, 4}), "two points are no slope")
	require.Equal(t, Slope{}, FitSlope(nil, nil))
	require.Equal(t, "-", Slope{}.String())
}

func TestGrowthOnHost(t *testing.T) { growth(t, "host") }

func TestGrowthOnGL(t *testing.T) {
	needGL(t)
	growth(t, "gl")
}

// A tiny run has every series and every field, and gives all memory back.
func growth(t *testing.T, name string) {
	d, err := engine.Open(name)
	require.NoError(t, err)
	defer d.Close()
	last, told := 0.0, 0
	r, err := Growth(t.Context(), d, GrowthOptions{Width: 16, Most: 512}, tiny, func(what string, done float64) {
		require.NotEmpty(t, what)
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, 1.)
		last = done
		told++
	})
	require.NoError(t, err)
	require.Zero(t, d.Memory().Live)
	require.InDelta(t, 1, last, 1e-9)
	require.Len(t, r.Series, len(tasks))
	points := 0
	for _, s := range r.Series {
		require.Empty(t, s.Stopped)
		require.Equal(t, 512, s.Rows[len(s.Rows)-1].N)
		points += len(s.Rows)
		for _, x := range s.Rows {
			require.Positive(t, x.Seconds.Median)
			require.Positive(t, x.Launches)
			require.Positive(t, x.Device, "%s, N = %d", s.Name, x.N)
			require.GreaterOrEqual(t, x.Extra, x.Device)
			require.Positive(t, x.Percent)
		}
		require.GreaterOrEqual(t, s.TimeSlope.Points, 3)
	}
	require.Equal(t, 2+points, told)
	held := r.Series[len(r.Series)-1]
	require.Equal(t, "held", held.Name)
	require.GreaterOrEqual(t, held.Rows[2].Device, int64(4*512*512), "N x N numbers are held")
	data, err := json.Marshal(r)
	require.NoError(t, err)
	for _, field := range []string{"roofline", "load", "busy", "width", "series", "time_expected", "time_slope", "memory_slope", "n", "seconds", "gflops", "percent_of_roofline", "extra_bytes", "launches"} {
		require.Contains(t, string(data), `"`+field+`":`)
	}
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	require.Contains(t, text.String(), "histogram of all pairs")
	require.Contains(t, md.String(), "| mean cosine, N x N matrix held | 512 |")
}

// A series ends before a run that is too long, or too large, and says so.
func TestGrowthRefuses(t *testing.T) {
	d, err := engine.Open("host", engine.WithMemory(1<<20))
	require.NoError(t, err)
	defer d.Close()
	held := tasks[len(tasks)-1]
	require.Contains(t, held.refuse(d, 1024, GrowthOptions{Width: 16}, nil), "more than half of the device's memory")
	before := []GrowthRow{{N: 1000, Seconds: Interval{Median: 2}}}
	square := task{cost: func(n, width int) engine.Cost { return engine.Cost{Flops: float64(n * n)} }, memory: rowsOf(1)}
	require.Equal(t, "a run of N = 2000 would take 8 s, more than the limit of 5 s", square.refuse(d, 2000, GrowthOptions{Limit: 5e9}, before))
	require.Empty(t, square.refuse(d, 2000, GrowthOptions{Limit: 9e9}, before))
	require.Empty(t, square.refuse(d, 2000, GrowthOptions{}, before))
}

// A device without memory for a point ends the series, not the benchmark, and works on.
func TestGrowthWithoutMemory(t *testing.T) {
	d, err := engine.Open("host", engine.WithMemory(1<<20))
	require.NoError(t, err)
	defer d.Close()
	held := tasks[len(tasks)-1]
	held.memory = func(int, int) int64 { return 0 }
	series := func() GrowthSeries {
		s, err := held.series(t.Context(), d, GrowthOptions{Width: 16, Most: 1024}, Roofline{}, tiny, func(int) {})
		require.NoError(t, err)
		return s
	}
	s := series()
	require.Equal(t, "the device has no room for N = 512", s.Stopped)
	require.Len(t, s.Rows, 2)
	require.Zero(t, d.Memory().Live)
	require.Len(t, series().Rows, 2, "once more")
}

func TestGrowthStops(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Growth(ctx, d, GrowthOptions{Width: 16, Most: 128}, tiny, func(string, float64) {})
	require.ErrorIs(t, err, context.Canceled)
}

// The note names the point from which on down all runs take at least twice the power's time.
func TestGrowthBends(t *testing.T) {
	s := GrowthSeries{Title: "sums", TimeExpected: 1}
	for i, seconds := range []float64{5, 5, 6, 9} {
		s.Rows = append(s.Rows, GrowthRow{N: 10 << i, Seconds: Interval{Median: seconds}, Launches: 2 + i})
	}
	require.True(t, strings.HasPrefix(s.bend(1), "Sums bends below N = 40: at N = 20 a run takes 5 s, where the power of N alone, from the largest N down, gives 2.25 s. Launches: 3, which take 3 s"), s.bend(1))
	s.TimeExpected = 0
	require.Empty(t, s.bend(1))
}
