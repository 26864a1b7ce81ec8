//go:build cgo && !nogl && !darwin

package gl43

import (
	"errors"
	"strings"
	"testing"
)

func TestCompileError(t *testing.T) {
	for _, debug := range []bool{false, true} {
		c := open(t, debug)
		_, err := c.Build("bad", "#version 430 core\n#line 7\nlayout(local_size_x = 1) in;\nvoid main() { nonsense = 1; }\n", nil, nil)
		var b *BuildError
		if !errors.As(err, &b) {
			t.Fatalf("got %v, want a BuildError", err)
		}
		// The second line after `#line 7` is line 8: 0:8(15) in Mesa, 0(8) at NVIDIA.
		if l := b.Line(); !strings.Contains(l, "nonsense") || !strings.Contains(l, "0:8(") && !strings.Contains(l, "0(8)") || strings.Contains(l, "\n") {
			t.Errorf("the complaint is %q", l)
		}
	}
}

// TestReflection gives shaders that compile and are not what Go believes.
func TestReflection(t *testing.T) {
	bufs := []Buf{{"a", Float, false}, {"b", Float, true}, {"y", Uint, false}}
	fields := []Field{{"n", Uint, 0}, {"alpha", Float, 4}}
	good := map[string]string{
		"a":    "layout(std430, binding = 0) readonly buffer BufA { float a[]; };",
		"b":    "layout(binding = 1) uniform samplerBuffer b;",
		"y":    "layout(std430, binding = 2) writeonly buffer BufY { uint y[]; };",
		"p":    "layout(std140, binding = 0) uniform Params { uint n; float alpha; };",
		"more": "",
		"main": "y[mg_off[2] + group_id()] = n + uint(alpha * a[mg_off[0]] + texelFetch(b, int(mg_off[1])).x);",
	}
	cases := []struct {
		name, part, text string
		want             []string // in the error; nil: no error
	}{
		{"as it should be", "", "", nil},
		{"vec4 members", "a", "layout(std430, binding = 0) readonly buffer BufA { vec4 a[]; };", nil},
		{"dvec2 members", "a", "layout(std430, binding = 0) readonly buffer BufA { dvec2 a[]; };", nil},
		{"instance name", "p", "layout(std140, binding = 0) uniform Params { uint n; float alpha; } q; const uint n = 1u; const float alpha = 2.0;", nil},
		{"other binding", "a", "layout(std430, binding = 3) readonly buffer BufA { float a[]; };", []string{"BufA", "binding 3", "3 buffers"}},
		{"swapped", "a", "layout(std430, binding = 2) readonly buffer BufA { float a[]; };", []string{"binding 2", "want y"}},
		{"other name", "a", "layout(std430, binding = 0) readonly buffer BufA { float aa[]; };\n#define a aa", []string{"binding 0", "holds aa", "want a"}},
		{"other type", "a", "layout(std430, binding = 0) readonly buffer BufA { int a[]; };", []string{"a", "not an array of float"}},
		{"two members", "a", "layout(std430, binding = 0) readonly buffer BufA { float c; float a[]; };", []string{"BufA", "2 members"}},
		{"texels in a block", "b", "layout(std430, binding = 1) readonly buffer BufB { float b[]; };\n#define texelFetch(s, i) vec4(s[i])", []string{"BufB", "texels"}},
		{"sampler at another unit", "b", "layout(binding = 0) uniform samplerBuffer b;", []string{"samplerBuffer b", "binding 0", "a (a storage block)"}},
		{"sampler of int", "b", "layout(binding = 1) uniform isamplerBuffer b;", []string{"isamplerBuffer", "want samplerBuffer"}},
		{"one block too many", "more", "layout(std430, binding = 5) buffer BufZ { float z[]; };", []string{"BufZ", "binding 5"}},
		{"a loose uniform", "more", "uniform float z;", []string{"uniform z"}},
		{"another uniform block", "more", "layout(std140, binding = 1) uniform Q { float z; };", []string{"block Q"}},
		{"fields swapped", "p", "layout(std140, binding = 0) uniform Params { float alpha; uint n; };", []string{"offset"}},
		{"field type", "p", "layout(std140, binding = 0) uniform Params { uint n; int alpha; };", []string{"alpha", "float"}},
		{"field extra", "p", "layout(std140, binding = 0) uniform Params { uint n; float alpha; float z; };\n#define Z z", []string{"z", "Go has not"}},
		{"field missing", "p", "layout(std140, binding = 0) uniform Params { uint n; };\n#define alpha2 2.0", []string{"alpha"}},
		{"params elsewhere", "p", "layout(std140, binding = 2) uniform Params { uint n; float alpha; };", []string{"binding 2"}},
		{"unused but there", "main", "y[group_id()] = n;", nil},
		{"buffer left out", "b", "#define texelFetch(s, i) vec4(0.0)", []string{"buffer 1, b", "samplerBuffer"}},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			c := open(t, false)
			part := func(name string) string {
				if name == x.part {
					return x.text
				}
				return good[name]
			}
			main := part("main")
			switch x.name { // shaders must compile for the comparison to be reached
			case "one block too many":
				main += " z[0] = 1.0;"
			case "a loose uniform", "another uniform block", "field extra":
				main += " y[0] = uint(z);"
			case "field missing":
				main = strings.ReplaceAll(main, "alpha", "alpha2")
			}
			text := head + strings.Join([]string{part("a"), part("b"), part("y"), part("p"), part("more")}, "\n") +
				"\nvoid main() { " + main + " }\n"
			p, err := c.Build("slip", text, bufs, fields)
			if x.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				c.deleteProgram(p)
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range x.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestBufferNotInShader(t *testing.T) {
	c := open(t, false)
	_, err := c.Build("none", head+"layout(std430, binding = 0) buffer BufY { uint y[]; };\nvoid main() { y[0] = 1u; } // b\n",
		[]Buf{{"y", Uint, false}, {"b", Float, false}}, nil)
	if err == nil || !strings.Contains(err.Error(), "buffer 1, b") {
		t.Errorf("got %v", err)
	}
}

// A vec4 block is a buffer of floats.
func TestVec4Block(t *testing.T) {
	c := open(t, false)
	p := build(t, c, head+`layout(std430, binding = 0) buffer BufA { vec4 a[]; };
void main() { a[mg_off[0] / 4u + group_id()] = vec4(1, 2, 3, 4); }`, []Buf{{"a", Float, false}}, nil)
	b := buffer(t, c, 64)
	if err := c.Run(&Launch{Program: p, Groups: 2, Writes: true, Binds: []Bind{part(b, 4, 8)}}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c, b); got[3] != ^uint32(0) || got[4] != 0x3f800000 || got[11] != 0x40800000 || got[12] != ^uint32(0) {
		t.Errorf("got %x", got[:16])
	}
}
