package scenes

import "slices"

// rgb is a colour in sRGB, components 0 to 255.
type rgb [3]int32

// web takes a colour as web pages write it.
func web(c uint32) rgb { return rgb{int32(c >> 16 & 255), int32(c >> 8 & 255), int32(c & 255)} }

// toward moves a colour by part/256 of the way to another, rounded to the nearest.
func (c rgb) toward(to rgb, part int32) rgb {
	for i := range c {
		c[i] += ((to[i]-c[i])*part + 128) >> 8
	}
	return c
}

// plus adds an amount to a component, within range.
func (c rgb) plus(add rgb) rgb {
	for i := range c {
		c[i] = max(0, min(255, c[i]+add[i]))
	}
	return c
}

// colors are the fills of the names in Colors. They were searched for so that any two differ
// in OKLab (Ottosson 2020) by at least 0.19, and by 0.12 for eyes without red, green or blue
// cones (Machado, Oliveira and Fernandes 2009); lightness alone orders most of them. A test
// computes both.
var colors = [...]rgb{
	Red: web(0xC01F2E), Orange: web(0xE97A0C), Yellow: web(0xFECF1A), Green: web(0x4FC493),
	Blue: web(0x2A80EA), Purple: web(0x6B2488), Black: web(0x14171F), White: web(0xFDFDFB),
}

// ink and paper draw contours and lights.
var ink, paper = web(0x14171F), web(0xFFFDF8)

// tones are the two colours of each ground, between which its texture moves.
var tones = [...][2]rgb{
	Cream: {web(0xEFDDB8), web(0xDFC797)},
	Rose:  {web(0xEEBFB9), web(0xDFA39F)},
	Sky:   {web(0xB5D6EE), web(0x93BCDD)},
	Navy:  {web(0x20325F), web(0x31487F)},
	Moss:  {web(0x2C4A3A), web(0x3E6350)},
	Wine:  {web(0x56203A), web(0x71324F)},
}

// dark says that a ground is night rather than day.
func (g Ground) dark() bool { return g >= Navy }

// Tints move every channel of an object's colour and of a ground's tones by at most so many
// levels, which captions do not speak of.
const (
	objectTint = 7
	groundTint = 4
)

// leastContrast is how far an object's colour is at least from both tones of its ground,
// whatever their tints, as a distance in OKLab.
const leastContrast = 0.125

// clashes are the pairs that come nearer than leastContrast; no scene has them. A test
// computes the list.
var clashes = [...][]Color{
	Cream: {Yellow, White},
	Rose:  {Orange},
	Sky:   {Green, White},
	Navy:  {Purple, Black},
	Moss:  {},
	Wine:  {Purple, Black},
}

// tint draws a shift of all channels together and of each alone, at most most levels.
func tint(d *draws, most int) rgb {
	part := most / 2
	shift := d.below(2*part+1) - part
	var t rgb
	for i := range t {
		t[i] = int32(shift + d.below(2*(most-part)+1) - (most - part))
	}
	return t
}

// groundsFor gives the grounds that all kinds stand out from.
func groundsFor(kinds []Kind) []Ground {
	fit := make([]Ground, 0, len(Grounds))
	for g := range Ground(len(Grounds)) {
		if !slices.ContainsFunc(kinds, func(k Kind) bool { return slices.Contains(clashes[g], k.Color) }) {
			fit = append(fit, g)
		}
	}
	return fit
}

// paints are the colours that a kind is drawn in.
type paints struct {
	base, light, dark, contour rgb
}

// paintsFor mixes a kind's colours: the base as named, tinted; the others from it.
func paintsFor(k Kind, g Ground, d *draws) paints {
	p := paints{base: colors[k.Color].plus(tint(d, objectTint))}
	p.light, p.dark = p.base.toward(paper, 104), p.base.toward(ink, 84)
	switch k.Color {
	case White:
		p.light, p.dark = p.base.toward(ink, 36), p.base.toward(ink, 72)
	case Black:
		p.light, p.dark = p.base.toward(paper, 64), p.base
	}
	p.contour = ink
	if k.Color == Black || g.dark() && k.Color != White {
		p.contour = paper
	}
	return p
}
