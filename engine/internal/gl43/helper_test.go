//go:build cgo && !nogl && !darwin

package gl43

import (
	"encoding/binary"
	"os"
	"runtime"
	"testing"
)

// ways lists the contexts to test. A machine without OpenGL says so with MINDGAP_NO_GL=1;
// silence would hide a broken driver.
func ways(t *testing.T) []Way {
	t.Helper()
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: OpenGL is not tested on this machine")
	}
	list, err := EGL()
	if err != nil {
		t.Fatalf("no OpenGL device (set MINDGAP_NO_GL=1 to test without): %v", err)
	}
	return list
}

// open gives a context on the test's own thread.
func open(t *testing.T, debug bool) *Context {
	t.Helper()
	list := ways(t)
	runtime.LockOSThread()
	for _, w := range list {
		c, err := w.Open(debug)
		if err != nil {
			t.Log(err)
			continue
		}
		t.Cleanup(func() {
			if err := c.Finish(); err != nil {
				t.Errorf("left behind: %v", err)
			}
			c.Close()
			runtime.UnlockOSThread()
		})
		return c
	}
	t.Fatal("no OpenGL device opens (set MINDGAP_NO_GL=1 to test without)")
	return nil
}

// head is what include/group.glsl gives every shader.
const head = `#version 430 core
layout(local_size_x = 1) in;
layout(location = 0) uniform uint mg_first;
layout(location = 1) uniform uint mg_off[8];
uint group_id() { return mg_first + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
`

// build compiles or ends the test.
func build(t *testing.T, c *Context, text string, bufs []Buf, fields []Field) *Program {
	t.Helper()
	p, err := c.Build(t.Name(), text, bufs, fields)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// buffer allocates n words, all ones (the pattern of a NaN).
func buffer(t *testing.T, c *Context, n int) Bind {
	t.Helper()
	name, err := c.NewBuffer(int64(4 * n))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.DeleteBuffer(name) })
	c.Fill(name, 0, int64(4*n), ^uint32(0))
	return Bind{Buffer: name, Size: int64(4 * n), Len: int64(4 * n)}
}

// part is a bind of words off..off+n of b.
func part(b Bind, off, n int) Bind {
	return Bind{Buffer: b.Buffer, Size: b.Size, Off: int64(4 * off), Len: int64(4 * n)}
}

func read(t *testing.T, c *Context, b Bind) []uint32 {
	t.Helper()
	raw := make([]byte, b.Len)
	if err := c.Read(b.Buffer, b.Off, raw); err != nil {
		t.Fatal(err)
	}
	out := make([]uint32, len(raw)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	return out
}

func words(v ...uint32) []byte {
	var out []byte
	for _, w := range v {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return out
}
