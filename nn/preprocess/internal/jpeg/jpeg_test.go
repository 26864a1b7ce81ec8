package jpeg

import (
	"bytes"
	"encoding/binary"
	"image"
	std "image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const limit4M = 1 << 22 // pixels, for tests

// pictures are the JPEG files whose every pixel the tests of package preprocess compare with
// Pillow's.
func pictures(t testing.TB) map[string][]byte {
	names, err := filepath.Glob("../../testdata/pictures/*.jpg")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		files[filepath.Base(name)] = data
	}
	return files
}

// encoded is a picture of waves and noise as the standard library writes it: 4:2:0, or grey.
func encoded(t testing.TB, w, h int, grey bool) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(w*h)))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	g := image.NewGray(m.Rect)
	for i := range w * h {
		x, y := float64(i%w), float64(i/w)
		for c := range 3 {
			v := 128 + 70*math.Sin(x/9+float64(c))*math.Cos(y/7) + 15*rng.NormFloat64()
			m.Pix[4*i+c] = uint8(min(max(v, 0), 255))
		}
		m.Pix[4*i+3], g.Pix[i] = 255, m.Pix[4*i]
	}
	var out bytes.Buffer
	var err error
	if grey {
		err = std.Encode(&out, g, &std.Options{Quality: 92})
	} else {
		err = std.Encode(&out, m, &std.Options{Quality: 92})
	}
	require.NoError(t, err)
	return out.Bytes()
}

// Beside the standard library's decoder, which shares nothing with this one: its planes,
// brought to full size by the triangle filter and to RGB by JFIF's formula in floats. The
// bound of 0.1 grey levels is that of the project's specification; the inverse transforms
// and roundings differ.
func TestAgainstStandardLibrary(t *testing.T) {
	for _, size := range [][2]int{{641, 479}, {16, 16}, {17, 33}, {8, 200}} {
		for _, grey := range []bool{false, true} {
			data := encoded(t, size[0], size[1], grey)
			got, w, h, err := Decode(data, limit4M, nil)
			require.NoError(t, err)
			require.Equal(t, size, [2]int{w, h})
			m, err := std.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			sum, worst := 0.0, 0.0
			for i := range w * h {
				for c, want := range reference(m, i%w, i/w) {
					diff := math.Abs(want - float64(got[3*i+c]))
					sum += diff
					worst = max(worst, diff)
				}
			}
			mean := sum / float64(len(got))
			t.Logf("%d x %d, grey %v: mean difference %.4f, largest %.0f", w, h, grey, mean, worst)
			require.LessOrEqual(t, mean, 0.1)
			require.LessOrEqual(t, worst, 4.0)
		}
	}
}

// reference is the colour of a pixel by the plainest formula.
func reference(m image.Image, x, y int) [3]float64 {
	if g, is := m.(*image.Gray); is {
		v := float64(g.GrayAt(x, y).Y)
		return [3]float64{v, v, v}
	}
	p := m.(*image.YCbCr)
	w, h := (p.Rect.Dx()+1)/2, (p.Rect.Dy()+1)/2
	side := func(v, n int) int { return min(max(v/2-1+2*(v&1), 0), n-1) }
	chroma := func(plane []uint8) float64 {
		at := func(x, y int) float64 { return float64(plane[y*p.CStride+x]) }
		x0, y0, x1, y1 := x/2, y/2, side(x, w), side(y, h)
		odd := float64(1 - x&1) // libjpeg rounds left samples by 8, right ones by 7 of 16
		return math.Floor((9*at(x0, y0) + 3*at(x1, y0) + 3*at(x0, y1) + at(x1, y1) + 7 + odd) / 16)
	}
	luma, cb, cr := float64(p.Y[y*p.YStride+x]), chroma(p.Cb)-128, chroma(p.Cr)-128
	round := func(v float64) float64 { return min(max(math.Round(v), 0), 255) }
	return [3]float64{round(luma + 1.402*cr), round(luma - 0.344136*cb - 0.714136*cr), round(luma + 1.772*cb)}
}

// The transform against its definition in float64: an integer transform of this precision is
// off by at most one.
func TestInverseTransform(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := range 2000 {
		var b [64]int32
		var work block
		last := n % 64
		for k := range last + 1 {
			b[natural[k]] = int32(rng.NormFloat64() * 200 / float64(1+k))
		}
		var got [64]uint8
		idct(&b, &work, last, got[:], 8)
		for i := range got {
			x, y, sum := float64(i%8), float64(i/8), 0.0
			for k, v := range b {
				u, w := float64(k%8), float64(k/8)
				f := float64(v) * math.Cos((2*x+1)*u*math.Pi/16) * math.Cos((2*y+1)*w*math.Pi/16) / 4
				for _, z := range []float64{u, w} {
					if z == 0 {
						f /= math.Sqrt2
					}
				}
				sum += f
			}
			require.InDelta(t, min(max(sum+128, 0), 255), float64(got[i]), 1)
		}
	}
}

// A file that is cut off anywhere before its last code is an error that says so. The marker
// after it may be missing where a single scan holds all.
func TestTruncated(t *testing.T) {
	for name, data := range pictures(t) {
		want, _, _, err := Decode(data, limit4M, nil)
		require.NoError(t, err)
		for n := range data {
			got, _, _, err := Decode(data[:n], limit4M, nil)
			if n >= len(data)-2 && err == nil {
				require.Equal(t, want, got, name)
				continue
			}
			require.Error(t, err, "%s: %d of %d bytes", name, n, len(data))
		}
	}
}

// Whatever is damaged, there is a picture of the right size or an error.
func TestDamaged(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, data := range pictures(t) {
		for range 300 {
			bad := bytes.Clone(data)
			for range 1 + rng.IntN(4) {
				bad[2+rng.IntN(len(bad)-2)] = uint8(rng.Uint32())
			}
			if pix, w, h, err := Decode(bad, 1<<16, nil); err == nil {
				require.Len(t, pix, 3*w*h)
			}
		}
	}
}

// segmentAt gives the place of the first segment of a kind, and what follows it.
func segmentAt(t testing.TB, data []byte, marker uint8) (from, to int) {
	from = bytes.Index(data, []byte{0xff, marker})
	require.Positive(t, from)
	return from, from + 2 + int(binary.BigEndian.Uint16(data[from+2:]))
}

func TestRefusals(t *testing.T) {
	files := pictures(t)
	plain := files["420.jpg"]
	// patched changes bytes behind the marker of a segment.
	patched := func(marker uint8, offset int, values ...uint8) []byte {
		data := bytes.Clone(plain)
		from, _ := segmentAt(t, data, marker)
		copy(data[from+offset:], values)
		return data
	}
	without := func(marker uint8) []byte {
		data := plain
		for bytes.Contains(data, []byte{0xff, marker}) {
			from, to := segmentAt(t, data, marker)
			data = append(bytes.Clone(data[:from]), data[to:]...)
		}
		return data
	}
	from, to := segmentAt(t, plain, sof0)
	frame := plain[from:to]
	progressive := files["420_progressive.jpg"]
	from, to = segmentAt(t, progressive, sos)
	next := to + bytes.Index(progressive[to:], []byte{0xff, dht})
	scan := progressive[from:next]
	for _, c := range []struct {
		want string
		data []byte
	}{
		{"does not begin with a start marker", []byte("text")},
		{"arithmetic coding is not supported", patched(sof0, 1, 0xc9)},
		{"lossless and hierarchical JPEG", patched(sof0, 1, 0xc3)},
		{"12-bit samples", patched(sof0, 4, 12)},
		{"empty: 37 x 0", patched(sof0, 5, 0, 0)},
		{"20000 x 20000 pixels are more than the limit", patched(sof0, 5, 0x4e, 0x20, 0x4e, 0x20)},
		{"cannot hold 2000 x 2000", patched(sof0, 5, 7, 208, 7, 208)},
		{"2 components", patched(sof0, 9, 2)},
		{"the frame header is too short", patched(sof0, 9, 4)},
		{"sampling factors 0 x 2", patched(sof0, 11, 0x02)},
		{"no whole fraction", patched(sof0, 11, 0x32, 0, 2, 0x22)},
		{"a scan names component 1, which is not there", patched(sof0, 10, 9)},
		{"a scan names component 1 twice", patched(sos, 7, 1)},
		{"a scan's header is broken", patched(sos, 4, 9)},
		{"two frame headers", append(append(plain[:2:2], frame...), frame...)},
		{"the end marker is missing", plain[:20]},
		{"truncated in segment 0xe0", plain[:8]},
		{"the picture's size is missing", []byte{0xff, soi, 0xff, eoi}},
		{"no data for component 1 of 3", append(append(plain[:2:2], frame...), 0xff, eoi)},
		{"a restart marker is missing", bytes.Replace(files["restart.jpg"], []byte{0xff, rst0}, []byte{0xff, rst0 + 3}, 1)},
		{"more than 500 scans", append(bytes.Clone(progressive[:next]), bytes.Repeat(scan, 500)...)},
		{"a scan's Huffman table is missing", without(dht)},
		{"a quantisation table is missing", without(dqt)},
		{"a quantisation table is broken", patched(dqt, 4, 0x25)},
		{"a Huffman table is broken", patched(dht, 4, 0x07)},
		{"a Huffman table is broken", patched(dht, 5, 3)}, // three codes of one bit
		{"the restart interval is missing", append(plain[:2:2], 0xff, dri, 0, 2)},
	} {
		_, _, _, err := Decode(c.data, limit4M, nil)
		require.ErrorContains(t, err, c.want)
	}
}

// What is left over is not looked at: bytes between segments, fill bytes before a marker, and
// whatever follows the end.
func TestTolerated(t *testing.T) {
	data := pictures(t)["420.jpg"]
	want, _, _, err := Decode(data, limit4M, nil)
	require.NoError(t, err)
	from, _ := segmentAt(t, data, dqt)
	loose := append(append(bytes.Clone(data[:from]), 1, 2, 0, 0xff, 0xff, 0xff), data[from:]...)
	got, _, _, err := Decode(append(loose, 7, 0xff, 8), limit4M, nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Scratch memory is used again: a picture does not depend on those before it.
func TestScratch(t *testing.T) {
	files := pictures(t)
	first := map[string][]uint8{}
	for name, data := range files {
		pix, _, _, err := Decode(data, limit4M, nil)
		require.NoError(t, err)
		first[name] = pix
	}
	Decode(encoded(t, 300, 300, false), limit4M, nil)
	for name, data := range files {
		pix, _, _, err := Decode(data, limit4M, nil)
		require.NoError(t, err)
		require.Equal(t, first[name], pix, name)
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range pictures(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if pix, w, h, err := Decode(data, 1<<16, nil); err == nil {
			require.Len(t, pix, 3*w*h)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data := encoded(b, 640, 480, false)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := Decode(data, limit4M, nil); err != nil {
			b.Fatal(err)
		}
	}
}
