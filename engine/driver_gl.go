//go:build cgo && !nogl && !darwin

package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mindgap/engine/internal/gl43"
)

// glDriver runs launches on an OpenGL 4.3 context. The context belongs to the thread of
// the device's worker, which makes every call.
type glDriver struct {
	ctx      *gl43.Context
	query    bool // time stamps are to be trusted
	programs map[*program]glProgram
	next     gl43.Launch // the launch at hand
	binds    []gl43.Bind
}

// glProgram is a compiled program, or why it is none.
type glProgram struct {
	*gl43.Program
	err error
}

func (d *glDriver) alloc(b *buffer) error {
	name, err := d.ctx.NewBuffer(b.bytes)
	b.gl = name
	return glError(err)
}

func (d *glDriver) free(b *buffer) {
	if b.gl != 0 {
		d.ctx.DeleteBuffer(b.gl)
		b.gl = 0
	}
}

func (d *glDriver) write(b *buffer, off int64, src []byte) error {
	d.ctx.Write(b.gl, off, src)
	return nil
}

func (d *glDriver) read(b *buffer, off int64, dst []byte) error {
	return glError(d.ctx.Read(b.gl, off, dst))
}

func (d *glDriver) fill(b *buffer, off, n int64, word uint32) error {
	d.ctx.Fill(b.gl, off, n, word)
	return nil
}

func (d *glDriver) copy(dst *buffer, dstOff int64, src *buffer, srcOff, n int64) error {
	d.ctx.Copy(dst.gl, dstOff, src.gl, srcOff, n)
	return nil
}

func (d *glDriver) launch(l *launch) error {
	g, err := d.prepare(l)
	if err != nil {
		return err
	}
	return glError(d.ctx.Run(g))
}

func (d *glDriver) timed(l *launch) (float64, error) {
	g, err := d.prepare(l)
	if err != nil {
		return 0, err
	}
	measure := d.ctx.Wall
	if d.query {
		measure = d.ctx.Query
	}
	seconds, err := measure(func() error { return d.ctx.Run(g) })
	return seconds, glError(err)
}

func (d *glDriver) flush() error  { return glError(d.ctx.Flush()) }
func (d *glDriver) finish() error { return glError(d.ctx.Finish()) }
func (d *glDriver) close()        { d.ctx.Close() }

// prepare says a launch in the words of gl43.
func (d *glDriver) prepare(l *launch) (*gl43.Launch, error) {
	p := d.program(l.prog)
	if p.err != nil {
		return nil, p.err
	}
	g := &d.next
	*g = gl43.Launch{
		Program: p.Program, Params: bytesOf(l.params), Groups: l.groups,
		Work: max(l.cost.Flops, l.cost.Bytes), Stop: l.stop,
	}
	d.binds = d.binds[:0]
	for i, b := range l.binds {
		d.binds = append(d.binds, gl43.Bind{Buffer: b.buf.gl, Size: b.buf.bytes, Off: b.off, Len: b.len})
		g.Writes = g.Writes || l.prog.bufs[i].Access.Writes()
	}
	g.Binds = d.binds
	return g, nil
}

// program compiles a program at its first launch and keeps it, or the reason why it failed.
func (d *glDriver) program(p *program) glProgram {
	if g, ok := d.programs[p]; ok {
		return g
	}
	var g glProgram
	g.Program, g.err = d.build(p)
	d.programs[p] = g
	return g
}

func (d *glDriver) build(p *program) (*gl43.Program, error) {
	src, err := expand(p.source, p.file, p.defines)
	if err != nil {
		return nil, err
	}
	bufs := make([]gl43.Buf, len(p.bufs))
	for i, b := range p.bufs {
		bufs[i] = gl43.Buf{Name: b.Name, Type: gl43.Type(b.Type), Texel: p.texel[i]}
	}
	fields := make([]gl43.Field, len(p.fields))
	for i, f := range p.fields {
		fields[i] = gl43.Field{Name: f.Name, Type: gl43.Type(f.Type), Offset: f.Offset}
	}
	g, err := d.ctx.Build(p.kernel+" "+p.variant, src.text, bufs, fields)
	var complaint *gl43.BuildError
	if errors.As(err, &complaint) {
		line := src.readable(complaint.Line())
		if !slices.ContainsFunc(src.files, func(f string) bool { return strings.Contains(line, f) }) {
			line = p.file + ": " + line // linkers name no line
		}
		return nil, fmt.Errorf("%s: %s", complaint.Step, line)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, glError(err))
	}
	return g, nil
}

// glError gives gl43's errors the names that callers of the engine test for.
func glError(err error) error {
	for inner, outer := range map[error]error{
		gl43.ErrMemory: ErrMemory, gl43.ErrLost: ErrLost, gl43.ErrLimit: ErrLimit,
	} {
		if errors.Is(err, inner) {
			return fmt.Errorf("%w: %w", outer, err)
		}
	}
	return err
}
