package scenes

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// linear gives a colour's light: sRGB decoded, each channel 0 to 1.
func linear(c rgb) [3]float64 {
	var l [3]float64
	for i := range c {
		v := float64(c[i]) / 255
		if v <= .04045 {
			l[i] = v / 12.92
		} else {
			l[i] = math.Pow((v+.055)/1.055, 2.4)
		}
	}
	return l
}

func times(m [3][3]float64, v [3]float64) [3]float64 {
	var out [3]float64
	for i := range out {
		out[i] = m[i][0]*v[0] + m[i][1]*v[1] + m[i][2]*v[2]
	}
	return out
}

// oklab gives the coordinates of light in OKLab (Ottosson, "A perceptual color space for image
// processing", 2020; matrices from there).
func oklab(l [3]float64) [3]float64 {
	cones := times([3][3]float64{
		{.4122214708, .5363325363, .0514459929}, {.2119034982, .6806995451, .1073969566}, {.0883024619, .2817188376, .6299787005},
	}, l)
	for i := range cones {
		cones[i] = math.Cbrt(max(0, cones[i]))
	}
	return times([3][3]float64{
		{.2104542553, .7936177850, -.0040720468}, {1.9779984951, -2.4285922050, .4505937099}, {.0259040371, .7827717662, -.8086757660},
	}, cones)
}

func apart(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// eyes turn light into what is seen: by most people, and without one kind of cones (Machado,
// Oliveira and Fernandes 2009, matrices for severity 1).
var eyes = map[string][3][3]float64{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}},
	"deuteranopia": {{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}},
	"tritanopia":   {{1.255528, -.076749, -.178779}, {-.078411, .930809, .147602}, {.004733, .691367, .303900}},
}

// The distances that the comment on colors promises.
func TestColorsDiffer(t *testing.T) {
	for who, eye := range eyes {
		least := .12
		if who == "all cones" {
			least = .19
		}
		for a := range Colors {
			for b := range a {
				d := apart(oklab(times(eye, linear(colors[a]))), oklab(times(eye, linear(colors[b]))))
				require.Greater(t, d, least, "%s: %s and %s", who, Colors[a], Colors[b])
			}
		}
	}
}

// tinted gives a colour and the extremes of its tints.
func tinted(c rgb, most int32) [][3]float64 {
	var all [][3]float64
	for i := range int32(27) {
		all = append(all, oklab(linear(c.plus(rgb{most * (i%3 - 1), most * (i/3%3 - 1), most * (i/9 - 1)}))))
	}
	return all
}

// The list of clashes is what leastContrast makes it, and leaves a ground for any two colours.
func TestClashes(t *testing.T) {
	for g, two := range tones {
		grounds := slices.Concat(tinted(two[0], groundTint), tinted(two[1], groundTint))
		for c := range colors {
			least := math.Inf(1)
			for _, object := range tinted(colors[c], objectTint) {
				for _, ground := range grounds {
					least = min(least, apart(object, ground))
				}
			}
			require.Equal(t, least < leastContrast, slices.Contains(clashes[g], Color(c)), "%s on %s: %.3f", Colors[c], Grounds[g], least)
		}
	}
	for a := range Colors {
		for b := range Colors {
			require.NotEmpty(t, groundsFor([]Kind{{Color: Color(a)}, {Color: Color(b)}}), "%s and %s", Colors[a], Colors[b])
		}
	}
}

// The two tones of a ground can be told apart, so that its texture can be seen, but differ less
// than objects from it; and so can the grounds from each other.
func TestTonesDiffer(t *testing.T) {
	for g, two := range tones {
		d := apart(oklab(linear(two[0])), oklab(linear(two[1])))
		require.Greater(t, d, .06, Grounds[g])
		require.Less(t, d, leastContrast, Grounds[g])
		for h := range g {
			require.Greater(t, apart(oklab(linear(two[0])), oklab(linear(tones[h][0]))), .06, "%s and %s", Grounds[g], Grounds[h])
		}
	}
}

func TestTintStaysWithin(t *testing.T) {
	d := newDraws(1)
	var lo, hi rgb
	for range 20_000 {
		for i, x := range tint(&d, objectTint) {
			lo[i], hi[i] = min(lo[i], x), max(hi[i], x)
		}
	}
	require.Equal(t, rgb{-objectTint, -objectTint, -objectTint}, lo)
	require.Equal(t, rgb{objectTint, objectTint, objectTint}, hi)
}
