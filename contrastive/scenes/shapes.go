package scenes

import "math"

// A shape is given by its signed distance: negative inside, positive outside, with slope 1
// across the boundary, so that distance over pixel size is how much of a pixel is covered.
// Shapes lie within the unit circle around the origin; y points down.

// edge is a side of a polygon: where it begins, its vector, and 1/|vector|^2.
type edge struct{ x, y, dx, dy, inverse float64 }

// polygon is a closed line of edges, its corners rounded by a radius (the shape is all that is
// nearer than the radius to what the edges enclose).
type polygon struct {
	edges []edge
	round float64
}

// newPolygon takes corners as x, y, x, y.
func newPolygon(round float64, xy ...float64) *polygon {
	p := &polygon{round: round}
	for i := 0; i < len(xy); i += 2 {
		j := (i + 2) % len(xy)
		e := edge{x: xy[i], y: xy[i+1], dx: xy[j] - xy[i], dy: xy[j+1] - xy[i+1]}
		e.inverse = 1 / (float64(e.dx*e.dx) + float64(e.dy*e.dy))
		p.edges = append(p.edges, e)
	}
	return p
}

// distance is that to the nearest edge; a ray to the right that crosses an odd number of edges
// says that (x, y) is inside.
func (p *polygon) distance(x, y float64) float64 {
	nearest, inside := math.MaxFloat64, false
	for i := range p.edges {
		e := &p.edges[i]
		wx, wy := x-e.x, y-e.y
		t := float64((float64(wx*e.dx) + float64(wy*e.dy)) * e.inverse)
		t = max(0, min(1, t))
		rx, ry := wx-float64(t*e.dx), wy-float64(t*e.dy)
		nearest = min(nearest, float64(rx*rx)+float64(ry*ry))
		if (wy < 0) != (wy < e.dy) && wx < e.dx*(wy/e.dy) {
			inside = !inside
		}
	}
	d := math.Sqrt(nearest)
	if inside {
		d = -d
	}
	return d - p.round
}

// polygons holds the shapes that have corners.
var polygons = [...]*polygon{
	Square:   newPolygon(.10, -.62, -.62, .62, -.62, .62, .62, -.62, .62),
	Triangle: newPolygon(.10, 0, -.86, .76, .47, -.76, .47),
	Diamond:  newPolygon(.07, 0, -.91, .58, 0, 0, .91, -.58, 0),
	Cross: newPolygon(.07, -.28, -.84, .28, -.84, .28, -.28, .84, -.28, .84, .28, .28, .28,
		.28, .84, -.28, .84, -.28, .28, -.84, .28, -.84, -.28, -.28, -.28),
	// Five points of radius .92 at 72 degrees from each other, five of radius .45 between.
	Star: newPolygon(.06, 0, -.92, .2645, -.36406, .87497, -.2843, .42798, .13906, .54076, .7443,
		0, .45, -.54076, .7443, -.42798, .13906, -.87497, -.2843, -.2645, -.36406),
}

// distance is the signed distance of a shape's boundary from (x, y).
func (s Shape) distance(x, y float64) float64 {
	switch s {
	case Circle:
		return length(x, y) - .86
	case Ring:
		return math.Abs(length(x, y)-.66) - .26
	case Heart:
		return heart(x, y)
	}
	return polygons[s].distance(x, y)
}

func length(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// heart is a square of side s on its tip with half discs on the two upper sides. In the half
// x >= 0, with the tip at the origin, y up and s = sqrt(2)/2, the straight side runs from (0, 0) to
// (1/2, 1/2), the half disc has its centre at (1/4, 3/4), and the cleft is at (0, 1).
func heart(x, y float64) float64 {
	const scale = 1.49
	const radius = .35355339059327373 // sqrt(2) / 4
	x, y = math.Abs(x)/scale, (.86-y)/scale
	if x+y > 1 {
		return float64((length(x-.25, y-.75) - radius) * scale)
	}
	t := max(0, float64((x+y)*.5))
	d := min(length(x-t, y-t), length(x, y-1))
	if x < y {
		d = -d
	}
	return float64(d * scale)
}

// turns is how far a shape may be turned, as the tangent of half the angle: not so far that a
// square becomes a diamond, or a cross the letter X.
var turns = [...]float64{
	Circle: 0, Ring: 0, Square: .10, Diamond: .09, Triangle: .14, Star: .16, Heart: .14, Cross: .12,
}
