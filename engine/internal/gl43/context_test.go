//go:build cgo && !nogl && !darwin

package gl43

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
)

func TestContext(t *testing.T) {
	c := open(t, false)
	if c.MaxGroups[0] < 65535 || c.MaxShared < 32<<10 || c.MaxBlocks < 8 || c.MaxTexels < 65536 || c.MaxBlockBytes < 1<<24 {
		t.Errorf("limits below the minimum of OpenGL 4.3: %+v", c.Info)
	}
	if c.Has("GL_ARB_compute_shader") != true {
		t.Error("an OpenGL 4.3 without GL_ARB_compute_shader")
	}
	t.Logf("%s, %s, %s", c.Renderer, c.Version, c.Via)
}

// Contexts on several threads at once give each its own answers.
func TestParallelContexts(t *testing.T) {
	list := ways(t)
	var wg sync.WaitGroup
	for k := range uint32(4) {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if err := countOn(list[0], 100*k); err != nil {
				t.Errorf("context %d: %v", k, err)
			}
		})
	}
	wg.Wait()
}

func countOn(w Way, base uint32) error {
	c, err := w.Open(false)
	if err != nil {
		return err
	}
	defer c.Close()
	p, err := c.Build("count", head+`
layout(std430, binding = 0) writeonly buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint base; };
void main() { y[mg_off[0] + group_id()] = base + group_id(); }`, []Buf{{Name: "y", Type: Uint}}, []Field{{"base", Uint, 0}})
	if err != nil {
		return err
	}
	y, err := c.NewBuffer(4000)
	if err != nil {
		return err
	}
	b := Bind{Buffer: y, Size: 4000, Len: 4000}
	for range 50 {
		if err := c.Run(&Launch{Program: p, Params: words(base), Groups: 1000, Writes: true, Binds: []Bind{b}}); err != nil {
			return err
		}
	}
	raw := make([]byte, 4000)
	if err := c.Read(y, 0, raw); err != nil {
		return err
	}
	if want := words(base + 999); string(raw[3996:]) != string(want) {
		return fmt.Errorf("last is %v, want %v", raw[3996:], want)
	}
	return nil
}

// Closing one context leaves the others alive: eglTerminate would not.
func TestCloseLeavesOthers(t *testing.T) {
	c := open(t, false)
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		done <- countOn(ways(t)[0], 7)
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b := buffer(t, c, 4)
	if got := read(t, c, b); got[3] != ^uint32(0) {
		t.Error("the first context lost its buffer")
	}
}

// A call that OpenGL refuses is reported, with the driver's words in debug mode, and once.
func TestErrorsAreReported(t *testing.T) {
	for _, debug := range []bool{false, true} {
		t.Run(fmt.Sprint("debug ", debug), func(t *testing.T) {
			c := open(t, debug)
			gl.BindBufferRange(gl.SHADER_STORAGE_BUFFER, 1<<20, 0, 0, 4)
			err := c.Flush()
			if err == nil {
				t.Fatal("no error")
			}
			t.Log(err)
			if err := c.Flush(); err != nil {
				t.Errorf("reported twice: %v", err)
			}
		})
	}
}

// Out of memory is an error of the call, and the context lives on.
func TestOutOfMemory(t *testing.T) {
	for _, debug := range []bool{false, true} {
		c := open(t, debug)
		if _, err := c.NewBuffer(1 << 40); !errors.Is(err, ErrMemory) {
			t.Errorf("debug %v: 1 TiB: %v, want ErrMemory", debug, err)
		}
		b := buffer(t, c, 4)
		if got := read(t, c, b); got[0] != ^uint32(0) {
			t.Error("the context does not work after it")
		}
	}
}

// Without libEGL the error names the file and the packages. The library is loaded once per
// process, so another process looks.
func TestNoLibrary(t *testing.T) {
	if os.Getenv(LibraryEnv) == "libNoEGL.so.9" {
		_, err := EGL()
		fmt.Println("EGL says:", err)
		return
	}
	ways(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoLibrary$", "-test.v")
	cmd.Env = append(os.Environ(), LibraryEnv+"=libNoEGL.so.9")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"libNoEGL.so.9", "libegl1", "libgl1-mesa-dri"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q does not name %s", out, want)
		}
	}
}
