package scenes

import "math"

// ground paints a scene's background: a texture gives each pixel a weight from 0 to 255
// between the ground's two tones.
type ground struct {
	mix [256]rgb
	// A texture's frame: the picture's axes turned, its period as a share of the side, and the
	// phases of both axes.
	cos, sin, period, phaseX, phaseY float64
	key                              uint64
}

func (s *Spec) newGround() ground {
	d := newDraws(keyGround, s.Seed)
	t := d.span(-1, 1)
	norm := 1 + float64(t*t)
	g := ground{
		cos: (1 - float64(t*t)) / norm, sin: 2 * t / norm,
		period: d.span(.13, .19), phaseX: d.unit(), phaseY: d.unit(), key: d.next(),
	}
	shift := tint(&d, groundTint)
	a, b := tones[s.Ground][0].plus(shift), tones[s.Ground][1].plus(shift)
	if d.below(2) == 1 {
		a, b = b, a
	}
	for i := range g.mix {
		g.mix[i] = a.toward(b, int32(i)*256/255)
	}
	return g
}

// paint fills a picture of size x size pixels.
func (g *ground) paint(pix []uint8, size int, texture Texture) {
	if texture == Plain {
		for i := 0; i < len(pix); i += 3 {
			g.put(pix[i:], 0)
		}
		return
	}
	sharp := float64(g.period * float64(size)) // pixels in a period
	var big, fine cloudRow
	for y := range size {
		v := middle(y, size)
		line := pix[3*y*size : 3*(y+1)*size]
		if texture == Clouds {
			big.fill(g.key, 5, g.phaseX, v+g.phaseY)
			fine.fill(g.key+1, 11, g.phaseX, v+g.phaseY)
			for x := range size {
				u := middle(x, size) + g.phaseX
				n := float64(.7*big.at(u)) + float64(.3*fine.at(u))
				g.put(line[3*x:], clamp(.5+float64((n-.5)*2.2))) // stretched, so that both tones occur
			}
			continue
		}
		for x := range size {
			g.put(line[3*x:], g.weight(texture, middle(x, size), v, sharp))
		}
	}
}

// put colours a pixel with the share w of the second tone.
func (g *ground) put(pixel []uint8, w float64) {
	c := &g.mix[uint8(float64(w*255)+.5)]
	pixel[2], pixel[1], pixel[0] = uint8(c[2]), uint8(c[1]), uint8(c[0])
}

// middle is the coordinate of a pixel's middle, from the middle of the picture, in sides.
func middle(x, size int) float64 { return float64(2*x+1-size) / float64(2*size) }

// weight is the share of the second tone at (u, v), from the picture's middle, in sides.
func (g *ground) weight(texture Texture, u, v, sharp float64) float64 {
	s, t := float64(g.cos*u)+float64(g.sin*v), float64(g.cos*v)-float64(g.sin*u)
	if texture == Fading {
		return clamp(.5 + s)
	}
	s, t = s/g.period+g.phaseX, t/g.period+g.phaseY
	switch texture {
	case Stripes:
		return clamp(.5 + float64(wave(s)*sharp))
	case Checks:
		a, b := clamp(.5+float64(wave(s)*sharp)), clamp(.5+float64(wave(t)*sharp))
		return a + b - float64(2*a*b)
	}
	const radius = .3 // of dots, in periods
	return clamp(.5 - float64((length(s-math.Floor(s)-.5, t-math.Floor(t)-.5)-radius)*sharp))
}

// wave is the signed distance from the edges of stripes that are half a period wide, in
// periods: positive inside, 1/4 at the most.
func wave(x float64) float64 { return .25 - math.Abs(x-math.Floor(x)-.5) }

// clamp limits to [0, 1].
func clamp(x float64) float64 {
	if x < 0 {
		return 0
	}
	if x > 1 {
		return 1
	}
	return x
}
