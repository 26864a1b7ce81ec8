package preprocess

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

func decodePNG(data []byte, maxPixels int) (*Image, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "png: ")
	}
	// The header stands in the first 33 bytes, as DecodeConfig has seen: bits of a channel, and
	// which channels. Deflate makes at most 1032 bytes of one.
	depth, kind := int(data[24]), data[25]
	channels := map[uint8]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
	if err := checkSize(c.Width, c.Height, maxPixels, len(data), 1032*8/float64(depth*channels)); err != nil {
		return nil, err
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "png: ")
	}
	if depth == 16 && kind == 0 {
		return cutGrey(m), nil
	}
	if p, ok := m.(*image.Paletted); ok {
		p.Palette = c.ColorModel.(color.Palette) // without the black that the decoder adds
	}
	return fromStandard(m)
}

// cutGrey cuts 16-bit grey off at 255.
func cutGrey(m image.Image) *Image {
	b := m.Bounds()
	out := NewImage(b.Dx(), b.Dy())
	for y := range out.Height {
		for x := range out.Width {
			var v uint16
			switch m := m.(type) {
			case *image.Gray16:
				v = m.Gray16At(x, y).Y
			case *image.NRGBA64: // one grey is transparent
				v = m.NRGBA64At(x, y).R
			}
			p := out.At(x, y)
			p[0] = uint8(min(v, 255))
			p[1], p[2] = p[0], p[0]
		}
	}
	return out
}

func decodeBMP(data []byte, maxPixels int) (*Image, error) {
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "bmp: ")
	}
	if len(data) < 30 {
		return nil, errors.New("truncated")
	}
	depth := max(int(data[28]), 1)
	if err := checkSize(c.Width, c.Height, maxPixels, len(data), 8/float64(depth)); err != nil {
		return nil, err
	}
	m, err := bmp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "bmp: ")
	}
	return fromStandard(m)
}

func decodeWebP(data []byte, maxPixels int) (*Image, error) {
	const extended, flags, animated = "VP8X", 20, 2
	if len(data) > flags && string(data[12:16]) == extended && data[flags]&animated != 0 {
		return nil, errors.New("animations are not supported; save one frame of it")
	}
	c, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "webp: ")
	}
	// A lossless file of one colour takes a few bytes at any size: there is no least.
	if err := checkSize(c.Width, c.Height, maxPixels, maxPixels, 1); err != nil {
		return nil, err
	}
	m, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "webp: ")
	}
	switch m := m.(type) {
	case *image.YCbCr:
		return fromVP8(m), nil
	case *image.NYCbCrA:
		return fromVP8(&m.YCbCr), nil
	}
	return fromStandard(m)
}

// plain gives a decoder's error in this package's words: without the decoder's name, and with
// one word for all the ways in which decoders say that data ended too early.
func plain(err error, prefix string) error {
	text := strings.TrimPrefix(err.Error(), prefix)
	if strings.Contains(text, "EOF") || strings.Contains(text, "not enough") {
		return errors.New("truncated")
	}
	return errors.New(text)
}

// fromStandard drops alpha and low bytes.
func fromStandard(m image.Image) (*Image, error) {
	b := m.Bounds()
	out := NewImage(b.Dx(), b.Dy())
	pixels := func(pix []uint8, stride, size, step int) {
		for y := range out.Height {
			row, dst := pix[y*stride:][:size*out.Width], out.Pix[3*y*out.Width:]
			for x := range out.Width {
				p, q := row[x*size:][:size], dst[3*x:][:3]
				q[0], q[1], q[2] = p[0], p[step], p[2*step]
			}
		}
	}
	switch m := m.(type) {
	case *image.Gray:
		pixels(m.Pix, m.Stride, 1, 0)
	case *image.RGBA:
		pixels(m.Pix, m.Stride, 4, 1)
	case *image.NRGBA:
		pixels(m.Pix, m.Stride, 4, 1)
	case *image.RGBA64:
		pixels(m.Pix, m.Stride, 8, 2)
	case *image.NRGBA64:
		pixels(m.Pix, m.Stride, 8, 2)
	case *image.Paletted:
		fromPalette(out, m)
	default:
		return nil, fmt.Errorf("pictures of kind %T are not supported", m)
	}
	return out, nil
}

// fromPalette looks colours up. Those beyond the palette are grey, as in Pillow.
func fromPalette(out *Image, m *image.Paletted) {
	var colours [256][3]uint8
	for i := range colours {
		colours[i] = [3]uint8{uint8(i), uint8(i), uint8(i)}
	}
	for i, c := range m.Palette {
		switch c := c.(type) {
		case color.RGBA:
			colours[i] = [3]uint8{c.R, c.G, c.B}
		case color.NRGBA:
			colours[i] = [3]uint8{c.R, c.G, c.B}
		}
	}
	for y := range out.Height {
		for x, v := range m.Pix[y*m.Stride:][:out.Width] {
			copy(out.At(x, y), colours[v][:])
		}
	}
}
