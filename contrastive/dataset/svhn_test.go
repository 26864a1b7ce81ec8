package dataset

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files that scipy wrote: compressed with bytes as labels, and plain with doubles.
func TestSVHN(t *testing.T) {
	s := open(t, "testdata/svhn", Options{})
	require.Equal(t, digits(10), s.Classes())
	list := all(t, s)
	require.Equal(t, []int{1, 0, 9, 2}, labels(list), "10 is the digit 0")
	for n, e := range list {
		requirePixels(t, e, n, 32, 32, false)
	}
	require.Equal(t, "test_32x32.mat:0", list[0].Name)
	list = all(t, open(t, "testdata/svhn", Options{Split: "train"}))
	require.Equal(t, []int{1, 0}, labels(list))
	for n, e := range list {
		requirePixels(t, e, n, 32, 32, false)
	}
	require.Len(t, all(t, open(t, "svhn:testdata/svhn/train_32x32.mat", Options{})), 2)
}

// matFile builds a .mat file without the code under test.
type matFile struct {
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
	bytes.Buffer
}

func newMat(order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}) *matFile {
	m := &matFile{order: order}
	m.WriteString("MATLAB 5.0 MAT-file, made by a test")
	m.Write(bytes.Repeat([]byte{' '}, 124-m.Len()))
	mark := order.AppendUint16(nil, 'M'<<8|'I')
	m.Write(order.AppendUint16(nil, 0x0100))
	m.Write(mark)
	return m
}

func (m *matFile) element(kind uint32, data []byte) []byte {
	b := m.order.AppendUint32(nil, kind)
	b = m.order.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	return append(b, make([]byte, -len(data)&7)...)
}

// small is an element of up to 4 bytes in its own tag.
func (m *matFile) small(kind uint32, data []byte) []byte {
	b := m.order.AppendUint32(nil, uint32(len(data))<<16|kind)
	return append(b, append(data, make([]byte, 4-len(data))...)...)
}

func (m *matFile) matrix(name string, class byte, dims []int, numbers []byte) []byte {
	flags := m.order.AppendUint32(nil, uint32(class))
	var d []byte
	for _, n := range dims {
		d = m.order.AppendUint32(d, uint32(n))
	}
	body := append(m.element(6, append(flags, 0, 0, 0, 0)), m.element(5, d)...)
	body = append(body, m.small(1, []byte(name))...)
	return m.element(14, append(body, numbers...))
}

func (m *matFile) zipped(element []byte) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(element)
	z.Close()
	head := m.order.AppendUint32(nil, 15)
	m.Write(m.order.AppendUint32(head, uint32(b.Len()))) // without padding, as MATLAB has it
	m.Write(b.Bytes())
}

// svhnColumns is the picture n of make.py's formula in column-major order.
func svhnColumns(n int) []byte {
	var b []byte
	for c := range 3 {
		for x := range 32 {
			for y := range 32 {
				b = append(b, uint8(7*n+3*y+5*x+11*c))
			}
		}
	}
	return b
}

// Both byte orders, and the labels in each type that MATLAB stores integers in.
func TestMatLabelsOfEveryType(t *testing.T) {
	orders := []interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}{binary.LittleEndian, binary.BigEndian}
	for _, order := range orders {
		for kind, encode := range map[uint32]func(b []byte, v uint16) []byte{
			1: func(b []byte, v uint16) []byte { return append(b, byte(v)) },
			2: func(b []byte, v uint16) []byte { return append(b, byte(v)) },
			3: func(b []byte, v uint16) []byte { return order.AppendUint16(b, v) },
			4: func(b []byte, v uint16) []byte { return order.AppendUint16(b, v) },
			5: func(b []byte, v uint16) []byte { return order.AppendUint32(b, uint32(v)) },
			6: func(b []byte, v uint16) []byte { return order.AppendUint32(b, uint32(v)) },
			9: func(b []byte, v uint16) []byte { return order.AppendUint64(b, math.Float64bits(float64(v))) },
		} {
			for _, zip := range []bool{false, true} {
				m := newMat(order)
				var numbers []byte
				for _, v := range []uint16{10, 4} {
					numbers = encode(numbers, v)
				}
				y := m.matrix("y", 6, []int{2, 1}, m.element(kind, numbers))
				if len(numbers) <= 4 {
					y = m.matrix("y", 6, []int{2, 1}, m.small(kind, numbers))
				}
				x := m.matrix("X", 9, []int{32, 32, 3, 2}, m.element(2, append(svhnColumns(6), svhnColumns(7)...)))
				other := m.matrix("z", 1, []int{1, 1}, nil)
				if zip {
					m.zipped(other)
					m.zipped(x)
					m.zipped(y)
				} else {
					m.Write(other)
					m.Write(x)
					m.Write(y)
				}
				f := write(t, m.String(), t.TempDir(), "test_32x32.mat")
				list := all(t, open(t, f, Options{}))
				require.Equal(t, []int{0, 4}, labels(list), "%v type %d", order, kind)
				requirePixels(t, list[1], 7, 32, 32, false)
			}
		}
	}
}

func TestSVHNBad(t *testing.T) {
	good := read(t, "testdata", "svhn", "test_32x32.mat")
	plain := read(t, "testdata", "svhn", "train_32x32.mat")
	le := binary.LittleEndian
	build := func(fill func(m *matFile)) []byte {
		m := newMat(le)
		fill(m)
		return m.Bytes()
	}
	x := func(m *matFile) []byte {
		return m.matrix("X", 9, []int{32, 32, 3, 1}, m.element(2, svhnColumns(0)))
	}
	y := func(m *matFile, dims []int, labels ...byte) []byte {
		return m.matrix("y", 9, dims, m.small(2, labels))
	}
	patched := func(b []byte, at int, with ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], with)
		return b
	}
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"empty":       {nil, "header of 128 bytes"},
		"text":        {bytes.Repeat([]byte("text "), 100), "not a MATLAB 5.0 file"},
		"header only": {good[:128], "no variables X and y of SVHN's cropped digits; the file has nothing"},
		"cut":         {good[:len(good)-1], "copy it again"},
		"cut plain":   {plain[:len(plain)-2000], "copy it again"},
		"cut tag":     {good[:132], "read a tag"},
		"hdf5":        {patched(patched(good, 124, 0, 2), 0, []byte("MATLAB 7.3")...), "HDF5"},
		"version":     {patched(good, 124, 7, 7), "0x707"},
		"zlib":        {patched(good, 140, 0xff, 0xff, 0xff, 0xff), "byte 128"},
		"4 GB":        {patched(good, 132, 0xff, 0xff, 0xff, 0xff), "an element of 4294967295 bytes"},
		"no y":        {build(func(m *matFile) { m.Write(x(m)) }), "no variables X and y of SVHN's cropped digits; the file has X"},
		"counts":      {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{2, 1}, 1, 2)) }), "X has 1 images and y 2 labels"},
		"label 11":    {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{1, 1}, 11)) }), "y 0: label 11"},
		"label 0":     {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{1, 1}, 0)) }), "y 0: label 0"},
		"dims of y":   {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{3, 1}, 1)) }), "y: 1 bytes of type 2 for dimensions [3 1]"},
		"negative":    {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{-1, -1}, 1)) }), "dimensions [-1 -1]"},
		"overflow":    {build(func(m *matFile) { m.Write(x(m)); m.Write(y(m, []int{1 << 30, 1 << 30, 1 << 30}, 1)) }), "dimensions"},
		"shape of X": {build(func(m *matFile) {
			m.Write(m.matrix("X", 9, []int{3, 32, 32, 1}, m.element(2, svhnColumns(0))))
			m.Write(y(m, []int{1, 1}, 1))
		}), "want [32 32 3 N]"},
		"too few of X": {build(func(m *matFile) {
			m.Write(m.matrix("X", 9, []int{32, 32, 3, 2}, m.element(2, svhnColumns(0))))
			m.Write(y(m, []int{2, 1}, 1, 1))
		}), "X: 3072 bytes"},
		"fraction": {build(func(m *matFile) {
			m.Write(x(m))
			m.Write(m.matrix("y", 6, []int{1, 1}, m.element(9, le.AppendUint64(nil, math.Float64bits(1.5)))))
		}), "1.5 is not an integer"},
		"nan": {build(func(m *matFile) {
			m.Write(x(m))
			m.Write(m.matrix("y", 6, []int{1, 1}, m.element(9, le.AppendUint64(nil, math.Float64bits(math.NaN())))))
		}), "NaN is not an integer"},
		"long name": {build(func(m *matFile) {
			m.Write(m.element(14, append(m.element(6, make([]byte, 8)), append(m.element(5, make([]byte, 8)), m.element(1, make([]byte, 100))...)...)))
		}), "100 bytes where at most 63"},
		"zipped in zip":  {build(func(m *matFile) { m.zipped(m.element(15, nil)) }), "compressed element of type 15"},
		"short X zipped": {build(func(m *matFile) { z := x(m); z = z[:len(z)-100]; m.zipped(z); m.Write(y(m, []int{1, 1}, 1)) }), "record 0: read an image of X: the file ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			f := write(t, string(c.data), t.TempDir(), "test_32x32.mat")
			oneLine(t, bad(t, "svhn:"+f, Options{}), f, c.words)
		})
	}
	oneLine(t, bad(t, "testdata/svhn", Options{Split: "extra"}), filepath.Join("testdata", "svhn", "extra_32x32.mat"))
	oneLine(t, bad(t, "testdata/svhn", Options{Split: "all"}), "one by one")
}

// A file that claims 16 million labels and has none does not get memory for them.
func TestMatClaimsAreNotAllocated(t *testing.T) {
	m := newMat(binary.LittleEndian)
	m.Write(m.matrix("X", 9, []int{32, 32, 3, 1 << 20}, m.element(2, nil)))
	claim := m.matrix("y", 9, []int{svhnLimit, 1}, m.element(2, nil))
	m.order.PutUint32(claim[len(claim)-4:], svhnLimit)
	m.zipped(claim)
	x := m.Bytes()
	m.order.PutUint32(x[128+8+16+24+8+4:], 3072<<20) // the claim of X
	f := write(t, string(x), t.TempDir(), "test_32x32.mat")
	got := allocated(func() { oneLine(t, bad(t, f, Options{}), f) })
	require.Less(t, got, uint64(4<<20))
}
