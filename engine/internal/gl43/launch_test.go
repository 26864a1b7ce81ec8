//go:build cgo && !nogl && !darwin

package gl43

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// What a launch wrote may be read as texels by the next, which llvmpipe gets right without
// being told and a GPU does not.
func TestBarrierBits(t *testing.T) {
	bits := barrierBits(true)
	for name, bit := range map[string]uint32{
		"storage": gl.SHADER_STORAGE_BARRIER_BIT, "texels": gl.TEXTURE_FETCH_BARRIER_BIT,
		"parameters": gl.UNIFORM_BARRIER_BIT, "copies and reads": gl.BUFFER_UPDATE_BARRIER_BIT,
	} {
		if bits&bit == 0 {
			t.Errorf("no bit for %s", name)
		}
	}
	if barrierBits(false) != 0 {
		t.Error("a launch that writes nothing needs no barrier")
	}
}

// Rectangles cover every group once, in order, within the limits.
func TestNextRect(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		first, n, x, y := r.IntN(100), r.IntN(500), 1+r.IntN(12), 1+r.IntN(5)
		next := first
		for next < first+n {
			q := nextRect(next, first+n-next, x, y)
			if q.first != next || q.x < 1 || q.x > x || q.y < 1 || q.y > y {
				t.Fatalf("nextRect(%d, %d, %d, %d): %+v", first, n, x, y, q)
			}
			next += q.x * q.y
		}
		if next != first+n {
			t.Fatalf("nextRect(%d, %d, %d, %d) ends at %d", first, n, x, y, next)
		}
	}
}

func TestWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		size := int64(16 * (1 + r.IntN(200)))
		off := int64(4 * r.IntN(int(size/4)+1))
		n := int64(4 * r.IntN(int(size-off)/4+1))
		align := int64(16) << r.IntN(5)
		start, length, rest := window(off, n, size, align)
		if start%align != 0 || start < 0 || length <= 0 && size >= align || start+length > size || start+rest != off || rest+n > length && n > 0 {
			t.Fatalf("window(%d, %d, %d, %d) = %d, %d, %d", off, n, size, align, start, length, rest)
		}
	}
}

const countText = head + `
layout(std430, binding = 0) writeonly buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint base; };
void main() { y[mg_off[0] + group_id()] = base + group_id(); }`

func counter(t *testing.T, c *Context) *Program {
	return build(t, c, countText, []Buf{{"y", Uint, false}}, []Field{{"base", Uint, 0}})
}

// More groups than an axis holds, a view that begins off the device's alignment, and
// guards on both sides: every group runs once, at its place.
func TestManyGroups(t *testing.T) {
	c := open(t, false)
	p := counter(t, c)
	for _, groups := range []int{1, 65534, 65535, 65536, 70001, 3*65535 + 1} {
		all := buffer(t, c, groups+14)
		view := part(all, 7, groups)
		if err := c.Run(&Launch{Program: p, Params: words(5), Groups: groups, Writes: true, Binds: []Bind{view}}); err != nil {
			t.Fatal(err)
		}
		got := read(t, c, all)
		for i, v := range got {
			want := ^uint32(0)
			if i >= 7 && i < 7+groups {
				want = uint32(5 + i - 7)
			}
			if v != want {
				t.Fatalf("%d groups: word %d is %d, want %d", groups, i, v, want)
			}
		}
	}
}

// What is bound already is not bound again; a buffer that is deleted is bound no more, also where
// the next one gets its name, and neither is anything after a call that failed.
func TestBindingsAreKept(t *testing.T) {
	c := open(t, false)
	p := counter(t, c)
	run := func(what string, name uint32, base uint32) {
		t.Helper()
		l := &Launch{Program: p, Params: words(base), Groups: 4, Writes: true, Binds: []Bind{{Buffer: name, Size: 16, Len: 16}}}
		if err := c.Run(l); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 16)
		if err := c.Read(name, 0, got); err != nil {
			t.Fatal(err)
		}
		if want := words(base, base+1, base+2, base+3); !bytes.Equal(got, want) {
			t.Fatalf("%s: % x, want % x", what, got, want)
		}
	}
	fresh := func() uint32 {
		name, err := c.NewBuffer(16)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	a, b := fresh(), fresh()
	run("first", a, 5)
	run("again", a, 9)
	run("another", b, 3)
	run("back", a, 7)
	c.DeleteBuffer(a)
	a = fresh()
	run("new buffer", a, 11)
	gl.BindBuffer(0xFFFF, 0) // an error
	if c.Err() == nil {
		t.Fatal("no error for a target that does not exist")
	}
	run("after an error", a, 13)
	c.DeleteBuffer(a)
	c.DeleteBuffer(b)
}

// A launch that is known to be long is cut; the cuts do not show, and Stop ends it between
// two of them.
func TestPieces(t *testing.T) {
	c := open(t, false)
	if _, err := c.Probe(); err != nil { // tells whether a dispatch returns when it is done
		t.Fatal(err)
	}
	p := counter(t, c)
	const groups = 70001
	y := buffer(t, c, groups)
	asked := 0
	l := &Launch{Program: p, Params: words(0), Groups: groups, Writes: true, Binds: []Bind{y},
		Work: 5 / p.pace.perUnit, Stop: func() error { asked++; return nil }}
	if err := c.Run(l); err != nil {
		t.Fatal(err)
	}
	for i, v := range read(t, c, y) {
		if v != uint32(i) {
			t.Fatalf("group %d wrote %d", i, v)
		}
	}
	if asked == 0 || len(c.flight) > 2 {
		t.Errorf("%d questions between pieces, %d in flight", asked, len(c.flight))
	}
	if !p.pace.known {
		t.Error("the pieces told nothing of the program's speed")
	}
	stop := errors.New("enough")
	c.Fill(y.Buffer, 0, y.Size, ^uint32(0))
	p.pace = newPace(c.Software)
	l.Stop = func() error { return stop }
	if err := c.Run(l); err != stop {
		t.Fatalf("got %v, want the error of Stop", err)
	}
	if got := read(t, c, y); got[0] != 0 || got[groups-1] != ^uint32(0) {
		t.Errorf("after one piece: first %d, last %d", got[0], got[groups-1])
	}
}

// The uniform ring goes round more than once with launches queued behind each other.
func TestRing(t *testing.T) {
	c := open(t, false)
	p := counter(t, c)
	n := c.ring.length/c.ring.align*2 + 100
	y := buffer(t, c, n)
	for i := range n {
		if err := c.Run(&Launch{Program: p, Params: words(uint32(3 * i)), Groups: 1, Writes: true, Binds: []Bind{part(y, i, 1)}}); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range read(t, c, y) {
		if v != uint32(3*i) {
			t.Fatalf("launch %d wrote %d", i, v)
		}
	}
}

// A write is seen by the next launch's texel reads, through two views of one buffer: by
// one texture over all of it, or by windows where it is longer than a texture may be.
func TestTexels(t *testing.T) {
	t.Run("whole", func(t *testing.T) { texels(t, open(t, true)) })
	t.Run("windows", func(t *testing.T) {
		c := open(t, true)
		c.MaxTexels = 60 // of the buffer's 100
		add := texels(t, c)
		c.MaxTexels = 40
		x := buffer(t, c, 400)
		if err := c.Run(&Launch{Program: add, Groups: 1, Binds: []Bind{part(x, 0, 200), x, x}}); !errors.Is(err, ErrLimit) {
			t.Errorf("a window of 50 texels where 40 are allowed: %v", err)
		}
	})
}

func texels(t *testing.T, c *Context) *Program {
	write := build(t, c, head+`layout(std430, binding = 0) writeonly buffer BufY { float y[]; };
void main() { y[mg_off[0] + group_id()] = float(group_id()); }`, []Buf{{"y", Float, false}}, nil)
	add := build(t, c, head+`layout(binding = 0) uniform samplerBuffer a;
layout(binding = 1) uniform samplerBuffer b;
layout(std430, binding = 2) writeonly buffer BufY { vec4 y[]; };
void main() {
    int i = int(group_id());
    y[mg_off[2] / 4u + group_id()] = texelFetch(a, int(mg_off[0]) + i) + texelFetch(b, int(mg_off[1]) + i);
}`, []Buf{{"a", Float, true}, {"b", Float, true}, {"y", Float, false}}, nil)
	x, y := buffer(t, c, 400), buffer(t, c, 400)
	if err := c.Run(&Launch{Program: write, Groups: 400, Writes: true, Binds: []Bind{x}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(&Launch{Program: add, Groups: 50, Writes: true, Binds: []Bind{part(x, 4, 200), part(x, 200, 200), y}}); err != nil {
		t.Fatal(err)
	}
	for i, v := range read(t, c, part(y, 0, 200)) {
		if got, want := math.Float32frombits(v), float32(2*i+204); got != want {
			t.Fatalf("element %d is %v, want %v", i, got, want)
		}
	}
	return add
}

// The last element of a large buffer is within reach: the driver's block size is true.
func TestLastElement(t *testing.T) {
	c := open(t, false)
	p := build(t, c, head+`layout(std430, binding = 0) buffer BufY { uint y[]; };
layout(std140, binding = 0) uniform Params { uint at; };
void main() { y[mg_off[0] + at] += 1u; }`, []Buf{{"y", Uint, false}}, []Field{{"at", Uint, 0}})
	size := int(min(c.MaxBlockBytes, 160<<20)) / 4 // more than the 128 MiB that llvmpipe reports
	b := buffer(t, c, size)
	for _, off := range []int{0, 3} {
		n := size - off
		if err := c.Run(&Launch{Program: p, Params: words(uint32(n - 1)), Groups: 1, Writes: true, Binds: []Bind{part(b, off, n)}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, c, part(b, size-2, 2)); got[0] != ^uint32(0) || got[1] != 1 {
		t.Errorf("the end reads %x, want ffffffff 1", got)
	}
}
