package engine

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// double is a kernel for the engine's own tests: y = 2 x.
type doubleParams struct{ N int32 }

func doubleKernel() *Kernel[doubleParams] {
	return &Kernel[doubleParams]{
		Name: "double", Bufs: []Buf{{"y", Float32, Out}, {"x", Float32, In}},
		Source: tree("double.comp.glsl", doubleShader, "include/group.glsl", groupShader),
		Variants: []Variant[doubleParams]{{
			Name: "scalar", File: "double.comp.glsl",
			Groups: func(p doubleParams) int { return (int(p.N) + 63) / 64 },
			Loops:  func(p doubleParams) int { return 1 },
		}},
		Size: func(p doubleParams) []int { return []int{int(p.N), int(p.N)} },
		Cost: func(p doubleParams) Cost { return Cost{float64(p.N), 8 * float64(p.N)} },
		Split: func(p doubleParams) Split[doubleParams] {
			return Split[doubleParams]{Rows: int(p.N), Step: []int{1, 1},
				Part: func(lo, hi int) doubleParams { return doubleParams{int32(hi - lo)} }}
		},
		Host: func(h *Host, p doubleParams, v []View) {
			h.Parallel(int(p.N), 1024, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					v[0].F[i] = 2 * v[1].F[i]
				}
			})
		},
	}
}

const doubleShader = `#version 430 core
#include "group.glsl"
layout(local_size_x = 64) in;
layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
layout(std430, binding = 1) readonly buffer BufX { float x[]; };
layout(std140, binding = 0) uniform Params { int n; };
void main() {
    uint i = invocation_id();
    if (i < uint(n)) y[mg_off[0] + i] = 2.0 * x[mg_off[1] + i];
}
`

const groupShader = `layout(location = 0) uniform uint mg_first;
layout(location = 1) uniform uint mg_off[8];
uint group_id() { return mg_first + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
#define invocation_id() (group_id() * gl_WorkGroupSize.x + gl_LocalInvocationIndex)
`

func host(t *testing.T, options ...Option) *Device {
	t.Helper()
	d, err := Open("host", options...)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.Zero(t, d.Memory().Live, "tensors left behind")
		d.Close()
	})
	return d
}

func TestOpenNamesWhatIsNotThere(t *testing.T) {
	for _, name := range []string{"cuda", "", "gl:x", "gl:", "gl:99999", "host:1", "gl:-1"} {
		_, err := Open(name)
		require.ErrorIs(t, err, ErrNoDevice, name)
	}
	_, err := Open("host", WithBLAS("mkl"))
	require.ErrorIs(t, err, ErrNoDevice)
	require.ErrorContains(t, err, `no BLAS is called "mkl"`)
}

func TestRunQueuesInOrder(t *testing.T) {
	d := host(t)
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	x, y := s.Upload([]float32{1, 2, 3}, 3), s.Floats(3)
	k.Run(doubleParams{3}, y, x)
	x.Write([]float32{10, 20, 30}) // queued after the launch: y is not touched by it
	got, err := y.Floats()
	require.NoError(t, err)
	require.Equal(t, []float32{2, 4, 6}, got)
}

func TestRunRefusesWhatCannotBeRight(t *testing.T) {
	d, other := host(t), host(t)
	s, o := d.Scope(), other.Scope()
	defer s.Close()
	defer o.Close()
	k := doubleKernel()
	x, y := s.Zeros(8), s.Zeros(8)
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"engine: double: 1 tensors given, want 2", func() { k.Run(doubleParams{1}, y) }},
		{"engine: double: x is nil", func() { k.Run(doubleParams{1}, y, nil) }},
		{"engine: double: x has 8 elements, want 9", func() { k.Run(doubleParams{9}, s.Zeros(9), x) }},
		{"engine: double: x is int, want float", func() { k.Run(doubleParams{1}, y, s.Ints(1)) }},
		{"engine: double: x is on another device than y", func() { k.Run(doubleParams{1}, y, o.Zeros(8)) }},
		{"engine: double: y overlaps x", func() { k.Run(doubleParams{5}, x.Slice(0, 2, 8), x) }},
		{"engine: new: shape 70000x70000 has more than 2^31-1 elements", func() { s.Floats(70000, 70000) }},
		{"engine: new: shape -1 has a negative size", func() { s.Floats(-1) }},
		{"engine: slice: 3:9 of axis 0 of 8", func() { x.Slice(0, 3, 9) }},
		{"engine: read: the slice has 2 elements, 8 has 8", func() { x.Read(make([]float32, 2)) }},
	} {
		require.PanicsWithError(t, c.want, c.f)
	}
	closed := d.Scope()
	z := closed.Zeros(8)
	closed.Close()
	require.PanicsWithError(t, "engine: double: a tensor of a closed scope is used", func() { k.Run(doubleParams{8}, y, z) })
}

func TestMemoryBeyondTheCapSticksAndNamesShapeAndBytes(t *testing.T) {
	d := host(t, WithMemory(1<<20))
	s := d.Scope()
	defer s.Close()
	big := s.Floats(1024, 1024)
	doubleKernel().Run(doubleParams{1}, big, s.Zeros(1))
	_, err := big.Floats()
	require.ErrorIs(t, err, ErrMemory)
	require.ErrorContains(t, err, "new tensor 1024x1024 float: out of device memory: 4 MiB asked for")
	require.ErrorIs(t, d.TakeErr(), ErrMemory)
	require.NoError(t, d.Sync(), "the device is usable again")
}

func TestInterruptDropsWhatIsQueued(t *testing.T) {
	d := host(t)
	s := d.Scope()
	defer s.Close()
	x, y := s.Zeros(8), s.Zeros(8)
	d.Interrupt(nil)
	doubleKernel().Run(doubleParams{8}, y, x)
	require.ErrorIs(t, d.Sync(), ErrInterrupted)
	require.ErrorIs(t, d.TakeErr(), ErrInterrupted)
	_, err := y.Floats()
	require.NoError(t, err)
}

func TestAPanicInAKernelSticksAndNamesIt(t *testing.T) {
	d := host(t)
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	k.Host = func(h *Host, p doubleParams, v []View) {
		h.Parallel(100, 1, func(lo, hi int) { panic("boom") })
	}
	k.Run(doubleParams{8}, s.Zeros(8), s.Zeros(8))
	require.ErrorContains(t, d.TakeErr(), "double")
}

func TestViewsReadAndWriteTheirOwnElements(t *testing.T) {
	d := host(t)
	rapid.Check(t, func(t *rapid.T) {
		s := d.Scope()
		defer s.Close()
		rows, cols := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "cols")
		all := make([]float32, 2*rows*cols)
		for i := range all {
			all[i] = float32(i)
		}
		x := s.Upload(all, 2, rows, cols)
		r, c := rapid.IntRange(0, rows).Draw(t, "row"), rapid.IntRange(0, cols).Draw(t, "col")
		v := x.At(1).SliceRows(r, rows).SliceCols(c, cols)
		got, err := v.Floats()
		require.NoError(t, err)
		var want []float32
		for i := r; i < rows; i++ {
			for j := c; j < cols; j++ {
				want = append(want, float32(rows*cols+i*cols+j))
			}
		}
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i], got[i])
		}
		for i := range want {
			want[i] = -want[i]
		}
		v.Write(want)
		after, err := v.Floats()
		require.NoError(t, err)
		require.Equal(t, append([]float32{}, want...), append([]float32{}, after...))
	})
}

func TestExp32IsWithinItsMeasuredError(t *testing.T) {
	limit := hostMath().Exp * U
	for i := range 1 << 20 {
		x := float32(-87.33 + 176*float64(i)/(1<<20))
		want := math.Exp(float64(x))
		if want > math.MaxFloat32 {
			require.True(t, math.IsInf(float64(Exp32(x)), 1), "%g", x)
			continue
		}
		require.LessOrEqual(t, math.Abs(float64(Exp32(x))-want)/want, limit, "%g", x)
	}
	require.True(t, math.IsNaN(float64(Exp32(float32(math.NaN())))))
	require.True(t, math.IsInf(float64(Exp32(float32(math.Inf(1)))), 1))
	require.Zero(t, Exp32(float32(math.Inf(-1))))
	require.InDelta(t, math.Exp(-100), float64(Exp32(-100)), 1.5*math.SmallestNonzeroFloat32)
	require.Equal(t, float32(1), Exp32(0))
}

func TestErrorsWrap(t *testing.T) {
	err := error(&LaunchError{"matmul", "texel", ErrLost})
	require.ErrorIs(t, err, ErrLost)
	require.Equal(t, "engine: matmul (texel): the device's context was lost", err.Error())
	var own *LaunchError
	require.True(t, errors.As(err, &own))
}
