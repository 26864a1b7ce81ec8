package scenes

// body is one object where it stands: centre and radius of its circle in units of the picture's
// side (y down), and the rotation by which the picture's axes become the shape's.
type body struct {
	x, y, radius float64
	cos, sin     float64
}

// Radii by size and count, of objects alone in a scene and of those that share it: the more
// there are the smaller, and large always at least 1.4 times small.
var (
	soloRadius = [...][4]float64{Small: {.16, .12, .105, .10}, Large: {.25, .172, .15, .145}}
	duoRadius  = [...][3]float64{Small: {.13, .084, .072}, Large: {.19, .118, .102}}
)

// Limits of a group: the frame's margin; how far it may reach from its centre on an axis on
// which it stands at a side, alone or beside another kind, and on one on which it is centred.
const (
	margin     = .04
	soloReach  = .33
	duoReach   = .225
	frameReach = .46
)

// spread is the distance of neighbours in radii: 2 would let their circles touch.
const spread = 2.25

// arrangements are the places of 1, 2, 3 and 4 objects around their common centre, as x, y in
// units of the spread.
var arrangements = [...][][]float64{
	{{0, 0}},
	{{-.5, 0, .5, 0}, {0, -.5, 0, .5}, {-.37, -.37, .37, .37}, {-.37, .37, .37, -.37}},
	{
		{0, -.44, -.5, .44, .5, .44}, {-.5, -.44, .5, -.44, 0, .44}, {-.44, 0, .44, -.5, .44, .5}, {.44, 0, -.44, -.5, -.44, .5},
		{-1, 0, 0, 0, 1, 0}, {0, -1, 0, 0, 0, 1},
	},
	{{-.5, -.5, .5, -.5, -.5, .5, .5, .5}, {0, -.72, .72, 0, 0, .72, -.72, 0}, {-1.5, 0, -.5, 0, .5, 0, 1.5, 0}, {0, -1.5, 0, -.5, 0, .5, 0, 1.5}},
}

// layout places the objects of kind k of a scene; it appends one body for each.
func (s *Spec) layout(bodies []body, which int) []body {
	k := s.Kinds[which]
	d := newDraws(keyLayout, s.Seed, uint64(which))
	alone := len(s.All()) == 1
	radius, reach := duoRadius[k.Size][min(k.Count, 3)-1], duoReach
	if alone {
		radius, reach = soloRadius[k.Size][k.Count-1], soloReach
	}
	radius = float64(radius * d.span(.96, 1.03))
	column, row := int(k.Place%3)-1, int(k.Place/3)-1
	at := k.arrange(&d, radius, reach, column, row)
	halfX, halfY := extent(at, radius)
	cx, cy := centre(&d, column, halfX, alone), centre(&d, row, halfY, alone)
	for i := 0; i < len(at); i += 2 {
		t := d.span(-turns[k.Shape], turns[k.Shape])
		norm := 1 + float64(t*t)
		wobble := float64(.05 * radius)
		bodies = append(bodies, body{
			x:      cx + float64(at[i]*spread*radius) + d.span(-wobble, wobble),
			y:      cy + float64(at[i+1]*spread*radius) + d.span(-wobble, wobble),
			radius: float64(radius * d.span(.96, 1)),
			cos:    (1 - float64(t*t)) / norm,
			sin:    2 * t / norm,
		})
	}
	return bodies
}

// arrange picks one of the arrangements that fit.
func (k *Kind) arrange(d *draws, radius, reach float64, column, row int) []float64 {
	reachX, reachY := frameReach, frameReach
	if column != 0 {
		reachX = reach
	}
	if row != 0 {
		reachY = reach
	}
	fit := make([][]float64, 0, 6)
	for _, at := range arrangements[k.Count-1] {
		if x, y := extent(at, radius); x <= reachX && y <= reachY {
			fit = append(fit, at)
		}
	}
	return pick(d, fit)
}

// extent is how far a group reaches from its centre.
func extent(at []float64, radius float64) (x, y float64) {
	for i := 0; i < len(at); i += 2 {
		x, y = max(x, at[i]), max(y, at[i+1])
	}
	return radius + float64(x*spread*radius), radius + float64(y*spread*radius)
}

// centre gives a group's centre on an axis: side -1 near 0, 1 near 1, 0 in the middle. Groups
// that share a scene keep to their half.
func centre(d *draws, side int, half float64, alone bool) float64 {
	const slack = .05
	if side == 0 {
		free := max(0, min(slack, .5-margin-half))
		return .5 + d.span(-free, free)
	}
	free := slack
	if !alone {
		free = max(0, min(slack, .49-margin-half-half))
	}
	c := margin + half + d.span(0, free)
	if side > 0 {
		c = 1 - c
	}
	return c
}
