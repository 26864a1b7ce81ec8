package dataset

import (
	"bytes"
	"image"
	_ "image/jpeg" // the formats that image.Decode knows
	_ "image/png"

	"mindgap/nn/preprocess"
)

// decode turns the bytes of an image file into a picture. It is the one place where this
// package decodes: preprocess.Decode belongs here.
var decode = func(data []byte) (*preprocess.Image, error) {
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	b := m.Bounds()
	out := preprocess.NewImage(b.Dx(), b.Dy())
	for y := range out.Height {
		for x := range out.Width {
			r, g, b, _ := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
			p := out.At(x, y)
			p[0], p[1], p[2] = uint8(r>>8), uint8(g>>8), uint8(b>>8)
		}
	}
	return out, nil
}
