package geometry

import (
	"math"
	"testing"
)

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
