package preprocess

import "math"

// Filter says how pixels are made from those of another grid. Where a picture shrinks, the
// filter is as much wider, so that every pixel counts (Pillow's way; also known as antialiasing).
type Filter uint8

const (
	Bilinear Filter = iota // a triangle: torchvision's default
	Bicubic                // the cubic of Keys with a = -0.5: CLIP's
	Nearest                // one pixel, no average
)

func (f Filter) String() string {
	return [...]string{"bilinear", "bicubic", "nearest"}[f]
}

// support is the filter's radius in pixels.
func (f Filter) support() float64 {
	if f == Bicubic {
		return 2
	}
	return 1
}

// at is the filter's weight at distance x. Products are rounded before they are added, as they
// are in Pillow: no fused multiply-add.
func (f Filter) at(x float64) float64 {
	x = math.Abs(x)
	if f == Bilinear {
		return max(1-x, 0)
	}
	const a = -0.5
	switch {
	case x < 1:
		y := float64((a+2)*x) - (a + 3)
		return float64(float64(y*x)*x) + 1
	case x < 2:
		y := float64((x-5)*x) + 8
		y = float64(y*x) - 4
		return float64(y * a)
	}
	return 0
}

// fraction is the number of fractional bits of a weight: Pillow's 32 - 8 - 2.
const fraction = 22

// taps are the weights with which pixels of one axis are made: pixel i from count[i] pixels
// beginning at first[i], with weights at size i. They are kept for the next picture of that size.
type taps struct {
	in, out, from, to int
	filter            Filter

	first, count []int
	size, widest int     // widest: the largest count; at least one weight more is there, and 0
	weight       []int32 // times 2^fraction
}

// set makes the taps of pixels from..to-1 when in pixels become out.
func (t *taps) set(in, out, from, to int, f Filter) {
	if t.in == in && t.out == out && t.from == from && t.to == to && t.filter == f {
		return
	}
	t.in, t.out, t.from, t.to, t.filter = in, out, from, to, f
	scale := float64(in) / float64(out)
	wide := max(scale, 1)
	support := float64(f.support() * wide)
	t.size = min(int(math.Ceil(support))*2+2, in+1)
	n := to - from
	t.first, t.count, t.weight = grow(t.first, n), grow(t.count, n), grow(t.weight, n*t.size)
	t.widest = 0
	w := make([]float64, t.size)
	for i := range n {
		centre := float64((float64(from+i) + 0.5) * scale)
		first := max(int(centre-support+0.5), 0)
		last := min(int(centre+support+0.5), in)
		sum := 0.0
		for j := range last - first {
			w[j] = f.at(float64((float64(first+j) - centre + 0.5) * (1 / wide)))
			sum += w[j]
		}
		t.first[i], t.count[i] = first, last-first
		t.widest = max(t.widest, last-first)
		clear(t.weight[i*t.size:][:t.size])
		for j := range last - first {
			v := w[j]
			if sum != 0 {
				v /= sum
			}
			t.weight[i*t.size+j] = int32(math.Copysign(0.5, v) + float64(v*(1<<fraction)))
		}
	}
}

// of gives where pixel i begins, and its weights.
func (t *taps) of(i int) (first int, weights []int32) {
	return t.first[i], t.weight[i*t.size:][:t.count[i]]
}

// span is the range of pixels that are used at all.
func (t *taps) span() (from, to int) {
	last := len(t.first) - 1
	return t.first[0], t.first[last] + t.count[last]
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
