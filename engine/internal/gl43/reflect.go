//go:build cgo && !nogl && !darwin

package gl43

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// check compares what the linked program says of itself with what Go believes. The rules:
//
//   - buffer i is a storage block at binding i whose one member is an array named as the
//     buffer, of its type or the vec4 of its type (floats: or the dvec2, which holds four of them as well);
//     the block's own name is free;
//   - or, read as texels, a samplerBuffer (isamplerBuffer, usamplerBuffer) of that name
//     at binding i;
//   - the parameters are the block Params, std140, binding 0, with exactly the fields of Go;
//   - there is nothing else, but mg_first and mg_off.
//
// A compiler reports only what a shader uses: a buffer that is missing but declared in the
// text, and parameters where the whole block is missing, are taken to be unused.
func (p *Program) check(text string, fields []Field) error {
	text = comments.ReplaceAllString(text, " ")
	missing := make(map[string]bool)
	for _, b := range p.bufs {
		missing[b.Name] = true
	}
	if err := p.checkBlocks(missing); err != nil {
		return err
	}
	seen, err := p.checkUniforms(missing)
	if err != nil {
		return err
	}
	for i, b := range p.bufs {
		if missing[b.Name] && !declares(text, b) {
			return fmt.Errorf("buffer %d, %s: the shader has no %s of that name", i, b.Name, kindOf(b))
		}
	}
	return p.checkParams(text, fields, seen)
}

func kindOf(b Buf) string {
	if b.Texel {
		return samplerNames[b.Type]
	}
	return "storage block member"
}

var (
	samplerNames = [...]string{"samplerBuffer", "isamplerBuffer", "usamplerBuffer"}
	samplerTypes = map[uint32]Type{gl.SAMPLER_BUFFER: Float, gl.INT_SAMPLER_BUFFER: Int, gl.UNSIGNED_INT_SAMPLER_BUFFER: Uint}
	scalarTypes  = map[uint32]Type{gl.FLOAT: Float, gl.INT: Int, gl.UNSIGNED_INT: Uint}
	memberTypes  = map[uint32]Type{gl.FLOAT: Float, gl.INT: Int, gl.UNSIGNED_INT: Uint,
		gl.FLOAT_VEC4: Float, gl.INT_VEC4: Int, gl.UNSIGNED_INT_VEC4: Uint,
		gl.DOUBLE_VEC2: Float}
)

func (p *Program) checkBlocks(missing map[string]bool) error {
	for i := range p.count(gl.SHADER_STORAGE_BLOCK) {
		block := p.nameOf(gl.SHADER_STORAGE_BLOCK, i)
		v := p.props(gl.SHADER_STORAGE_BLOCK, i, gl.BUFFER_BINDING, gl.NUM_ACTIVE_VARIABLES)
		binding, members := int(v[0]), int(v[1])
		if binding >= len(p.bufs) {
			return fmt.Errorf("storage block %s has binding %d, the kernel has %d buffers", block, binding, len(p.bufs))
		}
		b := p.bufs[binding]
		if b.Texel {
			return fmt.Errorf("storage block %s has binding %d, where %s is read as texels", block, binding, b.Name)
		}
		if members != 1 {
			return fmt.Errorf("storage block %s has %d members, want the array %s alone", block, members, b.Name)
		}
		index := uint32(p.props(gl.SHADER_STORAGE_BLOCK, i, gl.ACTIVE_VARIABLES)[0])
		member := bare(p.nameOf(gl.BUFFER_VARIABLE, index))
		if member != b.Name {
			return fmt.Errorf("storage block %s at binding %d holds %s, want %s", block, binding, member, b.Name)
		}
		m := p.props(gl.BUFFER_VARIABLE, index, gl.TYPE, gl.OFFSET)
		if t, ok := memberTypes[uint32(m[0])]; !ok || t != b.Type {
			return fmt.Errorf("buffer %d, %s, is not an array of %v in the shader", binding, b.Name, b.Type)
		}
		if m[1] != 0 {
			return fmt.Errorf("buffer %d, %s, begins at byte %d of its block, want 0", binding, b.Name, m[1])
		}
		delete(missing, b.Name)
	}
	return nil
}

// checkUniforms goes through all uniforms and gives back those of the block Params.
func (p *Program) checkUniforms(missing map[string]bool) ([]uniform, error) {
	var params []uniform
	for i := range p.count(gl.UNIFORM) {
		name := bare(p.nameOf(gl.UNIFORM, i))
		v := p.props(gl.UNIFORM, i, gl.TYPE, gl.BLOCK_INDEX, gl.OFFSET, gl.LOCATION)
		if v[1] >= 0 {
			block := p.nameOf(gl.UNIFORM_BLOCK, uint32(v[1]))
			if block != "Params" {
				return nil, fmt.Errorf("uniform block %s: parameters come in the block Params", block)
			}
			params = append(params, uniform{name, uint32(v[0]), int(v[2])})
			continue
		}
		if name == "mg_first" || name == "mg_off" {
			continue
		}
		t, ok := samplerTypes[uint32(v[0])]
		if !ok {
			return nil, fmt.Errorf("uniform %s: nothing sets it; parameters come in the block Params", name)
		}
		var unit int32
		gl.GetUniformiv(p.name, v[3], &unit)
		if int(unit) >= len(p.bufs) || !p.bufs[unit].Texel || p.bufs[unit].Name != name {
			return nil, fmt.Errorf("%s %s has binding %d, where the kernel has %s", samplerNames[t], name, unit, p.at(int(unit)))
		}
		if want := p.bufs[unit].Type; t != want {
			return nil, fmt.Errorf("buffer %d, %s, is a %s in the shader, want %s", unit, name, samplerNames[t], samplerNames[want])
		}
		delete(missing, name)
	}
	return params, nil
}

func (p *Program) at(binding int) string {
	switch {
	case binding >= len(p.bufs):
		return "no buffer"
	case p.bufs[binding].Texel:
		return p.bufs[binding].Name + " (texels)"
	}
	return p.bufs[binding].Name + " (a storage block)"
}

// count, nameOf and props read the program interface.
func (p *Program) count(list uint32) uint32 {
	var n int32
	gl.GetProgramInterfaceiv(p.name, list, gl.ACTIVE_RESOURCES, &n)
	return uint32(n)
}

func (p *Program) nameOf(list, index uint32) string {
	var n int32
	text := make([]byte, 256)
	gl.GetProgramResourceName(p.name, list, index, int32(len(text)), &n, &text[0])
	return string(text[:n])
}

func (p *Program) props(list, index uint32, names ...uint32) []int32 {
	out := make([]int32, len(names))
	gl.GetProgramResourceiv(p.name, list, index, int32(len(names)), &names[0], int32(len(out)), nil, &out[0])
	return out
}

// bare strips what reflection adds to a member's name: "Block.a[0]" is a.
func bare(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimSuffix(name, "[0]")
}

var comments = regexp.MustCompile(`(?s)//[^\n]*|/\*.*?\*/`)

func holds(text, pattern string) bool { return regexp.MustCompile(pattern).MatchString(text) }

// declares reports whether a shader's text, comments left out, declares a buffer, used or not.
func declares(text string, b Buf) bool {
	if b.Texel {
		return holds(text, `\b`+samplerNames[b.Type]+`\s+`+b.Name+`\b`)
	}
	return holds(text, `\w\s+`+b.Name+`\s*\[\s*\]`)
}
