package geometry

import (
	"math"
	"testing"
)

// E8 on features_clip.npy, batches of 50. Rows of s = 30 and 10 are our own values,
// the rest reference values to 1e-3.
func TestShiftLandscape(t *testing.T) {
	a, b := features(t, "clip")
	s := must(NewSweep(a, b, 50, ShiftBoth))
	type bottom struct{ start, loss, delta, distance float64 }
	type turn struct{ loss, distance float64 }
	want := []struct {
		scale    float64
		i2t, sym bottom
		fine     turn
		max, min *turn
	}{
		{100, bottom{.52316, .52316, 0, .8514}, bottom{.56602, .56602, 0, .8514}, turn{.56596, .868}, &turn{2.8470, -.8876}, &turn{1.4515, -1.6973}},
		{50, bottom{.64862, .63024, .25, .6315}, bottom{.66970, .66455, .25, .6315}, turn{.65490, .732}, &turn{1.8876, -.8876}, &turn{1.7580, -1.4482}},
		{30, bottom{1.08068, .99856, .25, .6315}, bottom{1.08922, 1.01376, .25, .6315}, turn{1.00980, .5661}, nil, nil},
		{20, bottom{1.64287, 1.49414, .5, .3831}, bottom{1.64373, 1.49397, .5, .3831}, turn{1.49314, .424}, nil, nil},
		{10, bottom{2.59768, 2.43097, .75, .1149}, bottom{2.59599, 2.42268, .75, .1149}, turn{2.41900, .2142}, nil, nil},
		{1, bottom{3.76759, 3.73754, .75, .1149}, bottom{3.76756, 3.73737, .75, .1149}, turn{3.73696, .017}, nil, nil},
	}
	i2t := s.Landscape(LogitScales(), DeltaGrid(), AToB)
	sym := s.Landscape(LogitScales(), DeltaGrid(), Symmetric)
	for k, w := range want {
		for _, c := range []struct {
			curve Curve
			want  bottom
		}{{i2t[k], w.i2t}, {sym[k], w.sym}} {
			m := c.curve.Minimum()
			near(t, "logit scale", c.curve.LogitScale, w.scale, 0)
			near(t, "delta of no shift", c.curve.Delta[20], 0, 0)
			near(t, "default loss", c.curve.Loss[20], c.want.start, 1e-3)
			near(t, "least loss", c.curve.Loss[m], c.want.loss, 1e-3)
			near(t, "its delta", c.curve.Delta[m], c.want.delta, 0)
			near(t, "its distance", c.curve.Distance[m], c.want.distance, 1e-3)
		}
		o := s.Optimum(sym[k], Symmetric)
		near(t, "fine optimum", o.Loss, w.fine.loss, 1e-3)
		near(t, "its distance", o.Distance, w.fine.distance, 1e-2)
		checkTurns(t, "maxima", sym[k], sym[k].LocalMaxima(), w.max != nil, func() (float64, float64) { return w.max.loss, w.max.distance })
		checkTurns(t, "minima", sym[k], sym[k].LocalMinima(), w.min != nil, func() (float64, float64) { return w.min.loss, w.min.distance })
	}
}

func checkTurns(t *testing.T, what string, c Curve, at []int, some bool, want func() (float64, float64)) {
	t.Helper()
	if (len(at) == 1) != some || len(at) > 1 {
		t.Errorf("s = %g: %d other local %s", c.LogitScale, len(at), what)
		return
	}
	if some {
		loss, dist := want()
		near(t, what+": loss", c.Loss[at[0]], loss, 1e-3)
		near(t, what+": distance", c.Distance[at[0]], dist, 1e-3)
	}
}

func TestShiftDistances(t *testing.T) {
	a, b := features(t, "clip")
	s := must(NewSweep(a, b, 50, ShiftBoth))
	delta := []float64{-5, -4, -3, -2, -1, -.75, -.5, -.25, 0, .25, .5, .75, 1, 1.25, 1.5, 2, 3, 4, 4.75}
	dist := []float64{1.9108, 1.8739, 1.8101, 1.6883, 1.4294, 1.3245, 1.1958, 1.0392, .8514, .6315, .3831, .1149, -.1605, -.4270, -.6721, -1.0707, -1.5304, -1.7348, -1.8147}
	at100 := []float64{2.5210, 2.0896, 1.5607, 1.0939, .8201, .7513, .6730, .5989, .5660, .6306, .8736, 1.3495, 1.9506, 2.5001, 2.8167, 2.6633, 1.6477, 1.4820, 1.7337}
	at1 := []float64{3.8964, 3.8902, 3.8798, 3.8609, 3.8252, 3.8125, 3.7983, 3.7830, 3.7676, 3.7535, 3.7428, 3.7374, 3.7383, 3.7454, 3.7571, 3.7869, 3.8386, 3.8680, 3.8805}
	for i, d := range delta {
		near(t, "distance", s.Distance(d), dist[i], 1e-4)
		near(t, "distance along u", s.DistanceAlongGap(d), dist[i], 1e-4)
		near(t, "loss at 100", s.Loss(d, 100, Symmetric), at100[i], 1e-4)
		near(t, "loss at 1", s.Loss(d, 1, Symmetric), at1[i], 1e-4)
		// The sweep against the rows themselves, shifted.
		x, y, err := Shift(a, b, s.u, d, ShiftBoth)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "gap of shifted rows", must(CentroidGap(x, y)).Distance, math.Abs(s.Distance(d)), 1e-12)
		near(t, "loss of shifted rows", must(InfoNCE(x, y, 100, Symmetric, 50)), s.Loss(d, 100, Symmetric), 1e-11)
	}
	// get_gap_stats, second variant: images alone, by the whole delta.
	first := must(NewSweep(a, b, 50, ShiftFirst))
	for d, want := range map[float64]float64{-1: 1.2858, -.75: 1.2274, -.5: 1.1442, -.25: 1.0237, -.2: .9938, 0: .8514, .25: .6206, .5: .3519, .75: .0929} {
		near(t, "images alone", first.DistanceAlongGap(d), want, 1e-4)
	}
	near(t, "lambda", LambdaOfDelta(DeltaOfLambda(0.3, 0.8), 0.8), 0.3, 1e-15)
}

// InfoNCE over all pairs at s = 100, 50, 30, 20, 10, 1. convirt, clasp and the random
// files but clip's are our own values.
func TestWholeFileInfoNCE(t *testing.T) {
	for name, want := range map[string][6]float64{
		"clip":             {1.80089, 2.08844, 2.93465, 3.74436, 4.84790, 6.06762},
		"clip_random":      {8.40213, 6.76003, 6.40215, 6.29307, 6.23052, 6.21410},
		"videoclip":        {2.98720, 2.81290, 3.19333, 3.54560, 4.01635, 4.54099},
		"videoclip_random": {7.51560, 5.39199, 4.87923, 4.71934, 4.62736, 4.60419},
		"convirt":          {17.74840, 9.93510, 7.32813, 6.35174, 5.79456, 6.08404},
		"convirt_random":   {6.76891, 6.35943, 6.26759, 6.23849, 6.22082, 6.21471},
		"clasp":            {9.76858, 6.21326, 5.15584, 4.79758, 4.60991, 4.59005},
		"clasp_random":     {4.59528, 4.59516, 4.59514, 4.59513, 4.59512, 4.59512},
	} {
		a, b := features(t, name)
		for k, s := range LogitScales() {
			near(t, name, must(InfoNCE(a, b, s, Symmetric, 0)), want[k], 2e-5)
		}
	}
}

func TestInfoNCEIdentities(t *testing.T) {
	same := Zeros(7, 3)
	for i := range same.N {
		same.Row(i)[0] = 1
	}
	near(t, "identical embeddings", must(InfoNCE(same, same, 100, Symmetric, 0)), math.Log(7), 1e-12)
	x, y := cloud(40, 6, 1), cloud(40, 6, 2)
	near(t, "symmetric", must(InfoNCE(x, y, 9, Symmetric, 8)),
		(must(InfoNCE(x, y, 9, AToB, 8))+must(InfoNCE(x, y, 9, BToA, 8)))/2, 1e-12)
	near(t, "directions mirror", must(InfoNCE(x, y, 9, AToB, 0)), must(InfoNCE(y, x, 9, BToA, 0)), 1e-12)
	if v := must(InfoNCE(x, y, 1e6, Symmetric, 0)); math.IsNaN(v) || math.IsInf(v, 0) {
		t.Errorf("loss at logit scale 1e6 is %v", v)
	}
}

// The amendment of Section 4.4. Only clip's gap and matched cosine are published.
func TestProcrustes(t *testing.T) {
	for name, want := range map[string][2]float64{
		"clip": {0.01326, 0.85557}, "clip_random": {0.01166, 0.73012},
	} {
		a, b := features(t, name)
		w := must(Procrustes(a, b))
		y := must(Rotate(b, w))
		near(t, name+" gap", must(CentroidGap(a, y)).Distance, want[0], 1e-4)
		near(t, name+" matched", must(MatchedCosine(a, y)), want[1], 1e-4)
		near(t, "rotation keeps cosines", must(WithinCosine(y)), must(WithinCosine(b)), 1e-12)
	}
}
