package geometry

import (
	"math"
	"testing"
)

// E4's table of the infinite-width recursion.
func TestMLPTheory(t *testing.T) {
	relu, linear := ActivationByName("relu"), ActivationByName("linear")
	for _, w := range []struct {
		act  *Activation
		v    float64
		want map[int]float64
	}{
		{relu, 1, map[int]float64{0: 0, 1: .319285, 2: .495916, 3: .608865, 4: .688025, 5: .748014, 6: .797306, 7: .841203, 8: .882242,
			9: .919619, 10: .950161, 11: .971658, 12: .984850, 13: .992196, 14: .996057, 15: .998025, 20: .999939, 25: .999998}},
		{relu, 1. / 3, map[int]float64{1: .318635, 2: .494462, 3: .606182, 5: .740111, 8: .854547, 10: .917423, 12: .967166, 15: .995094, 20: .999846, 25: .999995}},
		{relu, 0, map[int]float64{1: .318310, 2: .493731, 3: .604826, 4: .680954, 5: .735946, 6: .777229, 8: .834416, 10: .871536, 15: .923022, 20: .948428, 25: .962925}},
		{linear, 1, map[int]float64{25: .046555}},
		{linear, 1. / 3, map[int]float64{25: .016015}},
	} {
		s := MLPTheory(w.act, w.v, 512, 25)
		for k, want := range w.want {
			near(t, w.act.Name, s[k].Cosine, want, 1e-6)
		}
	}
	s := MLPTheory(relu, 1, 512, 25)
	for k, want := range map[int]float64{0: 512, 1: 256.5, 2: 128.75, 5: 16.97, 10: 1.499, 15: 1.0156} {
		near(t, "q", s[k].Square, want, 5e-3)
	}
	for k, want := range map[int]float64{1: .319950, 5: .748260, 10: .950210} {
		near(t, "full mean", FullMean(s[k].Cosine, 1024), want, 1e-6)
	}
	near(t, "linear, full", FullMean(MLPTheory(linear, 1, 512, 25)[25].Cosine, 1024), .047486, 1e-6)
}

// The theory of the other activations against E4's float32 Monte-Carlo at width 512
// (6 seeds, diagonal included): within 4 of its standard deviations plus its rounding.
func TestOtherActivationsFollowMonteCarlo(t *testing.T) {
	type point struct{ mean, sd float64 }
	for _, w := range []struct {
		name string
		v    float64
		want map[int]point
	}{
		{"sigmoid", 1, map[int]point{1: {.8526, .0005}, 2: {.9911, .0002}, 3: {.9995, .0001}}},
		{"leaky_relu", 1, map[int]point{1: {.3151, .0005}, 2: {.4932, .0084}, 5: {.7469, .018}, 10: {.9478, .004}}},
		{"tanh", 1, map[int]point{1: {.0028, .0002}, 2: {.0077, .0006}, 3: {.0156, .001}, 5: {.0421, .004}, 10: {.1526, .009}, 25: {.5925, .012}}},
		{"maxout", 1, map[int]point{1: {.3210, .002}, 2: {.4975, .013}, 10: {.8683, .011}, 25: {.9619, .006}}},
		{"gelu", 1, map[int]point{1: {.1905, .0004}, 2: {.2722, .007}, 3: {.3063, .020}, 5: {.4290, .019}, 8: {.9435, .006}, 10: {.9961, .0003}}},
		{"maxout", 1. / 3, map[int]point{1: {.3199, .002}, 25: {.9641, .008}}},
		{"tanh", 1. / 3, map[int]point{5: {.0145, .001}, 10: {.0527, .006}, 25: {.3109, .037}}},
		{"tanh", 0, map[int]point{25: {.0009, .0003}}},
	} {
		s := MLPTheory(ActivationByName(w.name), w.v, 512, 25)
		for k, p := range w.want {
			near(t, w.name, FullMean(s[k].Cosine, 1024), p.mean, 4*p.sd+1e-4)
		}
	}
}

// Our own values of the theory, diagonal included, where none are published.
func TestUnpublishedActivations(t *testing.T) {
	layers := []int{1, 2, 5, 10, 25}
	for _, w := range []struct {
		name string
		v    float64
		want [5]float64
	}{
		{"quick_gelu", 1, [5]float64{.190978, .272337, .424205, .996275, 1}},
		{"quick_gelu", 0, [5]float64{.189701, .268297, .309841, .310705, .310706}},
		{"elu", 1, [5]float64{.042698, .070925, .124977, .217264, .680956}},
		{"elu", 0, [5]float64{.040890, .066471, .104392, .125782, .140501}},
		{"gelu", 0, [5]float64{.187937, .263415, .301963, .302752, .302752}},
	} {
		s := MLPTheory(ActivationByName(w.name), w.v, 512, 25)
		for i, k := range layers {
			near(t, w.name, FullMean(s[k].Cosine, 1024), w.want[i], 1e-6)
		}
	}
}

func TestQuadratureAgreesWithClosedForms(t *testing.T) {
	for _, c := range []float64{-0.9, -0.3, 0, 0.4, 0.95, 1} {
		own, cross := quadrature(func(x float64) float64 { return x * x * x })(0.7, c)
		near(t, "E x^6", own, 15*math.Pow(0.7, 6), 1e-10)
		near(t, "E x^3 y^3", cross, (9*c+6*c*c*c)*math.Pow(0.7, 6), 1e-10)
		_, kinked := quadrature(func(x float64) float64 { return max(x, 0) })(1, c)
		near(t, "relu", kinked, Kappa(c)/2, 2e-3)
	}
}

// E7's closed forms; layers 4, 6 and 15 are our own values.
func TestVarianceShares(t *testing.T) {
	s := VarianceShares(15)
	for l, want := range map[int][2]float64{
		1: {0, .426422}, 2: {.608998, .751650}, 3: {.830702, .886714}, 4: {.922774, .946704}, 5: {.963668, .974431},
		6: {.982570, .987574}, 7: {.991529, .993908}, 8: {.995847, .996996}, 10: {.998986, .999261}, 15: {.999969, .999977},
	} {
		near(t, "beta", s[l-1].Beta, want[0], 1e-6)
		near(t, "ratio", s[l-1].Ratio, want[1], 1e-6)
	}
	for _, v := range s {
		if v.Ratio < v.Beta || v.Ratio < v.Tighter {
			t.Errorf("layer %d: ratio %v below its bound %v or %v", v.Layer, v.Ratio, v.Beta, v.Tighter)
		}
	}
	near(t, "factor", (1-s[0].Tighter)/(1-s[0].Beta), .73347, 1e-5)
	c := ConeOf(0.56)
	near(t, "angle", c.Degrees, 55.94, 0.01)
	near(t, "circle", c.Circle, 0.1554, 1e-4)
	near(t, "cap", c.Cap, 0.0584, 1e-4)
}

// E10; values at 15 degrees for s = 35 and 50, and c* at 15 degrees, are ours.
func TestSphere(t *testing.T) {
	for _, w := range []struct {
		spacing float64
		matched bool
		scale   float64
		zero    float64 // loss at dtheta 0
		least   float64 // least loss on whole degrees
		at      float64
		exact   float64
	}{
		{20, false, 1, 1.547743, 1.547743, 0, 0}, {20, false, 5, 1.095220, 1.095220, 0, 0},
		{20, false, 35, 0.886648, 0.809527, 53, 52.6872}, {20, false, 50, 1.083448, 0.809519, 65, 64.8926},
		{20, false, 100, 2.014244, 0.809611, 78, 77.7512},
		{20, true, 1, 1.527640, 1.527640, 0, 0}, {20, true, 5, 0.994708, 0.994708, 0, 0},
		{20, true, 35, 0.183062, 0.183062, 0, 0}, {20, true, 50, 0.078325, 0.078325, 0, 0}, {20, true, 100, 0.003998, 0.003998, 0, 0},
		{15, false, 1, 1.635970, 1.635970, 0, 0}, {15, false, 5, 1.262897, 1.262897, 0, 0},
		{15, false, 35, 0.810118, 0.810118, 0, 0}, {15, false, 50, 0.831846, 0.809112, 42, 41.5319},
		{15, false, 100, 1.189438, 0.809100, 68, 68.0194},
		{15, true, 1, 1.624612, 1.624612, 0, 0}, {15, true, 5, 1.206107, 1.206107, 0, 0},
		{15, true, 35, 0.412586, 0.412586, 0, 0}, {15, true, 50, 0.263943, 0.263943, 0, 0}, {15, true, 100, 0.053632, 0.053632, 0, 0},
	} {
		s := Sphere{Spacing: w.spacing, Matched: w.matched}
		near(t, "loss(0)", s.Loss(w.scale, 0), w.zero, 1e-6)
		near(t, "loss(90)", s.Loss(w.scale, 90), math.Log(6), 1e-9)
		least, at := math.Inf(1), 0.0
		for d := 0.0; d <= 90; d++ {
			if v := s.Loss(w.scale, d); v < least {
				least, at = v, d
			}
			near(t, "even", s.Loss(w.scale, -d), s.Loss(w.scale, d), 1e-12)
		}
		near(t, "least loss", least, w.least, 1e-6)
		near(t, "at", at, w.at, 0)
		near(t, "exact", s.ArgminDegrees(w.scale), w.exact, 1e-3)
		for _, d := range []float64{-67, 12} { // the closed form against the points
			x, y := s.Points(d)
			near(t, "loss of the points", must(InfoNCE(x, y, w.scale, Symmetric, 0)), s.Loss(w.scale, d), 1e-12)
			near(t, "gap of the points", must(CentroidGap(x, y)).Distance, math.Abs(s.Distance(d)), 1e-12)
		}
	}
	s := Sphere{Spacing: 20}
	near(t, "c*", s.BestScale(), 21.21580, 1e-4)
	near(t, "loss at c*", s.LossAt(s.BestScale()), .809515, 1e-6)
	near(t, "c* at 15 degrees", Sphere{Spacing: 15}.BestScale(), 37.42934, 1e-5)
	for d, want := range map[float64]float64{53: .8645, 65: 1.0255, 78: 1.1791} {
		near(t, "distance", s.Distance(d), want, 1e-4)
	}
	for d, want := range map[float64]float64{30: 1.749868, 45: 1.444602, 60: 1.083448, 75: .819842} {
		near(t, "s = 100", s.Loss(100, d), want, 1e-6)
	}
	if !math.IsInf(Sphere{Spacing: 20, Matched: true}.BestScale(), 1) {
		t.Error("matched pairs have a finite best scale")
	}
}

// E11; the true swap at 500 and 1000 is our own.
func TestNinePoints(t *testing.T) {
	for _, w := range []struct {
		scale float64
		zero  [3]float64 // matched, swapped, as published
	}{
		{1, [3]float64{1.444198, 1.445184, 1.444691}}, {5, [3]float64{.537853, .542784, .540318}},
		{10, [3]float64{.253487, .263349, .258418}}, {50, [3]float64{.130744, .180056, .155400}},
		{100, [3]float64{.110148, .208771, .159460}}, {500, [3]float64{.022934, .516049, .269491}},
		{1000, [3]float64{.002611, .988841, .495726}},
	} {
		for l, want := range w.zero {
			near(t, Labelling(l).String(), NinePointLoss(w.scale, 0, Labelling(l)), want, 1e-6)
			near(t, "at the poles", NinePointLoss(w.scale, 1, Labelling(l)), math.Log(9), 1e-12)
			near(t, "at the poles", NinePointLoss(w.scale, -1, Labelling(l)), math.Log(9), 1e-12)
		}
		z, _ := NinePointMinimum(w.scale, Matched)
		near(t, "matched minimum", z, .010101, 1e-6)
		x, y := NinePoints(0.3)
		near(t, "loss of the points", must(InfoNCE(x, y, w.scale, Symmetric, 0)), NinePointLoss(w.scale, 0.3, Matched), 1e-9)
	}
	for _, w := range []struct {
		l           Labelling
		scale, z, v float64
	}{
		{AsPublished, 10, .010101, .258447}, {AsPublished, 50, .555556, .154815}, {AsPublished, 100, .818182, .154822},
		{AsPublished, 500, .959596, .154924}, {AsPublished, 1000, .979798, .154938},
		{Swapped, 50, .717172, .168360}, {Swapped, 100, .858586, .168549}, {Swapped, 500, .979798, .170703}, {Swapped, 1000, .979798, .174661},
	} {
		z, v := NinePointMinimum(w.scale, w.l)
		near(t, w.l.String(), z, w.z, 1e-6)
		near(t, w.l.String(), v, w.v, 1e-6)
	}
}
