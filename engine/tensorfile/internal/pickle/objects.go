package pickle

func (u *Unpickler) get(i uint64) {
	v, ok := u.memo[i]
	if !ok {
		u.fail("it refers to entry %d of its memo, which is not there; the file is damaged", i)
	}
	u.push(v)
}

func (u *Unpickler) put(i uint64) {
	if v := u.top(); u.err == nil && u.Charge(costItem) {
		u.memo[i] = v
	}
}

// global asks the caller what a name means.
func (u *Unpickler) global(module, name string) {
	if u.err != nil {
		return
	}
	v, err := u.Find(module, name)
	if err != nil {
		u.err = err
		return
	}
	u.push(v)
}

// call does what REDUCE and NEWOBJ ask for: runs a function of the caller's, or makes an
// instance of a class, which is to keep its arguments until BUILD gives its attributes.
func (u *Unpickler) call(f, args any, isNew bool) {
	a, ok := args.(Tuple)
	if !ok {
		u.fail("the arguments of %s are %s, not a tuple; the file is damaged", Kind(f), Kind(args))
	}
	if u.err != nil || !u.Charge(2*costItem) {
		return
	}
	switch f := f.(type) {
	case *Func:
		v, err := f.Call(u, a)
		if err != nil {
			u.fail("%s: %w", f.Name, err)
			return
		}
		u.push(v)
	case Class:
		o := &Object{Class: f}
		if !isNew {
			o.State = a
		}
		u.push(o)
	default:
		u.fail("it calls %s, which is not a function; the file is damaged", Kind(f))
	}
}

// build gives an object its attributes. An OrderedDict may have some too (a state dict
// notes the versions of its layers so): they are not part of its items, and are left out.
func (u *Unpickler) build() {
	state := u.pop()
	switch o := u.top().(type) {
	case *Object:
		o.State = state
	case *Dict:
	default:
		u.fail("it sets attributes of %s; save the weights alone: torch.save(model.state_dict(), name)", Kind(o))
	}
}

func (u *Unpickler) persistent(id any) {
	if u.err != nil {
		return
	}
	if u.Persistent == nil {
		u.fail("it refers to something outside of itself; the file is damaged")
		return
	}
	v, err := u.Persistent(id)
	if err != nil {
		u.err = err
		return
	}
	if u.Charge(2 * costItem) {
		u.push(v)
	}
}
