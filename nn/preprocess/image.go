package preprocess

import "sync"

// Image is a picture of 8-bit RGB: Height rows of Width pixels of three bytes, without gaps.
type Image struct {
	Width, Height int
	Pix           []uint8

	decoded bool // Release gives Pix back
}

// NewImage makes a black image.
func NewImage(width, height int) *Image {
	return &Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
}

// At is the pixel at column x of row y. The slice aliases the image.
func (m *Image) At(x, y int) []uint8 {
	i := 3 * (y*m.Width + x)
	return m.Pix[i : i+3 : i+3]
}

// Release gives the memory of a picture that Decode made to the next one. It leaves the picture
// empty; its pixels must not be used any more. A picture that was made otherwise it leaves alone.
// Nobody needs to call it: the garbage collector does the same, at some cost.
func (m *Image) Release() {
	if m.decoded {
		pix := m.Pix
		*m = Image{}
		pixels.Put(&pix)
	}
}

// pixels is memory that was released.
var pixels = sync.Pool{New: func() any { return new([]uint8) }}
