package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

func openHost(t *testing.T) *engine.Device {
	d, err := engine.Open("host")
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// checkSplit runs a case whole and cut as Split says, and compares the bits of every buffer.
func checkSplit[P any](t *testing.T, k *engine.Kernel[P], p P) {
	t.Helper()
	d := openHost(t)
	s := d.Scope()
	defer s.Close()
	split := k.Split(p)
	size := k.Size(p)
	fill := make([][]float64, len(size))
	for i, n := range size {
		fill[i] = make([]float64, n)
	}
	k.Fill(p, rand.New(rand.NewPCG(1, 2)), fill)
	tensors := func() (all []*engine.Tensor) {
		for i, b := range k.Bufs {
			x := s.New(b.Type, size[i])
			bits := make([]uint32, size[i])
			for j, v := range fill[i] {
				if b.Type == engine.Float32 {
					bits[j] = math.Float32bits(float32(v))
				} else {
					bits[j] = uint32(int32(v))
				}
			}
			x.WriteBits(bits)
			all = append(all, x)
		}
		return all
	}
	whole, cut := tensors(), tensors()
	k.Run(p, whole...)
	step := max(split.Quantum, 1) * 3
	for lo := 0; lo < split.Rows; lo += step {
		part := split.Part(lo, min(lo+step, split.Rows))
		need := k.Size(part)
		views := make([]*engine.Tensor, len(cut))
		for i, x := range cut {
			views[i] = x.Slice(0, lo*split.Step[i], lo*split.Step[i]+need[i])
		}
		k.Run(part, views...)
	}
	for i := range whole {
		a, b := make([]uint32, size[i]), make([]uint32, size[i])
		require.NoError(t, whole[i].ReadBits(a))
		require.NoError(t, cut[i].ReadBits(b))
		assert.Equal(t, a, b, "%s: %s", k.Name, k.Bufs[i].Name)
	}
}

func TestSplitsGiveTheWhole(t *testing.T) {
	checkSplit(t, gelu, UnaryParams{17, 5, 8, 6})
	checkSplit(t, gelu, UnaryParams{17, 4, 8, 4})
	checkSplit(t, geluBack, UnaryBackParams{17, 5, 8, 6, 5, 1})
	checkSplit(t, mul, BinaryParams{17, 5, 8, 6, 5, 1})
	checkSplit(t, biasRows, BinaryParams{17, 5, 8, 6, 0, 0})
	checkSplit(t, maxoutBack, MaxoutBackParams{17, 5, 8, 6, 5, 5, 7, 1})
	checkSplit(t, axpy, ScaleParams{17, 5, 8, 6, 0.5})
	checkSplit(t, scaleBy, ScaleByParams{17, 5, 8, 6, 1})
	checkSplit(t, gatherRows, GatherRowsParams{17, 5, 9, 8, 6})
	checkSplit(t, layerNorm, LayerNormParams{17, 5, 8, 6, 1, 1e-5})
	checkSplit(t, layerNormBack, LayerNormBackParams{17, 5, 8, 6, 5, 1})
	checkSplit(t, layerNormBackGain, LayerNormBackGainParams{50, 5, 4, 8, 6, 1})
	checkSplit(t, attention, AttentionParams{8, 5, 2, 4, 9, 8, 10, 8, 1, 1, 0.5})
	checkSplit(t, attentionDelta, AttentionDeltaParams{8, 5, 2, 4, 9, 8})
	checkSplit(t, attentionBack, AttentionBackParams{8, 5, 2, 4, 9, 8, 10, 8, 9, 8, 10, 1, 7, 1, 0.5})
	p := RandomFillParams{Count: 1003, SeedLo: 1, OffsetLo: 0xFFFFFF00, Spread: 1, Range: 10}
	for _, k := range []*engine.Kernel[RandomFillParams]{randomFillBits, randomFillUniform, randomFillNormal, randomFillInts} {
		checkSplit(t, k, p)
	}
}

// The public functions on views and in place: a column slice of a wider matrix stays a view.
func TestElementwiseOnViews(t *testing.T) {
	s := openHost(t).Scope()
	defer s.Close()
	wide := s.Upload([]float32{1, -2, 3, 9, -4, 5, -6, 9}, 2, 4)
	x := wide.SliceCols(0, 3)
	ReLU(x, x)
	check := func(want ...float32) {
		t.Helper()
		got, err := wide.Floats()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	check(1, 0, 3, 9, 0, 5, 0, 9)
	BiasRows(x, x, s.Upload([]float32{1, 2, 3}, 3))
	check(2, 2, 6, 9, 1, 7, 3, 9)
	Axpy(x, 2, s.Upload([]float32{1, 1, 1, 2, 2, 2}, 2, 3))
	check(4, 4, 8, 9, 5, 11, 7, 9)
	Add(x, x, x)
	check(8, 8, 16, 9, 10, 22, 14, 9)
	ScaleBy(x, s.Upload([]float32{0.5}, 1), x, false)
	check(4, 4, 8, 9, 5, 11, 7, 9)
	Mul(x, s.Upload([]float32{1, 2, 3, 4, 5, 6}, 2, 3), s.Upload([]float32{1, 1, 1, 1, 1, 1}, 2, 3), true)
	check(5, 6, 11, 9, 9, 16, 13, 9)
	Transpose(wide.SliceCols(0, 2), s.Upload([]float32{1, 2, 3, 4}, 2, 2))
	check(1, 3, 11, 9, 2, 4, 13, 9)
	GatherRows(wide.SliceCols(2, 4), s.Upload([]float32{1, 2, 3, 4}, 2, 2), s.UploadInts([]int32{1, 0}, 2))
	check(1, 3, 3, 4, 2, 4, 1, 2)
}

func TestElementwiseRefusals(t *testing.T) {
	s := openHost(t).Scope()
	defer s.Close()
	a, b := s.Zeros(2, 3), s.Zeros(3, 2)
	assert.PanicsWithError(t, "engine: relu: shapes [2 3] and [3 2] differ", func() { ReLU(a, b) })
	assert.PanicsWithError(t, "engine: bias_rows: b is float 2, want 3 contiguous elements", func() { BiasRows(a, a, s.Zeros(2)) })
	assert.PanicsWithError(t, "engine: scale_by: s has 2 elements, want 1", func() { ScaleBy(a, s.Zeros(2), a, false) })
	assert.PanicsWithError(t, "engine: bias_rows: c overlaps b", func() { BiasRows(a, a, a.At(0)) })
	assert.PanicsWithError(t, "engine: scale_by: y overlaps s", func() { x := s.Zeros(3, 1); ScaleBy(x, x.SliceRows(0, 1), x, false) })
	assert.Panics(t, func() { Transpose(a, a) })
	assert.Panics(t, func() { GatherRows(a, b, s.Ints(2)) })
	assert.Panics(t, func() { Transpose(b, a.Reshape(2, 3).SliceRows(0, 1)) })
}
