package scenes

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// area is that of a shape in square radii, by counting points.
func area(s Shape) float64 {
	const n = 200
	inside := 0
	for i := range n {
		for j := range n {
			if s.distance(-1+(float64(i)+.5)*2/n, -1+(float64(j)+.5)*2/n) < 0 {
				inside++
			}
		}
	}
	return float64(inside) * 4 / (n * n)
}

// Shapes are in the unit circle, so that objects whose circles are apart do not overlap, and
// reach near to it.
func TestShapesFillTheirCircle(t *testing.T) {
	for s := range Shape(len(Shapes)) {
		furthest := 0.
		for i := range 360 {
			a := float64(i) * math.Pi / 180
			for r := 1.1; r > .5; r -= .002 {
				if s.distance(r*math.Cos(a), r*math.Sin(a)) < 0 {
					furthest = max(furthest, r)
					break
				}
			}
		}
		require.LessOrEqual(t, furthest, 1., s.String())
		require.Greater(t, furthest, .85, s.String())
		require.Greater(t, area(s), 1., s.String())
		require.InDelta(t, s.distance(.3, .2), s.distance(-.3, .2), 1e-12, "%s is symmetric", s)
	}
}

// A signed distance has slope 1 almost everywhere (not on the lines where the nearest point of
// the boundary changes), and outside it is the distance to the nearest inner point.
func TestDistancesAreDistances(t *testing.T) {
	const h = 1e-6
	for s := range Shape(len(Shapes)) {
		d, steep := newDraws(uint64(s)), 0
		const n = 4000
		for range n {
			x, y := d.span(-1.4, 1.4), d.span(-1.4, 1.4)
			dx := (s.distance(x+h, y) - s.distance(x-h, y)) / (2 * h)
			dy := (s.distance(x, y+h) - s.distance(x, y-h)) / (2 * h)
			if math.Abs(math.Hypot(dx, dy)-1) > 1e-6 {
				steep++
			}
			if at := s.distance(x, y); at > 0 {
				// One step of the distance down the slope ends on the boundary.
				require.InDelta(t, 0, s.distance(x-at*dx, y-at*dy), 1e-5, "%s at (%g, %g)", s, x, y)
			}
		}
		require.Less(t, steep, n/100, s.String())
	}
}

// Coverage is what a much finer picture averages to: flat objects on a plain ground, 32 pixels
// against the mean of 16 x 16 pixels of 512.
func TestEdgesAreSmooth(t *testing.T) {
	const small, by = 32, 16
	for s := range Shape(len(Shapes)) {
		spec := Spec{Attributes{Flat, Cream, Plain, [2]Kind{{s, Black, Large, 1, Centre}}}, 5}
		low, high := spec.Render(small), spec.Render(small*by)
		sum, worst := 0., 0.
		for y := range small {
			for x := range small {
				mean := 0.
				for j := range by {
					for i := range by {
						mean += float64(high.At(x*by+i, y*by+j)[0])
					}
				}
				d := float64(low.At(x, y)[0]) - mean/(by*by)
				sum += d
				worst = max(worst, math.Abs(d))
			}
		}
		// Coverage is exact for a straight edge along an axis and off by at most (sqrt(2)-1)^2/4 =
		// 0.043 for a diagonal one; where a corner or two edges share a pixel it may be a quarter.
		// Over a whole boundary these cancel.
		const contrast = 0xEF - 0x14
		radius := soloRadius[Large][0]
		require.Less(t, worst, contrast*.25+1, s.String())
		require.Less(t, math.Abs(sum)/(area(s)*contrast*radius*radius*small*small), .02, "%s: its area", s)
	}
}
