package scenes

import (
	"fmt"

	"mindgap/nn/preprocess"
)

// Sizes of pictures, in pixels of a side.
const (
	MinSize = 16
	MaxSize = 2048
)

// Render paints the scene on size x size pixels. It panics unless MinSize <= size <= MaxSize and
// the attributes are valid.
func (s Spec) Render(size int) *preprocess.Image {
	checkSize(size)
	s.mustBeValid()
	m := preprocess.NewImage(size, size)
	s.paint(m.Pix, size)
	return m
}

func sizeError(size int) error {
	return fmt.Errorf("scenes: pictures of %d pixels: want %d to %d", size, MinSize, MaxSize)
}

func checkSize(size int) {
	if size < MinSize || size > MaxSize {
		panic(sizeError(size).Error())
	}
}

// paint fills 3 * size^2 bytes.
func (s *Spec) paint(pix []uint8, size int) {
	g := s.newGround()
	g.paint(pix, size, s.Texture)
	var store [4]body
	for which, k := range s.All() {
		d := newDraws(keyTint, s.Seed, uint64(which))
		colors := paintsFor(k, s.Ground, &d)
		brush := newBrush(s, colors)
		for i, b := range s.layout(store[:0], which) {
			brush.key = newDraws(keyStroke, s.Seed, uint64(which), uint64(i)).state
			brush.paint(pix, size, k.Shape, &b)
		}
	}
}
