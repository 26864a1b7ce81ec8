package engine

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// onGL opens the OpenGL device. A machine without one says so by MINDGAP_NO_GL=1; nothing
// else lets a test be skipped.
func onGL(t *testing.T, options ...Option) *Device {
	t.Helper()
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := Open("gl", options...)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.Zero(t, d.Memory().Live, "tensors left behind")
		d.Close()
	})
	return d
}

func TestGLOpens(t *testing.T) {
	c := onGL(t).Caps()
	t.Logf("%s: %s via %s; loop budget %d, timer %s, exp %.2f u", c.Name, c.Renderer, c.Via, c.LoopBudget, c.Timer, c.Math.Exp)
	require.Equal(t, "gl", c.Kind)
	require.NotEmpty(t, c.Renderer)
	require.GreaterOrEqual(t, c.MaxInvocations, 1024)
	require.GreaterOrEqual(t, c.MaxShared, 32<<10)
	require.Positive(t, c.Math.Exp)
	require.Contains(t, []string{"query", "wall"}, c.Timer)
}

// ramp runs double over n elements, i -> 2i mod 2^24, and checks every one.
func ramp(t *testing.T, d *Device, n int) {
	t.Helper()
	s := d.Scope()
	defer s.Close()
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(i & 0x7FFFFF)
	}
	x, y := s.Upload(data, n), s.Zeros(n)
	doubleKernel().Run(doubleParams{int32(n)}, y, x)
	got, err := y.Floats()
	require.NoError(t, err)
	for i := range data {
		if got[i] != 2*data[i] {
			t.Fatalf("element %d of %d is %g, want %g", i, n, got[i], 2*data[i])
		}
	}
}

func TestGLRunsMoreGroupsThanAnAxisHolds(t *testing.T) {
	ramp(t, onGL(t), 70001*64)
}

func TestGLCutsBuffersBeyondTheBlockLimit(t *testing.T) {
	d := onGL(t, WithBlockLimit(1<<16))
	for _, n := range []int{1, 16383, 16384, 16385, 100003} {
		ramp(t, d, n)
	}
}

// 129 MiB is a MiB more than llvmpipe says that it binds at once.
func TestGLHolds129MiB(t *testing.T) {
	ramp(t, onGL(t), 129<<20/4)
}

func TestGLRefusesAWindowThatCannotBeCut(t *testing.T) {
	d := onGL(t, WithBlockLimit(1<<16))
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	k.Split = nil
	k.Run(doubleParams{1 << 15}, s.Zeros(1<<15), s.Zeros(1<<15))
	err := d.TakeErr()
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, "double (scalar): a buffer is larger than the")
}

// A loop beyond the driver's silent budget must be an error: the numbers would be wrong.
func TestGLAssertsTheLoopBudget(t *testing.T) {
	d := onGL(t)
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	k.Variants[0].Loops = func(doubleParams) int { return 1 << 20 }
	k.Run(doubleParams{1}, s.Zeros(1), s.Zeros(1))
	err := d.TakeErr()
	if d.Caps().LoopBudget == 0 {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, ErrLimit)
}

func TestGLNamesFileAndLineOfABrokenShader(t *testing.T) {
	d := onGL(t)
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	k.Name = "broken"
	k.Source = tree("double.comp.glsl", "#version 430 core\n#include \"bad.glsl\"\nlayout(local_size_x = 1) in;\nvoid main() {}\n",
		"include/bad.glsl", "int fine;\nfloat wrong = nothing;\n")
	k.Run(doubleParams{1}, s.Zeros(1), s.Zeros(1))
	err := d.TakeErr()
	require.ErrorContains(t, err, "broken (scalar)")
	require.ErrorContains(t, err, "include/bad.glsl:2")
	ramp(t, d, 100)
}

// A slip between Go and GLSL is an error, not a wrong number.
func TestGLComparesParametersWithTheShader(t *testing.T) {
	d := onGL(t)
	s := d.Scope()
	defer s.Close()
	k := doubleKernel()
	k.Name = "slip"
	text := []byte(doubleShader)
	k.Source = tree("double.comp.glsl", string(text[:len(text)-1])+"\n", "include/group.glsl", groupShader)
	k.Bufs[1].Name = "z"
	k.Run(doubleParams{1}, s.Zeros(1), s.Zeros(1))
	require.ErrorContains(t, d.TakeErr(), "z")
}

// The driver's own refusal, not the pool's: a single allocation that it does not give.
func TestGLMemoryBeyondTheDriverIsAnError(t *testing.T) {
	d := onGL(t, WithMemory(1<<50))
	s := d.Scope()
	defer s.Close()
	x := s.Floats(1<<31 - 1)
	err := d.TakeErr()
	if err == nil {
		t.Skip("this driver gives 8 GiB in one buffer")
	}
	require.ErrorIs(t, err, ErrMemory)
	require.ErrorContains(t, err, "new tensor 2147483647 float (8 GiB)")
	doubleKernel().Run(doubleParams{1}, x, s.Zeros(1))
	require.ErrorIs(t, d.TakeErr(), ErrMemory, "a tensor without memory stays an error")
	ramp(t, d, 100)
}

func TestGLDevicesWorkSideBySide(t *testing.T) {
	a, b := onGL(t), onGL(t)
	done := make(chan struct{})
	go func() { defer close(done); ramp(t, a, 1<<16) }()
	ramp(t, b, 1<<16)
	<-done
}

// In debug mode what the driver dislikes is an error that names the kernel, and memory that
// nobody wrote reads as NaN.
func TestGLDebugMode(t *testing.T) {
	d := onGL(t, WithDebug())
	ramp(t, d, 1000)
	s := d.Scope()
	defer s.Close()
	got, err := s.Floats(3).Floats()
	require.NoError(t, err)
	for _, x := range got {
		require.NotEqual(t, x, x, "unwritten memory must be NaN")
	}
	k := doubleKernel()
	k.Name = "huge_group"
	k.Source = tree("double.comp.glsl", strings.Replace(doubleShader, "local_size_x = 64", "local_size_x = 65536", 1), "include/group.glsl", groupShader)
	k.Run(doubleParams{1}, s.Zeros(1), s.Zeros(1))
	require.ErrorContains(t, d.TakeErr(), "huge_group (scalar)")
}

func TestGLInterruptStopsALongLaunch(t *testing.T) {
	d := onGL(t)
	s := d.Scope()
	defer s.Close()
	n := 1 << 22
	x, y := s.Zeros(n), s.Zeros(n)
	k := doubleKernel()
	k.Cost = func(p doubleParams) Cost { return Cost{1e15, 0} } // believed to be long: cut into many pieces
	k.Run(doubleParams{int32(n)}, y, x)
	runtime.Gosched()
	d.Interrupt(nil)
	require.ErrorIs(t, d.TakeErr(), ErrInterrupted)
}

// The slow proof: 3 GiB in one tensor, right to the last element.
func TestLongGLHolds3GiB(t *testing.T) {
	if os.Getenv("MINDGAP_LONG") != "1" {
		t.Skip("make test-long runs this: 3 GiB tensors")
	}
	d := onGL(t)
	n := 3 << 30 / 4
	s := d.Scope()
	defer s.Close()
	x := s.Zeros(n)
	const tail = 1000
	x.Slice(0, n-tail, n).Write(make([]float32, tail))
	one := []float32{7}
	x.Slice(0, n-1, n).Write(one)
	x.Slice(0, 1<<29, 1<<29+1).Write(one)
	y := s.Zeros(n)
	doubleKernel().Run(doubleParams{int32(n)}, y, x)
	for _, i := range []int{0, 1<<29 - 1, 1 << 29, n - 2, n - 1} {
		got, err := y.Slice(0, i, i+1).Floats()
		require.NoError(t, err)
		want := float32(0)
		if i == n-1 || i == 1<<29 {
			want = 14
		}
		require.Equal(t, want, got[0], "element %d", i)
	}
}
