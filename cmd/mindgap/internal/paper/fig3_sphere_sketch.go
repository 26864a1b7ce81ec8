package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// The picture of Figure 3e: where the eye is, in degrees, and the sphere's size in points.
const (
	sphereEyeAzimuth   = 30
	sphereEyeElevation = 20
	sphereRadius       = 125
	sphereMargin       = 20
	spherePictureShift = -30 // dtheta: the texts stand in the upper half
)

// sphereProject sees a point of the unit sphere from the eye, far away: place in the
// picture, and depth, positive in front.
func sphereProject(p []float64) (at [2]float64, depth float64) {
	sa, ca := math.Sincos(sphereEyeAzimuth * math.Pi / 180)
	se, ce := math.Sincos(sphereEyeElevation * math.Pi / 180)
	right := -p[0]*sa + p[1]*ca
	out := p[0]*ca + p[1]*sa
	up := p[2]*ce - out*se
	const c = sphereRadius + sphereMargin
	return [2]float64{c + sphereRadius*right, c + sphereRadius*up}, out*ce + p[2]*se
}

// sphereSketch is Figure 3e: six images on the equator and their texts above. Images are red
// and texts blue, as in all figures of the paper.
func sphereSketch(matched bool) report.Sketch {
	s := report.Sketch{
		Name: "sphere-mismatched", Title: "Figure 3e: the first two pairs swapped",
		Caption: "Circles: images, on the equator. Squares: their texts, 30 degrees above, with the path from 30 degrees above to 30 below that the simulation moves them along. Lines join partners: the texts of the first two images have changed places, so that these lines cross.",
		Width:   2 * (sphereRadius + sphereMargin), Height: 2 * (sphereRadius + sphereMargin),
	}
	if matched {
		s.Name, s.Title = "sphere-matched", "Figure 3e without mismatch"
		s.Caption = "The same without mismatch: every text stands above its image."
	}
	s.Shapes = sphereGlobe()
	arrangement := geometry.Sphere{Spacing: 20, Matched: matched}
	images, texts := arrangement.Points(spherePictureShift)
	for i := range 6 {
		var path [][2]float64
		for d := spherePictureShift; d <= -spherePictureShift; d++ {
			_, y := arrangement.Points(float64(d))
			at, _ := sphereProject(y.Row(i))
			path = append(path, at)
		}
		s.Shapes = append(s.Shapes, report.Shape{Line: path, Width: .7, Color: "s0", Dashed: true})
	}
	for i := range 6 {
		x, _ := sphereProject(images.Row(i))
		y, _ := sphereProject(texts.Row(i))
		link := report.Shape{Line: [][2]float64{x, y}, Width: 1, Color: "s6"}
		if i < 2 && !matched {
			link.Width, link.Color = 1.8, "s1"
		}
		s.Shapes = append(s.Shapes, link)
	}
	for i := range 6 {
		x, _ := sphereProject(images.Row(i))
		y, _ := sphereProject(texts.Row(i))
		s.Shapes = append(s.Shapes,
			report.Shape{Line: disc(x, 4), Closed: true, Fill: 1, Color: "s1"},
			report.Shape{Text: fmt.Sprintf("I%d", i), At: [2]float64{x[0], x[1] - 12}, Size: 9},
			report.Shape{Line: square(y, 3.8), Closed: true, Fill: 1, Color: "s0"},
			report.Shape{Text: fmt.Sprintf("T%d", i), At: [2]float64{y[0], y[1] + 11}, Size: 9})
	}
	return s
}

// sphereGlobe is the outline with meridians and parallels every 30 degrees, the far side
// fainter, and the equator.
func sphereGlobe() []report.Shape {
	centre := [2]float64{sphereRadius + sphereMargin, sphereRadius + sphereMargin}
	out := []report.Shape{{Line: disc(centre, sphereRadius), Closed: true, Width: .8, Fill: .06, Color: "s6"}}
	for lon := 0; lon < 360; lon += 30 {
		out = append(out, sphereLine(false, func(t float64) (lat, l float64) { return 180*t - 90, float64(lon) })...)
	}
	for lat := -60; lat <= 60; lat += 30 {
		out = append(out, sphereLine(lat == 0, func(t float64) (a, l float64) { return float64(lat), 360 * t })...)
	}
	return out
}

// sphereLine cuts a line of latitude and longitude into its parts in front and behind.
func sphereLine(strong bool, at func(t float64) (lat, lon float64)) []report.Shape {
	var out []report.Shape
	last := 0
	const steps = 72
	for i := range steps + 1 {
		lat, lon := at(float64(i) / steps)
		sl, cl := math.Sincos(lat * math.Pi / 180)
		so, co := math.Sincos(lon * math.Pi / 180)
		p, depth := sphereProject([]float64{cl * co, cl * so, sl})
		side := 1
		if depth < 0 {
			side = -1
		}
		if side != last {
			shape := report.Shape{Color: "grid", Width: .4, Dashed: true}
			if side > 0 {
				shape = report.Shape{Color: "grid", Width: .9}
				if strong {
					shape.Color = "s6"
				}
			}
			if n := len(out); n > 0 { // no hole between the parts
				l := out[n-1].Line
				shape.Line = append(shape.Line, l[len(l)-1])
			}
			out = append(out, shape)
			last = side
		}
		out[len(out)-1].Line = append(out[len(out)-1].Line, p)
	}
	return out
}

func disc(c [2]float64, r float64) [][2]float64 {
	n := 16 + int(r/2)
	out := make([][2]float64, n)
	for i := range out {
		s, co := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = [2]float64{c[0] + r*co, c[1] + r*s}
	}
	return out
}

func square(c [2]float64, r float64) [][2]float64 {
	return [][2]float64{{c[0] - r, c[1] - r}, {c[0] + r, c[1] - r}, {c[0] + r, c[1] + r}, {c[0] - r, c[1] + r}}
}
