package preprocess

import (
	"bytes"
	"image"
	"image/gif"
)

func decodeGIF(data []byte, maxPixels int) (*Image, error) {
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "gif: ")
	}
	// A code of at least 9 bits stands for at most 4096 pixels.
	if err := checkSize(c.Width, c.Height, maxPixels, len(data), 4096); err != nil {
		return nil, err
	}
	data, transparent := opaque(data)
	m, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, plain(err, "gif: ")
	}
	frame := m.(*image.Paletted)
	if frame.Rect == image.Rect(0, 0, c.Width, c.Height) {
		return fromStandard(frame)
	}
	// The frame covers a part of the screen; the rest is transparent, or the first colour.
	screen := image.NewPaletted(image.Rect(0, 0, c.Width, c.Height), frame.Palette)
	for i := range screen.Pix {
		screen.Pix[i] = transparent
	}
	for y := frame.Rect.Min.Y; y < frame.Rect.Max.Y; y++ {
		copy(screen.Pix[screen.PixOffset(frame.Rect.Min.X, y):], frame.Pix[frame.PixOffset(frame.Rect.Min.X, y):][:frame.Rect.Dx()])
	}
	return fromStandard(screen)
}

// opaque gives a file whose first frame has no transparent colour, because the standard library
// makes that one black, and which colour it was: 0 where there is none.
func opaque(data []byte) (out []byte, transparent uint8) {
	const globalTable, extension, control = 0x80, 0x21, 0xf9
	if len(data) < 13 {
		return data, 0
	}
	at := 13
	if data[10]&globalTable != 0 {
		at += 3 << (data[10]&7 + 1)
	}
	for at+8 <= len(data) && data[at] == extension {
		if data[at+1] == control && data[at+2] == 4 && data[at+3]&1 == 1 {
			transparent = data[at+6]
			data = bytes.Clone(data)
			data[at+3] &^= 1
		}
		for at += 2; at < len(data) && data[at] != 0; at += int(data[at]) + 1 {
		}
		at++
	}
	return data, transparent
}
