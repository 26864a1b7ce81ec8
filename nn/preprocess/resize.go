package preprocess

import "sync"

// Resize makes a picture of width x height pixels, byte for byte as Pillow's Image.resize does
// it: weights in fixed point, columns first, and rounding to 8 bits between the two directions.
// It panics where a side is less than 1.
func Resize(m *Image, width, height int, f Filter) *Image {
	if width < 1 || height < 1 {
		panic("preprocess: a picture is resized to no pixels")
	}
	out := NewImage(width, height)
	s := samplers.Get().(*sampler)
	defer samplers.Put(s)
	s.resize(m, window{width, height, 0, 0, width, height}, f, func(y int, row []uint8) {
		copy(out.Pix[3*width*y:], row)
	})
	return out
}

// ShorterSide gives the size that torchvision's Resize(size) makes of a picture: its shorter
// side becomes size, its longer one the whole part of size * long / short.
func ShorterSide(width, height, size int) (w, h int) {
	scaled := func(long, short int) int { return int(float64(size*long) / float64(short)) }
	if width <= height {
		return size, scaled(height, width)
	}
	return scaled(width, height), size
}

// window is a part of a resized picture: columns x0..x1-1 of rows y0..y1-1 of width x height.
type window struct {
	width, height  int
	x0, y0, x1, y1 int
}

// sampler is memory for resizing, and the last weights.
type sampler struct {
	x, y   taps
	packed []uint64   // two rows of the source
	bytes  [2][]uint8 // the same at their new width
	ring   [][]uint64 // rows that have their width already
	sums   []uint64
	row    []uint8 // of the result
}

var samplers = sync.Pool{New: func() any { return new(sampler) }}

// Two channels share a word, in its halves, so that one product serves both. A half begins with
// begin: one half for rounding, and 256 so that it never becomes negative; the top ten bits of
// its sum are then 256 more than the value, which is within -256..767: of weights whose sum is 1,
// the negative ones add up to more than -1/2.
const (
	begin   = 1<<(fraction-1) + 256<<fraction
	abreast = begin | begin<<32
)

// limited[256 + v] is v limited to 0..255.
var limited = func() (t [1024]uint8) {
	for i := range t {
		t[i] = uint8(min(max(i-256, 0), 255))
	}
	return t
}()

// halves rounds the two sums of a word.
func halves(sum uint64) (low, high uint8) {
	return limited[uint32(sum)>>fraction], limited[sum>>(32+fraction)]
}

// resize makes the rows of a window, in order, and hands each to emit, whose slice is used again.
func (s *sampler) resize(m *Image, w window, f Filter, emit func(y int, row []uint8)) {
	across, along := w.width != m.Width, w.height != m.Height
	if f == Nearest {
		s.nearest(m, w, emit)
		return
	}
	n := 3 * (w.x1 - w.x0)
	if across {
		s.x.set(m.Width, w.width, w.x0, w.x1, f)
		for i := range s.bytes {
			s.bytes[i] = grow(s.bytes[i], n)
		}
	}
	if !along {
		for y := w.y0; y < w.y1; y++ {
			emit(y-w.y0, s.narrow(m, w, y, y, across)[0])
		}
		return
	}
	s.y.set(m.Height, w.height, w.y0, w.y1, f)
	s.setRing(s.y.size+1, (n+1)/2)
	s.row = grow(s.row, n+1)
	next, end := s.y.span()
	for y := range w.y1 - w.y0 {
		first, weights := s.y.of(y)
		for ; next < first+len(weights); next += 2 {
			rows := s.narrow(m, w, next, min(next+1, end-1), across)
			spread(s.ring[next%len(s.ring)], rows[0])
			spread(s.ring[(next+1)%len(s.ring)], rows[1])
		}
		s.mix(first, weights)
		emit(y, s.row[:n])
	}
}

func (s *sampler) setRing(rows, words int) {
	s.ring = grow(s.ring, rows)
	for i := range s.ring {
		s.ring[i] = grow(s.ring[i], words)
	}
	s.sums = grow(s.sums, words)
}
