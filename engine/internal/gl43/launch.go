//go:build cgo && !nogl && !darwin

package gl43

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Launch is one run of a program over groups 0..Groups.
type Launch struct {
	Program *Program
	Params  []byte
	Binds   []Bind // in the order of the program's buffers
	Groups  int
	Work    float64 // the greater of flops and bytes; 0: not known
	Writes  bool    // some buffer is written
	Stop    func() error
}

// Bind is the part of a buffer that a launch sees: bytes Off..Off+Len of Size.
type Bind struct {
	Buffer         uint32
	Size, Off, Len int64
}

// maxOff is the length of mg_off in group.glsl.
const maxOff = 8

// Run queues a launch, in pieces where it is long, and after it the barrier that lets
// whatever follows see what it wrote.
func (c *Context) Run(l *Launch) error {
	p := l.Program
	if len(l.Binds) != len(p.bufs) {
		return fmt.Errorf("%d buffers bound, the program has %d", len(l.Binds), len(p.bufs))
	}
	if len(l.Binds) > min(max(maxOff, c.MaxBlocks), maxBinds) || len(l.Binds) > maxOff && p.off >= 0 {
		return fmt.Errorf("%d buffers: %w", len(l.Binds), ErrLimit)
	}
	if c.bound.program != p.name {
		gl.UseProgram(p.name)
		c.bound.program = p.name
	}
	if err := c.bind(l); err != nil {
		return err
	}
	err := c.pieces(l)
	if bits := barrierBits(l.Writes); bits != 0 {
		gl.MemoryBarrier(bits)
	}
	if c.debug {
		err = errors.Join(err, c.messages())
	}
	return err
}

// barrierBits are the ways in which anything queued later may look at what a launch wrote:
// as a storage block, as texels, as parameters, by a copy or a read.
func barrierBits(writes bool) uint32 {
	if !writes {
		return 0
	}
	return gl.SHADER_STORAGE_BARRIER_BIT | gl.TEXTURE_FETCH_BARRIER_BIT | gl.UNIFORM_BARRIER_BIT | gl.BUFFER_UPDATE_BARRIER_BIT
}

// bind makes the launch's buffers and parameters visible to the program.
func (c *Context) bind(l *Launch) error {
	c.scratch = c.scratch[:0]
	for i, b := range l.Binds {
		buf := l.Program.bufs[i]
		if b.Off < 0 || b.Len < 0 || b.Off+b.Len > b.Size {
			return fmt.Errorf("%s: bytes %d to %d of a buffer of %d", buf.Name, b.Off, b.Off+b.Len, b.Size)
		}
		if buf.Texel {
			skip, err := c.texels(i, b, buf.Type)
			if err != nil {
				return fmt.Errorf("%s: %w", buf.Name, err)
			}
			c.scratch = append(c.scratch, skip)
			continue
		}
		start, size, rest := window(b.Off, b.Len, b.Size, int64(c.BlockAlign))
		if size > c.MaxBlockBytes {
			return fmt.Errorf("%s: a range of %d bytes, the device binds %d at once: %w", buf.Name, size, c.MaxBlockBytes, ErrLimit)
		}
		if r := (blockRange{b.Buffer, start, size}); c.bound.blocks[i] != r {
			gl.BindBufferRange(gl.SHADER_STORAGE_BUFFER, uint32(i), b.Buffer, int(start), int(size))
			c.bound.blocks[i] = r
		}
		c.scratch = append(c.scratch, uint32(rest/4))
	}
	if p := l.Program; p.off >= 0 && len(c.scratch) > 0 && !slices.Equal(p.offNow, c.scratch) {
		gl.Uniform1uiv(p.off, int32(len(c.scratch)), &c.scratch[0])
		p.offNow = append(p.offNow[:0], c.scratch...)
	}
	if l.Program.params > 0 {
		c.ring.bind(l.Params, l.Program.params)
	}
	return nil
}

// dispatch runs groups first..first+n.
func (c *Context) dispatch(p *Program, first, n int) error {
	maxX, maxY := min(c.MaxGroups[0], maxAxis), min(c.MaxGroups[1], maxAxis)
	for n > 0 {
		r := nextRect(first, n, maxX, maxY)
		if r.first > 0 && p.first < 0 {
			return errors.New("too many groups for a program that does not use mg_first (include/group.glsl)")
		}
		if p.firstNow != uint32(r.first) {
			gl.Uniform1ui(p.first, uint32(r.first))
			p.firstNow = uint32(r.first)
		}
		gl.DispatchCompute(uint32(r.x), uint32(r.y), 1)
		first, n = first+r.x*r.y, n-r.x*r.y
	}
	return nil
}

// maxAxis is what OpenGL 4.3 promises per axis; more on x would buy nothing.
const maxAxis = 65535

// rect is one dispatch of x times y groups, the first of them numbered first.
type rect struct{ first, x, y int }

// nextRect is the first dispatch of groups first..first+n: full rows of maxX groups, or the rest.
func nextRect(first, n, maxX, maxY int) rect {
	if n < maxX {
		return rect{first, n, 1}
	}
	return rect{first, maxX, min(n/maxX, maxY)}
}

// bound is what of the context's state launches have set: what is so already is not set again,
// since a call into the driver costs as much as the rest of a launch. Only launches set it.
type bound struct {
	program  uint32
	blocks   [maxBinds]blockRange // by storage block binding
	textures [maxBinds]uint32     // by texture unit
}

// maxBinds is how many bindings are remembered; more than any kernel has.
const maxBinds = 16

// texture binds a buffer texture to a unit and makes the unit the active one where it had
// another before.
func (b *bound) texture(unit int, name uint32) {
	if b.textures[unit] == name {
		return
	}
	gl.ActiveTexture(gl.TEXTURE0 + uint32(unit))
	gl.BindTexture(gl.TEXTURE_BUFFER, name)
	b.textures[unit] = name
}

type blockRange struct {
	buffer   uint32
	off, len int64
}

// forget is for buffers that are deleted: OpenGL then unbinds them, and may give the name again.
func (b *bound) forget(buffer uint32) {
	for i := range b.blocks {
		if b.blocks[i].buffer == buffer {
			b.blocks[i] = blockRange{}
		}
	}
}

// ring is a uniform buffer that is written front to back, so that a launch's parameters
// seldom wait for an earlier launch to be done with its own.
type ring struct {
	name              uint32
	at, align, length int
}

func (r *ring) init(align int) {
	r.align, r.length = align, max(1<<16, 64*align)
	gl.GenBuffers(1, &r.name)
	gl.BindBuffer(gl.UNIFORM_BUFFER, r.name)
	gl.BufferData(gl.UNIFORM_BUFFER, r.length, nil, gl.DYNAMIC_DRAW)
}

// bind writes parameters and binds them as block 0, with the size that the block has in the
// shader (std140 rounds it up to 16). Nothing else is ever bound as a uniform buffer.
func (r *ring) bind(params []byte, blockSize int) {
	size := max(len(params), (blockSize+15)/16*16)
	if r.at+size > r.length {
		// New storage under the same name: launches in flight keep the old.
		gl.BufferData(gl.UNIFORM_BUFFER, r.length, nil, gl.DYNAMIC_DRAW)
		r.at = 0
	}
	if len(params) > 0 {
		gl.BufferSubData(gl.UNIFORM_BUFFER, r.at, len(params), unsafe.Pointer(&params[0]))
	}
	gl.BindBufferRange(gl.UNIFORM_BUFFER, 0, r.name, r.at, size)
	r.at += (size + r.align - 1) / r.align * r.align
}
