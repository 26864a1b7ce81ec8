//go:build cgo && !nogl && !darwin

package gl43

import (
	"fmt"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// uniform is a member of a uniform block.
type uniform struct {
	name   string
	kind   uint32
	offset int
}

// checkParams compares the block Params, whose members are seen, with the fields of Go: a
// field at another offset would read its neighbour's number.
func (p *Program) checkParams(text string, fields []Field, seen []uniform) error {
	for i := range p.count(gl.UNIFORM_BLOCK) {
		v := p.props(gl.UNIFORM_BLOCK, i, gl.BUFFER_BINDING, gl.BUFFER_DATA_SIZE)
		if v[0] != 0 {
			return fmt.Errorf("the block Params has binding %d, want 0", v[0])
		}
		p.params = int(v[1])
	}
	found := map[string]uniform{}
	for _, u := range seen {
		found[u.name] = u
	}
	for _, f := range fields {
		u, ok := found[f.Name]
		if !ok {
			if p.params == 0 && holds(text, `\bParams\b`) && holds(text, `\b`+f.Name+`\b`) {
				continue
			}
			return fmt.Errorf("parameter %s is not in the shader's block Params", f.Name)
		}
		delete(found, f.Name)
		if t, ok := scalarTypes[u.kind]; !ok || t != f.Type {
			return fmt.Errorf("parameter %s is not of type %v in the shader", f.Name, f.Type)
		}
		if u.offset != f.Offset {
			return fmt.Errorf("parameter %s has offset %d in the shader, %d in Go", f.Name, u.offset, f.Offset)
		}
	}
	for _, u := range seen {
		if _, extra := found[u.name]; extra {
			return fmt.Errorf("the shader's block Params has %s, which Go has not", u.name)
		}
	}
	return nil
}
