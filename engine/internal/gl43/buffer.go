//go:build cgo && !nogl && !darwin

package gl43

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Transfers use the copy targets, which no launch uses.
const (
	from = gl.COPY_READ_BUFFER
	to   = gl.COPY_WRITE_BUFFER
)

// NewBuffer allocates. Contents are undefined. Out of memory is ErrMemory, and the context
// lives on.
func (c *Context) NewBuffer(bytes int64) (uint32, error) {
	if err := c.Err(); err != nil {
		return 0, err // an older fault must not pass for this call's
	}
	var name uint32
	gl.GenBuffers(1, &name)
	gl.BindBuffer(to, name)
	gl.BufferData(to, int(bytes), nil, gl.DYNAMIC_COPY)
	if err := c.Err(); err != nil {
		gl.DeleteBuffers(1, &name)
		return 0, fmt.Errorf("%d bytes: %w", bytes, err)
	}
	if name == 0 {
		return 0, fmt.Errorf("glGenBuffers gave no name: %w", ErrLost)
	}
	return name, nil
}

// DeleteBuffer frees a buffer, after the last queued use, and the texture over it.
func (c *Context) DeleteBuffer(name uint32) {
	if t, ok := c.texture[name]; ok {
		gl.DeleteTextures(1, &t.name)
		for i, bound := range c.bound.textures {
			if bound == t.name {
				c.bound.textures[i] = 0
			}
		}
		delete(c.texture, name)
	}
	gl.DeleteBuffers(1, &name)
	c.bound.forget(name)
}

// Write copies src into a buffer at a byte offset.
func (c *Context) Write(name uint32, off int64, src []byte) {
	if len(src) > 0 {
		gl.BindBuffer(to, name)
		gl.BufferSubData(to, int(off), len(src), unsafe.Pointer(&src[0]))
	}
}

// Read copies from a buffer, after all that was queued before.
func (c *Context) Read(name uint32, off int64, dst []byte) error {
	if len(dst) > 0 {
		gl.BindBuffer(from, name)
		gl.GetBufferSubData(from, int(off), len(dst), unsafe.Pointer(&dst[0]))
	}
	return c.Err()
}

// Fill sets n bytes, a multiple of 4, to one word.
func (c *Context) Fill(name uint32, off, n int64, word uint32) {
	if n > 0 {
		gl.BindBuffer(to, name)
		gl.ClearBufferSubData(to, gl.R32UI, int(off), int(n), gl.RED_INTEGER, gl.UNSIGNED_INT, unsafe.Pointer(&word))
	}
}

// Copy copies between buffers, or between parts of one that do not overlap.
func (c *Context) Copy(dst uint32, dstOff int64, src uint32, srcOff, n int64) {
	if n > 0 {
		gl.BindBuffer(from, src)
		gl.BindBuffer(to, dst)
		gl.CopyBufferSubData(from, to, int(srcOff), int(dstOff), int(n))
	}
}

// texture is a buffer texture: the texels of a buffer, without a copy.
type texture struct {
	name   uint32
	format uint32
}

// texels binds a samplerBuffer's texture to unit slot so that texel `skip` of it is the one
// at byte off, a multiple of 16. One texture over the whole buffer serves every view of it;
// a buffer with more texels than a texture may have gets a window per binding.
func (c *Context) texels(slot int, b Bind, kind Type) (skip uint32, err error) {
	const texel = 16
	format := [...]uint32{Float: gl.RGBA32F, Int: gl.RGBA32I, Uint: gl.RGBA32UI}[kind]
	if t, ok := c.texture[b.Buffer]; ok && t.format == format {
		c.bound.texture(slot, t.name)
		return uint32(b.Off / texel), nil
	} else if !ok && b.Size/texel <= c.MaxTexels {
		t = texture{format: format}
		gl.GenTextures(1, &t.name)
		c.bound.texture(slot, t.name)
		gl.TexBuffer(gl.TEXTURE_BUFFER, format, b.Buffer)
		c.texture[b.Buffer] = t
		return uint32(b.Off / texel), nil
	}
	start, size, rest := window(b.Off, b.Len, b.Size, int64(c.TexelAlign))
	size -= size % texel
	if size/texel > c.MaxTexels {
		return 0, fmt.Errorf("%d texels, the device has textures of %d: %w", size/texel, c.MaxTexels, ErrLimit)
	}
	name, ok := c.windows[slot]
	if !ok {
		gl.GenTextures(1, &name)
		c.windows[slot] = name
	}
	c.bound.textures[slot] = 0
	c.bound.texture(slot, name)
	gl.TexBufferRange(gl.TEXTURE_BUFFER, format, b.Buffer, int(start), int(size))
	return uint32(rest / texel), nil
}

// window is the range to bind so that bytes off..off+n of a buffer of size bytes can be
// reached: it begins at a multiple of align, ends on a whole vec4 where the buffer does,
// and the view begins rest bytes into it.
func window(off, n, size, align int64) (start, length, rest int64) {
	start = off - off%align
	if start == size && size >= align {
		start -= align // an empty view at the very end: a range may not be empty
	}
	length = max(off+n-start, 4)
	length = min((length+15)/16*16, size-start)
	return start, length, off - start
}
