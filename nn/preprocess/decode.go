package preprocess

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"mindgap/nn/preprocess/internal/jpeg"
)

// MaxPixels is the largest picture that is decoded: where Pillow raises its
// DecompressionBombError. A picture of 20,000 x 20,000 is beyond it. One of this size takes
// 0.5 GiB, and up to 3 GiB while it is decoded.
const MaxPixels = 178_956_970

// maxFile is more than the largest picture takes, of four channels of 16 bits, not compressed.
const maxFile = 9 * MaxPixels

// Decode decodes a picture: JPEG, PNG, WebP, GIF (the first frame) or BMP, told by its first
// bytes, whatever it is called. The bytes are those of Pillow's Image.open(f).convert('RGB'):
//
//   - Transparency is dropped: the colours beneath it appear. Orientation and colour profiles
//     in EXIF data are left alone, as torchvision does.
//   - Ink (CMYK) becomes light by (255 - K)(255 - C) / 255.
//   - 16-bit channels keep their high byte; but 16-bit grey without alpha is cut off at 255,
//     as Pillow 9.4 does it: a picture that uses all 16 bits becomes almost white.
//
// A picture of more than MaxPixels pixels, or of more than its file can hold, is refused before
// memory is taken for it; what is cut off or damaged is an error, never a partly grey picture.
func Decode(data []byte) (*Image, error) { return decode(data, MaxPixels) }

// DecodeFile is Decode of a file. The error names it.
func DecodeFile(name string) (*Image, error) {
	if info, err := os.Stat(name); err == nil && info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %d bytes are more than any picture takes that can be read", name, info.Size())
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	m, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

func decode(data []byte, maxPixels int) (*Image, error) {
	for _, f := range formats {
		if !f.is(data) {
			continue
		}
		m, err := f.decode(data, maxPixels)
		if err != nil {
			return nil, fmt.Errorf("bad %s: %w", f.name, err)
		}
		return m, nil
	}
	return nil, fmt.Errorf("not a picture that can be read (JPEG, PNG, WebP, GIF, BMP): %s", guess(data))
}

// formats that can be read.
var formats = []struct {
	name   string
	is     func(data []byte) bool
	decode func(data []byte, maxPixels int) (*Image, error)
}{
	{"JPEG", begins("\xff\xd8\xff"), decodeJPEG},
	{"PNG", begins("\x89PNG\r\n\x1a\n"), decodePNG},
	{"WebP", func(b []byte) bool { return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" }, decodeWebP},
	{"GIF", func(b []byte) bool { return begins("GIF87a")(b) || begins("GIF89a")(b) }, decodeGIF},
	{"BMP", begins("BM"), decodeBMP},
}

func begins(magic string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }
}

// guess says what data is that is no picture.
func guess(data []byte) string {
	head := data[:min(len(data), 24)]
	lower := strings.ToLower(strings.TrimSpace(string(head)))
	switch {
	case len(data) == 0:
		return "the file is empty"
	case strings.HasPrefix(lower, "version https://git-lfs"):
		return "it is a pointer of Git LFS; fetch the file itself with `git lfs pull`"
	case strings.HasPrefix(lower, "<!doctype") || strings.HasPrefix(lower, "<html"):
		return "it is an HTML page, which a failed download leaves behind"
	}
	return fmt.Sprintf("it begins with %q", head)
}

func decodeJPEG(data []byte, maxPixels int) (*Image, error) {
	buf := pixels.Get().(*[]uint8)
	pix, w, h, err := jpeg.Decode(data, maxPixels, *buf)
	if err != nil {
		pixels.Put(buf)
		return nil, err
	}
	return &Image{w, h, pix, true}, nil
}

// checkSize refuses a picture that is empty, too large, or larger than size bytes can hold, of
// which each makes at most so many pixels.
func checkSize(w, h, maxPixels, size int, perByte float64) error {
	switch {
	case w < 1 || h < 1:
		return fmt.Errorf("it is empty: %d x %d pixels", w, h)
	case w > maxPixels/h:
		return fmt.Errorf("%d x %d pixels are more than the limit of %d; make it smaller first", w, h, maxPixels)
	case float64(w)*float64(h) > perByte*float64(size):
		return fmt.Errorf("truncated: %d bytes cannot hold %d x %d pixels", size, w, h)
	}
	return nil
}
