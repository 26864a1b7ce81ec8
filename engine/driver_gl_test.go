//go:build cgo && !nogl && !darwin

package engine

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// glDevice opens the OpenGL device; a machine without one says so with MINDGAP_NO_GL=1.
func glDevice(t *testing.T, options ...Option) *Device {
	t.Helper()
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: OpenGL is not tested on this machine")
	}
	d, err := Open("gl", options...)
	require.NoError(t, err, "no OpenGL device (set MINDGAP_NO_GL=1 to test without)")
	t.Cleanup(d.Close)
	return d
}

func TestGLCaps(t *testing.T) {
	start := time.Now()
	c := glDevice(t).Caps()
	t.Logf("opened in %v: %+v", time.Since(start), c)
	require.Equal(t, "gl", c.Kind)
	require.NotEmpty(t, c.Renderer)
	require.GreaterOrEqual(t, c.MaxBlocks, 8)
	require.Positive(t, c.MaxMemory)
	require.Contains(t, []string{"query", "wall"}, c.Timer)
	list, err := listGL()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	named, err := Open(list[0].Name)
	require.NoError(t, err)
	defer named.Close()
	require.Equal(t, list[0].Renderer, named.Caps().Renderer)
	require.Equal(t, list[0].Name, named.Name())
}

// A named device is that device or none.
func TestGLOutOfRange(t *testing.T) {
	glDevice(t)
	_, err := Open("gl:77")
	require.ErrorIs(t, err, ErrNoDevice)
	require.ErrorContains(t, err, "engine: gl:77: no such device: ")
	require.ErrorContains(t, err, " here (gl:")
	require.NotContains(t, err.Error(), "\n")
	t.Log(err)
}

// TestGLMissing looks at machines that have no usable OpenGL from processes of their own,
// because libraries are loaded once per process.
func TestGLMissing(t *testing.T) {
	if os.Getenv("MINDGAP_TEST_OPEN") != "" {
		_, err := Open(os.Getenv("MINDGAP_TEST_OPEN"))
		if !errors.Is(err, ErrNoDevice) {
			t.Fatalf("got %v, want ErrNoDevice", err)
		}
		t.Log("ERR " + err.Error())
		return
	}
	glDevice(t)
	for name, x := range map[string]struct {
		env, want []string
	}{
		"no libEGL":       {[]string{"MINDGAP_GL=egl", "MINDGAP_EGL_LIBRARY=libNoEGL.so.9"}, []string{"ERR engine: gl: no such device: ", "libNoEGL.so.9", "libegl1 libgl1-mesa-dri"}},
		"not EGL":         {[]string{"MINDGAP_GL=egl", "MINDGAP_EGL_LIBRARY=libm.so.6"}, []string{"libm.so.6 is not an EGL library"}},
		"no display":      {[]string{"MINDGAP_GL=glfw", "DISPLAY=", "WAYLAND_DISPLAY="}, []string{"glfw"}},
		"no such backend": {[]string{"MINDGAP_GL=vulkan"}, []string{"MINDGAP_GL=vulkan: want egl or glfw"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestGLMissing$", "-test.v")
			cmd.Env = append(append(os.Environ(), "MINDGAP_TEST_OPEN=gl"), x.env...)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			for _, w := range x.want {
				require.Contains(t, string(out), w)
			}
		})
	}
}

// glRun launches one program over a buffer of n words, by the driver alone.
func glRun(t *testing.T, d *Device, p *program, n int) error {
	t.Helper()
	b := &buffer{bytes: int64(4 * n)}
	var err error
	d.wait(func() error {
		if err = d.drv.alloc(b); err != nil {
			return nil
		}
		defer d.drv.free(b)
		l := &launch{prog: p, groups: 1, params: []uint32{1}, binds: []bind{{b, 0, b.bytes}}}
		if err = d.drv.launch(l); err == nil {
			_, err = d.drv.timed(l)
		}
		return nil
	})
	return err
}

// What a compiler or the comparison with Go dislikes names the shader's file, once per
// program and in one line.
func TestGLShaderErrors(t *testing.T) {
	d := glDevice(t)
	const text = "#version 430 core\nlayout(local_size_x = 1) in;\n" +
		"layout(std430, binding = 0) buffer BufY { float y[]; };\n" +
		"layout(std140, binding = 0) uniform Params { int n; };\n" +
		"void main() {\n    y[0] = float(n);\n}\n"
	for name, x := range map[string]struct{ old, new, want string }{
		"good":     {"", "", ""},
		"compile":  {"float(n)", "float(m)", "t.comp.glsl:6"},
		"slip":     {"int n", "uint n", "t.comp.glsl: parameter n is not of type int"},
		"no group": {"void main() {", "#include \"none.glsl\"\nvoid main() {", "t.comp.glsl:5: include"},
	} {
		t.Run(name, func(t *testing.T) {
			src := fstest.MapFS{"t.comp.glsl": {Data: []byte(strings.Replace(text, x.old, x.new, 1))}}
			p := &program{kernel: "t", variant: "v", source: src, file: "t.comp.glsl",
				bufs: []Buf{{"y", Float32, Out}}, texel: []bool{false}, fields: []Field{{"n", Int32, 0}}}
			err := glRun(t, d, p, 4)
			if x.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, x.want)
			require.NotContains(t, err.Error(), "\n")
			t.Log(err)
			require.Equal(t, err, glRun(t, d, p, 4), "the second launch says something else")
		})
	}
}

func TestGLOutOfMemory(t *testing.T) {
	d := glDevice(t)
	err := glRun(t, d, nil, 1<<38)
	require.ErrorIs(t, err, ErrMemory)
	t.Log(err)
	require.NoError(t, d.Sync())
}
