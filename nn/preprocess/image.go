package preprocess

// Image is a picture of 8-bit RGB: Height rows of Width pixels of three bytes, without gaps.
type Image struct {
	Width, Height int
	Pix           []uint8
}

// NewImage makes a black image.
func NewImage(width, height int) *Image {
	return &Image{width, height, make([]uint8, 3*width*height)}
}

// At is the pixel at column x of row y. The slice aliases the image.
func (m *Image) At(x, y int) []uint8 {
	i := 3 * (y*m.Width + x)
	return m.Pix[i : i+3 : i+3]
}
