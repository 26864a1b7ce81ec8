package scenes

import "math"

// brush draws objects in a style.
type brush struct {
	paints
	style  Style
	shade  [256]rgb // Shaded: from the lit side to the other
	lightX float64  // where light comes from, a unit vector
	lightY float64
	hatchX float64 // across the strokes, a unit vector
	hatchY float64
	hatch  float64 // their period in radii
	key    uint64  // of an object's wobbles
}

func newBrush(s *Spec, p paints) *brush {
	b := &brush{paints: p, style: s.Style}
	d := newDraws(keyStroke, s.Seed)
	t := d.span(.25, .6) // light from above and the left: 28 to 62 degrees over the horizon
	norm := 1 + float64(t*t)
	b.lightX, b.lightY = -(1-float64(t*t))/norm, -2*t/norm
	b.hatchX, b.hatchY = b.lightX, b.lightY
	if d.below(2) == 1 {
		b.hatchX = -b.hatchX
	}
	b.hatch = d.span(.30, .38)
	if b.style == Shaded {
		for i := range int32(256) {
			if i < 128 {
				b.shade[i] = p.light.toward(p.base, 2*i)
			} else {
				b.shade[i] = p.base.toward(p.dark, 2*(i-128))
			}
		}
	}
	return b
}

// reaches is how far beyond its circle an object of each style may colour pixels, in radii.
var reaches = [...]float64{Flat: 0, Outlined: .04, Hatched: .07, Shaded: .45}

func (b *brush) paint(pix []uint8, size int, shape Shape, o *body) {
	side := float64(size)
	px := float64(o.radius * side) // pixels in a radius
	reach := 1 + reaches[b.style] + 1/px
	half := float64(reach * o.radius)
	lo := func(c float64) int { return max(0, int(float64((c-half)*side))) }
	hi := func(c float64) int { return min(size, int(float64((c+half)*side))+1) }
	for y := lo(o.y); y < hi(o.y); y++ {
		v := (middle(y, size) + .5 - o.y) / o.radius
		for x := lo(o.x); x < hi(o.x); x++ {
			u := (middle(x, size) + .5 - o.x) / o.radius
			if float64(u*u)+float64(v*v) < float64(reach*reach) {
				b.pixel(pix[3*(y*size+x):], shape, o, u, v, px)
			}
		}
	}
}

// pixel colours one pixel, at (u, v) radii from the object's centre.
func (b *brush) pixel(p []uint8, shape Shape, o *body, u, v, px float64) {
	d := o.distance(shape, u, v)
	switch b.style {
	case Flat:
		blend(p, b.base, cover(d*px))
	case Outlined:
		const outside = .04
		line := max(.16, min(.22, .8/px))
		blend(p, b.contour, cover((d-outside)*px))
		blend(p, b.base, cover((d-outside+line)*px))
	case Hatched:
		b.sketch(p, d, u, v, px)
	case Shaded:
		inside := cover(d * px)
		if inside < 256 {
			shadow := o.distance(shape, u+float64(.16*b.lightX), v+float64(.2*b.lightY))
			blend(p, ink, int32(float64(ease(clamp(.5-float64(shadow*2.5)))*110)))
		}
		away := .5 - float64(.62*(float64(u*b.lightX)+float64(v*b.lightY)))
		blend(p, b.shade[uint8(float64(clamp(away)*255)+.5)], inside)
	}
}

// sketch draws a pixel as a pencil would: strokes over a lighter fill within a wavering line.
func (b *brush) sketch(p []uint8, d, u, v, px float64) {
	const waver = .07
	if float64((d-waver)*px) > .5 {
		return
	}
	d += float64(waver * (noise(b.key, float64(u*2), float64(v*2)) - .5))
	s := float64(b.hatchX*u) + float64(b.hatchY*v)
	s += float64(.10 * noise(b.key+1, float64(u*1.7), float64(v*1.7)))
	period := max(b.hatch, 3/px)
	stroke := float64(float64((wave(s/period)+.06)*period) * px)
	inside := cover(d * px)
	blend(p, b.light, inside)
	blend(p, b.base, inside*int32(float64(clamp(.5+stroke)*256)+.5)>>8)
	blend(p, b.dark, cover((math.Abs(d+.03)-.05)*px))
}

// distance is that of the object's boundary from a point (u, v) radii from its centre, in radii.
func (o *body) distance(shape Shape, u, v float64) float64 {
	return shape.distance(float64(o.cos*u)+float64(o.sin*v), float64(o.cos*v)-float64(o.sin*u))
}

// cover is the part, in 256ths, of a pixel that lies within a boundary, d pixels away from
// its middle.
func cover(d float64) int32 { return int32(float64(clamp(.5-float64(d))*256) + .5) }

// blend moves a pixel toward a colour by part/256 of the way.
func blend(p []uint8, c rgb, part int32) {
	if part == 0 {
		return
	}
	for i := range c {
		p[i] = uint8((int32(p[i])*(256-part) + c[i]*part + 128) >> 8)
	}
}
