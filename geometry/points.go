package geometry

import "math"

// A Labelling says which text is taken as each image's partner in NinePoints.
type Labelling int

const (
	Matched     Labelling = iota // partner i of i
	Swapped                      // partners of 3 and 8 exchanged
	AsPublished                  // both 3 and 8 point at 8: what the released code does, where a swap was meant
)

func (l Labelling) String() string { return [...]string{"matched", "swapped", "as_published"}[l] }

func (l Labelling) labels() [9]int {
	out := [9]int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	switch l {
	case Swapped:
		out[3], out[8] = 8, 3
	case AsPublished:
		out[3] = 8
	}
	return out
}

// ninePointAzimuths in radians. The ninth is 275.4 degrees, beside the fourth at 270.
var ninePointAzimuths = [9]float64{0, math.Pi, 0.5 * math.Pi, 1.5 * math.Pi, 0.25 * math.Pi,
	0.75 * math.Pi, -0.25 * math.Pi, -0.75 * math.Pi, 0.03*math.Pi + 1.5*math.Pi}

// NinePointZ is the 100 heights of the simulation: -1 to 1 in equal steps.
func NinePointZ() []float64 {
	z := make([]float64, 100)
	for i := range z {
		z[i] = -1 + 2*float64(i)/99
	}
	return z
}

// NinePoints gives the unit vectors of nine images at height z and nine texts at
// height -z, 9 x 3 each.
func NinePoints(z float64) (images, texts Rows) {
	images, texts = Zeros(9, 3), Zeros(9, 3)
	r := math.Sqrt(math.Max(0, 1-z*z))
	for i, phi := range ninePointAzimuths {
		copy(images.Row(i), []float64{r * math.Cos(phi), r * math.Sin(phi), z})
		copy(texts.Row(i), []float64{r * math.Cos(phi), r * math.Sin(phi), -z})
	}
	return images, texts
}

// NinePointLoss is the symmetric cross entropy of the 9-point simulation with labels
// y: mean over i of CE(row i, y_i) and CE(column i, y_i), halved. It depends on
// s (1 - z^2) alone, and is ln 9 at z = +-1.
func NinePointLoss(scale, z float64, l Labelling) float64 {
	c := scale * math.Max(0, 1-z*z)
	loss, row := 0.0, make([]float64, 9)
	for i, y := range l.labels() {
		for j := range row {
			row[j] = math.Cos(ninePointAzimuths[i] - ninePointAzimuths[j])
		}
		loss += logSumExp(row, c) - c*row[y]
	}
	return loss / 9 // columns are rows: the cosines are symmetric
}

// NinePointMinimum is the height among NinePointZ of the smallest loss, the
// non-negative one of two that tie, and that loss.
func NinePointMinimum(scale float64, l Labelling) (z, loss float64) {
	loss = math.Inf(1)
	grid := NinePointZ()
	for _, h := range grid[len(grid)/2:] {
		if v := NinePointLoss(scale, h, l); v < loss {
			z, loss = h, v
		}
	}
	return z, loss
}
