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
