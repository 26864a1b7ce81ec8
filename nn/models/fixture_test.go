package models

import (
	"bufio"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
)

// memory is a checkpoint whose numbers come from the formula of testdata/parity.py, which drew
// the same for PyTorch.
type memory struct {
	names  []string
	shapes map[string][]int
	values map[string][]float32
}

func (m *memory) Names() []string { return m.names }

func (m *memory) Shape(name string) ([]int, bool) {
	shape, ok := m.shapes[name]
	return shape, ok
}

func (m *memory) Floats(name string) ([]float32, error) { return m.values[name], nil }

func (m *memory) set(name string, shape []int, values []float32) {
	if _, ok := m.shapes[name]; !ok {
		m.names = append(m.names, name)
	}
	m.shapes[name], m.values[name] = shape, values
}

// with is the checkpoint, a tensor's shape and zeros put in its place.
func (m *memory) with(name string, shape ...int) *memory {
	m.set(name, shape, make([]float32, elements(shape)))
	return m
}

func (m *memory) remove(name string) {
	m.names = slices.DeleteFunc(m.names, func(n string) bool { return n == name })
	delete(m.shapes, name)
}

// renamed is the checkpoint under other names; "" leaves a tensor out.
func (m *memory) renamed(to func(name string) string) *memory {
	out := &memory{shapes: map[string][]int{}, values: map[string][]float32{}}
	for _, name := range m.names {
		if n := to(name); n != "" {
			out.set(n, m.shapes[name], m.values[name])
		}
	}
	return out
}

// checkpoint draws the tensors that testdata/NAME.txt lists.
func checkpoint(t *testing.T, name string) *memory {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".txt"))
	require.NoError(t, err)
	defer f.Close()
	m := &memory{shapes: map[string][]int{}, values: map[string][]float32{}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		word := strings.Fields(lines.Text())
		offset, err := strconv.ParseFloat(word[1], 64)
		require.NoError(t, err)
		scale, err := strconv.ParseFloat(word[2], 64)
		require.NoError(t, err)
		var shape []int
		if len(word) > 3 {
			for _, s := range strings.Split(word[3], "x") {
				n, err := strconv.Atoi(s)
				require.NoError(t, err)
				shape = append(shape, n)
			}
		}
		m.set(word[0], shape, draw(word[0], offset, scale, elements(shape)))
	}
	return m
}

func elements(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// draw is offset + scale u, with u = -1 .. 1 in steps of 2^-23 by splitmix64 from FNV-1a of
// the name.
func draw(name string, offset, scale float64, n int) []float32 {
	h := fnv.New64a()
	h.Write([]byte(name))
	seed := h.Sum64()
	out := make([]float32, n)
	for i := range out {
		z := seed + uint64(i+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		u := float64(int64(z>>40)-1<<23) / (1 << 23)
		out[i] = float32(offset + float64(scale*u)) // two roundings, as numpy does
	}
	return out
}

// layers are a network's activations by the names of its marks, in the order computed.
type layers struct {
	names  []string
	values map[string][]float32
}

func (l *layers) add(name string, values []float32) {
	if l.values == nil {
		l.values = map[string][]float32{}
	}
	l.names = append(l.names, name)
	l.values[name] = values
}

// watch keeps every value that a tape marks, its name after prefix.
func (l *layers) watch(t *testing.T, tp *nn.Tape, prefix string) {
	tp.Watch = func(name string, x *engine.Tensor) { l.add(prefix+name, floats(t, x)) }
}

// readLayers reads PyTorch's activations.
func readLayers(t *testing.T, file string) (l layers) {
	t.Helper()
	f, err := tensorfile.OpenNamed(file)
	require.NoError(t, err)
	defer f.Close()
	for _, name := range f.Names() {
		if name != "ids" {
			values, err := f.Float32(name)
			require.NoError(t, err)
			l.add(name, values)
		}
	}
	return l
}

// readArray reads an npy file, or an array "x.npz:name".
func readArray(t *testing.T, name string) (values []float32, shape []int) {
	t.Helper()
	r, err := tensorfile.OpenArray(name)
	require.NoError(t, err)
	defer r.Close()
	values, err = r.ReadAll()
	require.NoError(t, err)
	return values, r.Shape()
}

func readIDs(t *testing.T, name string) []int32 {
	values, _ := readArray(t, name)
	ids := make([]int32, len(values))
	for i, v := range values {
		ids[i] = int32(v)
	}
	return ids
}

// images draws N x H x W x 3 as testdata/parity.py does.
func images(s *engine.Scope, n, height, width int) *engine.Tensor {
	return s.Upload(draw("images", 0, 2, n*height*width*3), n, height, width, 3)
}

func fixture(t *testing.T, name string) layers {
	return readLayers(t, filepath.Join("testdata", name+".npz"))
}

// fixtureIDs are the texts of both CLIPs' fixtures.
const fixtureIDs = "testdata/clip.npz:ids"
