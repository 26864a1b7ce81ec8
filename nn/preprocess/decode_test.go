package preprocess

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	stdjpeg "image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func picture(t testing.TB, name string) []byte {
	data, err := os.ReadFile("testdata/pictures/" + name)
	require.NoError(t, err)
	return data
}

// Bad input is one line that says what is wrong, and what to do where that is known.
func TestBadPictures(t *testing.T) {
	grey := func(w, h int) []byte {
		var out bytes.Buffer
		require.NoError(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, w, h))))
		return out.Bytes()
	}
	bigPNG := func(side uint32) []byte {
		bad := grey(3, 3)
		binary.BigEndian.PutUint32(bad[16:], side)
		binary.BigEndian.PutUint32(bad[20:], side)
		binary.BigEndian.PutUint32(bad[29:], crc32.ChecksumIEEE(bad[12:29]))
		return bad
	}
	bigBMP := func(side uint32) []byte {
		bad := bytes.Clone(picture(t, "rgb.bmp"))
		binary.LittleEndian.PutUint32(bad[18:], side)
		binary.LittleEndian.PutUint32(bad[22:], side)
		return bad
	}
	gifSize := bytes.Clone(picture(t, "palette.gif"))
	copy(gifSize[6:], []byte{0x20, 0x4e, 0x20, 0x4e})
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "the file is empty"},
		{[]byte("a text\nof two lines"), `not a picture that can be read (JPEG, PNG, WebP, GIF, BMP): it begins with "a text\nof two lines"`},
		{[]byte("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"},
		{[]byte("<!DOCTYPE html><title>404</title>"), "an HTML page"},
		{picture(t, "420.jpg")[:500], "bad JPEG: truncated"},
		{picture(t, "2_8.png")[:200], "bad PNG: truncated"},
		{picture(t, "lossy.webp")[:100], "bad WebP: truncated"},
		{picture(t, "palette.gif")[:120], "bad GIF: truncated"},
		{picture(t, "rgb.bmp")[:100], "bad BMP: truncated"},
		{[]byte("RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00"), "bad WebP: animations are not supported; save one frame of it"},
		{bigPNG(20000), "bad PNG: 20000 x 20000 pixels are more than the limit of 178956970; make it smaller first"},
		{bigPNG(10000), "cannot hold 10000 x 10000 pixels"},
		{bigBMP(20000), "bad BMP: 20000 x 20000 pixels are more than the limit"},
		{bigBMP(10000), "bad BMP: truncated: "},
		{gifSize, "bad GIF: 20000 x 20000 pixels are more than the limit"},
	} {
		_, err := Decode(c.data)
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "\n")
	}
	name := filepath.Join(t.TempDir(), "text.jpg")
	require.NoError(t, os.WriteFile(name, []byte("text"), 0o644))
	_, err := DecodeFile(name)
	require.ErrorContains(t, err, name+": not a picture")
	_, err = DecodeFile(name + "x")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Truncate(name, maxFile+1)) // a hole: it takes no room
	_, err = DecodeFile(name)
	require.ErrorContains(t, err, name+": 1610612731 bytes are more than any picture takes")
}

// A bomb, a small file that becomes a large picture, is refused before it takes memory: this one
// is a whole file of 4000 x 4000 pixels in 60 kB, under a limit of 1000 x 1000.
func TestBomb(t *testing.T) {
	var out bytes.Buffer
	flat := image.NewPaletted(image.Rect(0, 0, 4000, 4000), color.Palette{color.Black, color.White})
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, flat))
	require.Less(t, out.Len(), 60<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := decode(out.Bytes(), 1e6)
	runtime.ReadMemStats(&after)
	require.ErrorContains(t, err, "4000 x 4000 pixels are more than the limit")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// A file is told by its first bytes, not by its name.
func TestSniff(t *testing.T) {
	name := filepath.Join(t.TempDir(), "picture.jpg")
	require.NoError(t, os.WriteFile(name, picture(t, "2_8.png"), 0o644))
	m, err := DecodeFile(name)
	require.NoError(t, err)
	want, err := Decode(picture(t, "2_8.png"))
	require.NoError(t, err)
	require.Equal(t, want, m)
}

// Orientation is left alone: exif.jpg, 20 x 13, says that it is to be turned.
func TestOrientation(t *testing.T) {
	m, err := Decode(picture(t, "exif.jpg"))
	require.NoError(t, err)
	require.Equal(t, [2]int{20, 13}, [2]int{m.Width, m.Height})
}

func TestRelease(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, stdjpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 700, 700)), nil))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 30
	for range times {
		m, err := Decode(out.Bytes())
		require.NoError(t, err)
		require.Len(t, m.Pix, 3*700*700)
		m.Release()
		require.Equal(t, &Image{}, m)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/times, uint64(3*700*700/2), "memory is used again")
	m := NewImage(2, 2)
	m.Release()
	require.Equal(t, NewImage(2, 2), m)
}

// Every file that is cut off is an error or, where only what follows the pixels is missing, the
// same picture.
func TestTruncatedPictures(t *testing.T) {
	names, err := filepath.Glob("testdata/pictures/*")
	require.NoError(t, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		want, err := Decode(data)
		require.NoError(t, err)
		for _, n := range []int{1, 7, len(data) / 3, len(data) / 2, len(data) * 9 / 10, len(data) - 13} {
			got, err := Decode(data[:n])
			if err == nil {
				require.Equal(t, want.Pix, got.Pix, "%s, %d of %d bytes", name, n, len(data))
				continue
			}
			require.NotContains(t, err.Error(), "\n")
			require.False(t, strings.Contains(err.Error(), "EOF"), "%s: %v", name, err)
		}
	}
}

func TestGIFOfSeveralFrames(t *testing.T) {
	frame := func(v uint8) *image.Paletted {
		m := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.RGBA{9, 8, 7, 255}, color.RGBA{1, 2, 3, 255}})
		for i := range m.Pix {
			m.Pix[i] = v
		}
		return m
	}
	var out bytes.Buffer
	require.NoError(t, gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame(1), frame(0)}, Delay: []int{1, 1}}))
	m, err := Decode(out.Bytes())
	require.NoError(t, err)
	require.Equal(t, bytes.Repeat([]byte{1, 2, 3}, 6), m.Pix)
}

func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("testdata/pictures/*")
	require.NoError(f, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	p := Pipeline{Resize: 9, Filter: Bicubic, Crop: 11, Std: [3]float32{1, 1, 1}}
	dst := make([]float32, p.Len())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decode(data, 1<<16)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Len(t, m.Pix, 3*m.Width*m.Height)
		p.Apply(dst, m)
		for _, v := range dst {
			require.True(t, v >= 0 && v <= 1)
		}
		m.Release()
	})
}
