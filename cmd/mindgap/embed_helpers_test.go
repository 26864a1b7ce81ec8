package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// tinyCLIP is the smallest CLIP with the head width of the published ones; it reads images of
// 32 pixels and texts of 20 ids.
var tinyCLIP = models.CLIPConfig{
	Image: models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 1, Heads: 1, Out: 24},
	Text:  models.TextConfig{Context: 20, Vocab: 814, Width: 64, Layers: 1, Heads: 1, Out: 24},
}

// checkpoint writes a network's random weights as PyTorch lays them out; change may spoil them.
func checkpoint(t *testing.T, build func(*nn.Builder), change func(name string, values []float32)) (file string) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	p := nn.NewParams(s)
	build(nn.NewBuilder(p, kernels.NewRandom(5, 0)))
	var specs []tensorfile.TensorSpec
	tensors := map[string][]float32{}
	add := func(name string, values []float32, shape ...int) {
		specs = append(specs, tensorfile.TensorSpec{Name: name, DType: tensorfile.Float32, Shape: shape})
		tensors[name] = values
		if change != nil {
			change(name, values)
		}
	}
	for _, x := range p.All() {
		values, err := x.Value.T.Floats()
		require.NoError(t, err)
		shape := x.Value.T.Shape()
		if x.Kernel { // O x KH x KW x I here, O x I x KH x KW there
			in, area := shape[3], shape[1]*shape[2]
			turned := make([]float32, len(values))
			for at, v := range values {
				turned[(at/in/area*in+at%in)*area+at/in%area] = v
			}
			values, shape = turned, []int{shape[0], in, shape[1], shape[2]}
		}
		add(x.Name, values, shape...)
		if bn, ok := strings.CutSuffix(x.Name, ".bias"); ok && len(shape) == 1 && p.Find(bn+".weight") == nil {
			for _, part := range []string{".weight", ".running_mean", ".running_var"} { // of a batch norm
				add(bn+part, slices.Repeat([]float32{1}, shape[0]), shape...)
			}
		}
	}
	file = filepath.Join(t.TempDir(), "tiny.safetensors")
	w, err := tensorfile.CreateSafetensors(file, nil, specs...)
	require.NoError(t, err)
	for name, values := range tensors {
		require.NoError(t, w.Write(name, values))
	}
	require.NoError(t, w.Close())
	return file
}

// buildCLIP makes it as in OpenAI's files, which alone hold the size of their images.
func buildCLIP(b *nn.Builder) { openAI(b, tinyCLIP) }

func openAI(b *nn.Builder, c models.CLIPConfig) {
	models.NewCLIP(b, c)
	b.Param("input_resolution", nn.Constant(float32(c.Image.Image)), 1)
}

// drawPictures writes images of some sizes whose colours tell them apart.
func drawPictures(t *testing.T, names ...string) (dir string) {
	dir = t.TempDir()
	for i, name := range names {
		m := image.NewRGBA(image.Rect(0, 0, 33+i, 40))
		for x := range 33 + i {
			for y := range 40 {
				m.Set(x, y, color.RGBA{uint8(40 * i), uint8(7 * x), uint8(6 * y), 255})
			}
		}
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, m))
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	}
	return dir
}

func readRows(t *testing.T, file string, width int) [][]float32 {
	r, err := tensorfile.OpenArray(file)
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, width, r.Cols())
	all, err := r.ReadAll()
	require.NoError(t, err)
	var rows [][]float32
	for at := 0; at < len(all); at += width {
		rows = append(rows, all[at:at+width])
	}
	return rows
}

// unit divides by the length.
func unit(row []float32) []float32 {
	sum := 0.0
	for _, v := range row {
		sum += float64(v) * float64(v)
	}
	out := make([]float32, len(row))
	for i, v := range row {
		out[i] = float32(float64(v) / math.Sqrt(sum))
	}
	return out
}

// near allows for batches of another size: products are then summed in another order. The
// tolerance is 2e-5 of the largest number, as everywhere between two forms of a network.
func near(t *testing.T, want, got []float32) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], 2e-5*largest)
	}
}
