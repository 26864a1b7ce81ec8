//go:build cgo && !nogl && !darwin

package gl43

import (
	"slices"
	"testing"
)

func TestBuffers(t *testing.T) {
	c := open(t, true)
	a, b := buffer(t, c, 100), buffer(t, c, 100)
	c.Write(a.Buffer, 40, words(1, 2, 3, 4))
	c.Copy(b.Buffer, 8, a.Buffer, 36, 24)
	c.Fill(b.Buffer, 16, 4, 9)
	c.Copy(b.Buffer, 200, b.Buffer, 0, 40)
	const none = ^uint32(0)
	want := []uint32{none, none, none, 1, 9, 3, 4, none, none, none}
	if got := read(t, c, part(b, 0, 10)); !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
	if got := read(t, c, part(b, 50, 10)); !slices.Equal(got, want) {
		t.Errorf("copied within: got %d, want %d", got, want)
	}
	// Nothing is nothing.
	c.Write(a.Buffer, 0, nil)
	c.Fill(a.Buffer, 0, 0, 1)
	c.Copy(a.Buffer, 0, b.Buffer, 0, 0)
	if err := c.Read(a.Buffer, 0, nil); err != nil {
		t.Error(err)
	}
}
