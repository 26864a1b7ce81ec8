package nn

import (
	"fmt"

	"mindgap/engine"
	"mindgap/kernels"
)

// Param is a named tensor that a network learns. Its Value is what operations take.
type Param struct {
	Name  string
	Value *Value
	// Kernel says that a tensor O x KH x KW x I holds a convolution, which files of PyTorch
	// store as O x I x KH x KW.
	Kernel bool
}

// Params are a network's parameters in the order in which it made them; names are unique.
type Params struct {
	scope *engine.Scope
	list  []*Param
	names map[string]*Param
}

// NewParams begins an empty list whose tensors will live in scope s.
func NewParams(s *engine.Scope) *Params { return &Params{scope: s, names: map[string]*Param{}} }

// All lists the parameters in order.
func (p *Params) All() []*Param { return p.list }

// Find gives the parameter of a name, or nil.
func (p *Params) Find(name string) *Param { return p.names[name] }

// Count is the number of their elements.
func (p *Params) Count() int {
	n := 0
	for _, x := range p.list {
		n += x.Value.T.Len()
	}
	return n
}

// Train makes room for gradients: from now on tapes that record compute them.
func (p *Params) Train() {
	for _, x := range p.list {
		if v := x.Value; v.grad == nil {
			v.grad, v.given, v.wants = p.scope.Floats(v.T.Shape()...), true, true
		}
	}
}

// Freeze keeps a parameter as it is: no gradient goes to it.
func (x *Param) Freeze() { x.Value.wants = false }

// ZeroGrad forgets the gradients: the next ones are written, not added.
func (p *Params) ZeroGrad() {
	for _, x := range p.list {
		x.Value.filled = false
	}
}

// Builder makes parameters under a prefix of names, drawing them from one stream of random
// numbers in the order in which a network asks for them.
type Builder struct {
	params *Params
	random *kernels.Random
	prefix string
}

// NewBuilder begins a network. Without random numbers (nil) parameters are left undefined,
// for networks whose weights come from a file.
func NewBuilder(p *Params, random *kernels.Random) *Builder {
	return &Builder{params: p, random: random}
}

// In is the builder for a part of the network: names get the prefix "name.".
func (b *Builder) In(name string, args ...any) *Builder {
	in := *b
	in.prefix += fmt.Sprintf(name, args...) + "."
	return &in
}

// Param makes a parameter. It panics where the name is taken.
func (b *Builder) Param(name string, init Init, shape ...int) *Param {
	name = b.prefix + name
	engine.Check("param", b.params.names[name] == nil, "the name %s is taken", name)
	x := &Param{Name: name, Value: &Value{T: b.params.scope.Floats(shape...)}}
	if b.random != nil {
		init(x.Value.T, b.random)
	}
	b.params.list = append(b.params.list, x)
	b.params.names[name] = x
	return x
}

// Kernel makes the parameter of a convolution, out x size x size x in.
func (b *Builder) Kernel(name string, init Init, out, size, in int) *Param {
	x := b.Param(name, init, out, size, size, in)
	x.Kernel = true
	return x
}
