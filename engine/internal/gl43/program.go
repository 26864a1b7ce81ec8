//go:build cgo && !nogl && !darwin

package gl43

import (
	"fmt"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Type is a scalar type of GLSL.
type Type uint8

// float, int and uint.
const (
	Float Type = iota
	Int
	Uint
)

func (t Type) String() string { return [...]string{"float", "int", "uint"}[t] }

// Buf is what Go believes of the buffer at one binding: a storage block whose one member
// has this name, or a samplerBuffer of this name.
type Buf struct {
	Name  string
	Type  Type
	Texel bool
}

// Field is what Go believes of one scalar of the uniform block Params.
type Field struct {
	Name   string
	Type   Type
	Offset int
}

// Program is a linked compute shader.
type Program struct {
	name       uint32
	bufs       []Buf
	params     int      // bytes of the block Params, 0 where the shader has none
	first, off int32    // locations of mg_first and mg_off, -1 where the shader does not use them
	firstNow   uint32   // what mg_first and mg_off hold, 0 at first
	offNow     []uint32 // nil: not set yet
	pace       pace
}

// BuildError is a driver's complaint about a shader, with file numbers as in #line.
type BuildError struct {
	Step string // "compile" or "link"
	Log  string
}

// Line is the first line of the log that tells of an error.
func (e *BuildError) Line() string {
	lines := strings.Split(strings.TrimSpace(e.Log), "\n")
	for _, l := range lines {
		if strings.Contains(strings.ToLower(l), "error") {
			return strings.TrimSpace(l)
		}
	}
	return strings.TrimSpace(lines[0])
}

func (e *BuildError) Error() string { return e.Step + ": " + e.Line() }

// Build compiles and links a compute shader and compares its interface with bufs and
// fields. Label names it in the driver's messages.
func (c *Context) Build(label, text string, bufs []Buf, fields []Field) (*Program, error) {
	if err := c.Err(); err != nil {
		return nil, err
	}
	name, err := c.link(label, text)
	if err != nil {
		return nil, err
	}
	p := &Program{
		name: name, bufs: bufs, pace: newPace(c.Software),
		first: location(name, "mg_first"), off: location(name, "mg_off[0]"),
	}
	if err := p.check(text, fields); err != nil {
		gl.DeleteProgram(name)
		return nil, err
	}
	if err := c.Err(); err != nil {
		gl.DeleteProgram(name)
		return nil, fmt.Errorf("after linking: %w", err)
	}
	return p, nil
}

func (c *Context) link(label, text string) (uint32, error) {
	shader := gl.CreateShader(gl.COMPUTE_SHADER)
	if shader == 0 {
		return 0, fmt.Errorf("glCreateShader gave no name: %w", ErrLost)
	}
	defer gl.DeleteShader(shader)
	src, free := gl.Strs(text)
	defer free()
	length := int32(len(text))
	gl.ShaderSource(shader, 1, src, &length)
	gl.CompileShader(shader)
	var ok int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &ok); ok == gl.FALSE {
		log := infoLog(shader, gl.GetShaderiv, gl.GetShaderInfoLog)
		c.Err() // a debug context repeats the complaint
		return 0, &BuildError{Step: "compile", Log: log}
	}
	program := gl.CreateProgram()
	c.label(gl.PROGRAM, program, label)
	gl.AttachShader(program, shader)
	gl.LinkProgram(program)
	gl.DetachShader(program, shader)
	if gl.GetProgramiv(program, gl.LINK_STATUS, &ok); ok == gl.FALSE {
		log := infoLog(program, gl.GetProgramiv, gl.GetProgramInfoLog)
		gl.DeleteProgram(program)
		c.Err()
		return 0, &BuildError{Step: "link", Log: log}
	}
	return program, nil
}

func infoLog(name uint32, length func(uint32, uint32, *int32), log func(uint32, int32, *int32, *uint8)) string {
	var n int32
	length(name, gl.INFO_LOG_LENGTH, &n)
	if n <= 1 {
		return "the driver gives no reason"
	}
	text := make([]byte, n)
	log(name, n, &n, &text[0])
	return string(text[:n])
}

func location(program uint32, name string) int32 {
	return gl.GetUniformLocation(program, gl.Str(name+"\x00"))
}

func (c *Context) deleteProgram(p *Program) {
	gl.DeleteProgram(p.name)
	c.bound.program = 0 // the next one may get its name
}
