package kernels

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Known answers of Philox4x32-10: Random123, tests/kat_vectors.
var philoxVectors = []struct {
	counter [4]uint32
	key     [2]uint32
	want    [4]uint32
}{
	{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
	{
		[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
		[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
	},
	{
		[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
		[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
	},
}

func TestPhiloxVectors(t *testing.T) {
	for _, v := range philoxVectors {
		assert.Equal(t, v.want, Philox4x32(v.counter, v.key))
	}
}

// philoxKernel applies include/philox.glsl to any counters and keys, which fills cannot.
func philoxKernel(t *testing.T) *engine.Kernel[struct{ Count int32 }] {
	include, err := shaders.ReadFile("include/philox.glsl")
	require.NoError(t, err)
	group, err := shaders.ReadFile("include/group.glsl")
	require.NoError(t, err)
	main := `#version 430 core
#include "group.glsl"
#include "philox.glsl"
layout(local_size_x = 1) in;
layout(std430, binding = 0) writeonly buffer BufX { uvec4 x[]; };
layout(std430, binding = 1) readonly buffer BufC { uvec4 c[]; };
layout(std430, binding = 2) readonly buffer BufK { uint k[]; };
layout(std140, binding = 0) uniform Params { int count; };
void main() {
    uint i = invocation_id();
    uint at = mg_off[2] + 2u * i;
    if (i < uint(count)) x[mg_off[0] / 4u + i] = philox(c[mg_off[1] / 4u + i], uvec2(k[at], k[at + 1u]));
}
`
	type P = struct{ Count int32 }
	return &engine.Kernel[P]{
		Name: "philox_vectors",
		Source: fstest.MapFS{
			"main.comp.glsl": {Data: []byte(main)}, "include/philox.glsl": {Data: include}, "include/group.glsl": {Data: group},
		},
		Bufs: []engine.Buf{
			{Name: "x", Type: engine.Uint32, Access: engine.Out}, {Name: "c", Type: engine.Uint32}, {Name: "k", Type: engine.Uint32},
		},
		Variants: []engine.Variant[P]{{
			Name: "plain", File: "main.comp.glsl", Vec4: []string{"x", "c"},
			Groups: func(p P) int { return int(p.Count) }, Loops: func(P) int { return 10 },
		}},
		Size: func(p P) []int { return []int{4 * int(p.Count), 4 * int(p.Count), 2 * int(p.Count)} },
		Cost: func(P) engine.Cost { return engine.Cost{} },
	}
}

func openGL(t *testing.T) *engine.Device {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := engine.Open("gl")
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

func TestPhiloxVectorsOnGL(t *testing.T) {
	s := openGL(t).Scope()
	defer s.Close()
	n := len(philoxVectors)
	x, c, k := s.Uints(4*n), s.Uints(4*n), s.Uints(2*n)
	var counters, keys, want []uint32
	for _, v := range philoxVectors {
		counters, keys, want = append(counters, v.counter[:]...), append(keys, v.key[:]...), append(want, v.want[:]...)
	}
	c.WriteUints(counters)
	k.WriteUints(keys)
	philoxKernel(t).Run(struct{ Count int32 }{int32(n)}, x, c, k)
	got := make([]uint32, 4*n)
	require.NoError(t, x.ReadUints(got))
	assert.Equal(t, want, got)
}

// fills are the four ways of filling a tensor, each from a number of a stream on.
var fills = map[string]struct {
	dtype engine.DType
	fill  func(t *engine.Tensor, s Stream, offset uint64)
}{
	"bits":    {engine.Uint32, FillBits},
	"uniform": {engine.Float32, func(t *engine.Tensor, s Stream, o uint64) { FillUniform(t, s, o, -0.3, 0.7) }},
	"normal":  {engine.Float32, func(t *engine.Tensor, s Stream, o uint64) { FillNormal(t, s, o, 0.1, 0.02) }},
	"ints":    {engine.Int32, func(t *engine.Tensor, s Stream, o uint64) { FillInts(t, s, o, 49408) }},
}

// words fills a tensor of n numbers in pieces that end at cuts, and gives its bits.
func words(t *testing.T, d *engine.Device, kind string, n int, cuts ...int) []uint32 {
	s := d.Scope()
	defer s.Close()
	x := s.New(fills[kind].dtype, n)
	from := 0
	for _, to := range append(cuts, n) {
		fills[kind].fill(x.Slice(0, from, to), Stream{0x123456789ABCDEF, 5}, uint64(1<<34-100+from))
		from = to
	}
	out := make([]uint32, n)
	require.NoError(t, x.ReadBits(out))
	return out
}

// A fill's numbers do not depend on how it is cut, nor on the device.
func TestRandomFillsAgree(t *testing.T) {
	host, err := engine.Open("host")
	require.NoError(t, err)
	defer host.Close()
	devices := []*engine.Device{host}
	if os.Getenv("MINDGAP_NO_GL") != "1" {
		devices = append(devices, openGL(t))
	}
	const n = 100_003
	for kind := range fills {
		want := words(t, host, kind, n)
		for _, d := range devices {
			assert.Equal(t, want, words(t, d, kind, n), "%s on %s", kind, d.Name())
			assert.Equal(t, want, words(t, d, kind, n, 1, 2, 7, 4096, 50_001), "%s in pieces on %s", kind, d.Name())
		}
	}
}

// Random never hands out a number twice, and fills begin at whole blocks.
func TestRandomHandsOutEachNumberOnce(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	r := NewRandom(7, 1)
	var all []uint32
	for _, n := range []int{5, 4, 1, 64} {
		x := s.Uints(n)
		before := r.Next
		r.Bits(x)
		assert.Zero(t, before%4)
		assert.GreaterOrEqual(t, r.Next-before, uint64(n))
		w := make([]uint32, n)
		require.NoError(t, x.ReadUints(w))
		all = append(all, w...)
	}
	b := r.Uint64()
	all = append(all, uint32(b), uint32(b>>32))
	seen := map[uint32]bool{}
	for _, w := range all {
		assert.False(t, seen[w])
		seen[w] = true
	}
	perm := rand.New(NewRandom(7, 2)).Perm(100) // a Source of math/rand/v2
	assert.Equal(t, perm, rand.New(NewRandom(7, 2)).Perm(100))
}

func TestRandomRefusals(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x := s.Floats(4, 4)
	assert.Panics(t, func() { FillUniform(x.SliceCols(0, 2), Stream{}, 0, 0, 1) }, "not contiguous")
	assert.Panics(t, func() { FillUniform(x, Stream{}, 0, 1, 0) }, "hi < lo")
	assert.Panics(t, func() { FillInts(s.Ints(4), Stream{}, 0, 0) }, "no range")
	assert.Panics(t, func() { FillNormal(s.Ints(4), Stream{}, 0, 0, 1) }, "wrong type")
}

// All 2^24 radii and 2^24 angles keep the parts of normalUlps that they are given.
func TestNormalErrors(t *testing.T) {
	var radius, turn float64
	for k := uint32(0); k < 1<<24; k++ {
		if r := math.Sqrt(-2 * math.Log(float64(k+1)*0x1p-24)); r > 0 {
			radius = max(radius, math.Abs(float64(normalRadius32(k))-r)/r)
		}
		c, s := normalTurn32(k)
		s64, c64 := math.Sincos(2 * math.Pi * float64(k) * 0x1p-24)
		if k&(1<<22-1) == 0 {
			s64, c64 = math.Round(s64), math.Round(c64)
		}
		turn = max(turn, relative(float64(c), c64), relative(float64(s), s64))
	}
	t.Logf("radius %.2f u, turn %.2f u", radius/engine.U, turn/engine.U)
	assert.LessOrEqual(t, radius/engine.U, 7.0)
	assert.LessOrEqual(t, turn/engine.U, 5.0)
	assert.Zero(t, normalRadius32(1<<24-1), "u = 1")
}

func relative(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(want)
}
