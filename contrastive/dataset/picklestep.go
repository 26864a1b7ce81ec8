package dataset

import "fmt"

// step carries out one opcode. done: it was the last, and v is the value of the pickle.
func (p *pickle) step() (v any, done bool, err error) {
	op, err := p.take(1)
	if err != nil {
		return nil, false, err
	}
	var n uint32
	var b []byte
	switch op[0] {
	case 0x80: // PROTO
		if n, err = p.number(1); err == nil {
			err = protocol(n)
		}
	case '.': // STOP
		v, err = p.pop()
		return v, true, err
	case '(': // MARK
		err = p.push(pickleMark{})
	case 'N': // NONE
		err = p.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		err = p.push(op[0] == 0x88)
	case 'J': // BININT
		if n, err = p.number(4); err == nil {
			err = p.push(int64(int32(n)))
		}
	case 'K', 'M': // BININT1, BININT2
		if n, err = p.number(1 + int(op[0]-'K')/2); err == nil {
			err = p.push(int64(n))
		}
	case 'U', 'T': // SHORT_BINSTRING, BINSTRING
		if b, err = p.sized(map[byte]int{'U': 1, 'T': 4}[op[0]]); err == nil {
			err = p.push(b)
		}
	case '}': // EMPTY_DICT
		err = p.push(map[string]any{})
	case ']': // EMPTY_LIST
		err = p.push(new([]any))
	case ')': // EMPTY_TUPLE
		err = p.push(pickleTuple{})
	case 't': // TUPLE
		var items []any
		if items, err = p.popMark(); err == nil {
			err = p.push(pickleTuple(items))
		}
	case 0x85, 0x86, 0x87: // TUPLE1, TUPLE2, TUPLE3
		k := int(op[0] - 0x84)
		if len(p.stack) < k {
			return nil, false, fmt.Errorf("a value is missing")
		}
		items := append(pickleTuple(nil), p.stack[len(p.stack)-k:]...)
		p.stack = p.stack[:len(p.stack)-k]
		err = p.push(items)
	case 'e', 'u': // APPENDS, SETITEMS
		var items []any
		if items, err = p.popMark(); err == nil {
			err = p.extend(items, op[0] == 'u')
		}
	case 'a', 's': // APPEND, SETITEM
		k := map[byte]int{'a': 1, 's': 2}[op[0]]
		if len(p.stack) < k {
			return nil, false, fmt.Errorf("a value is missing")
		}
		items := append([]any(nil), p.stack[len(p.stack)-k:]...)
		p.stack = p.stack[:len(p.stack)-k]
		err = p.extend(items, op[0] == 's')
	case 'q', 'r': // BINPUT, LONG_BINPUT
		if n, err = p.number(map[byte]int{'q': 1, 'r': 4}[op[0]]); err == nil {
			err = p.put(n)
		}
	case 'h', 'j': // BINGET, LONG_BINGET
		if n, err = p.number(map[byte]int{'h': 1, 'j': 4}[op[0]]); err == nil {
			v, ok := p.memo[n]
			if !ok {
				return nil, false, fmt.Errorf("memo %d is empty", n)
			}
			err = p.push(v)
		}
	case 'c': // GLOBAL
		err = p.global()
	case 'R': // REDUCE
		err = p.reduce()
	case 'b': // BUILD
		err = p.build()
	default:
		err = fmt.Errorf("opcode %#02x, which CIFAR's files do not have", op[0])
	}
	return nil, false, err
}

// put remembers the top of the stack.
func (p *pickle) put(n uint32) error {
	if len(p.stack) == 0 {
		return fmt.Errorf("a value is missing")
	}
	p.memo[n] = p.stack[len(p.stack)-1]
	return p.count()
}

// global recognises a name. No name is ever looked up.
func (p *pickle) global() error {
	module, err := p.word()
	if err != nil {
		return err
	}
	name, err := p.word()
	if err != nil {
		return err
	}
	switch full := module + "." + name; full {
	case "numpy.core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype":
		return p.push(pickleGlobal(full))
	default:
		return fmt.Errorf("it wants to import %s, which CIFAR's files do not; nothing was executed", clip(full))
	}
}

// reduce makes an empty array or a dtype.
func (p *pickle) reduce() error {
	args, err := p.pop()
	if err != nil {
		return err
	}
	f, err := p.pop()
	if err != nil {
		return err
	}
	tuple, _ := args.(pickleTuple)
	switch f {
	case pickleGlobal("numpy.core.multiarray._reconstruct"):
		return p.push(&pickledArray{})
	case pickleGlobal("numpy.dtype"):
		if len(tuple) > 0 {
			if name, ok := tuple[0].([]byte); ok {
				return p.push(pickledDType(name))
			}
		}
		return fmt.Errorf("a numpy dtype without a name")
	}
	return fmt.Errorf("it wants to call what is no function of numpy that CIFAR's files use; nothing was executed")
}

// build gives an array its state: (version, shape, dtype, is Fortran, bytes). The state of a
// dtype is byte order and alignment, which bytes do not have.
func (p *pickle) build() error {
	state, err := p.pop()
	if err != nil {
		return err
	}
	if len(p.stack) == 0 {
		return fmt.Errorf("a value is missing")
	}
	switch to := p.stack[len(p.stack)-1].(type) {
	case pickledDType:
		return nil
	case *pickledArray:
		s, _ := state.(pickleTuple)
		if len(s) != 5 {
			return fmt.Errorf("a numpy array with a state of %d parts; want 5", len(s))
		}
		shape, ok1 := s[1].(pickleTuple)
		dtype, ok2 := s[2].(pickledDType)
		fortran, ok3 := s[3].(bool)
		bytes, ok4 := s[4].([]byte)
		if !ok1 || !ok2 || !ok3 || !ok4 {
			return fmt.Errorf("a numpy array whose state is not shape, dtype, order, bytes")
		}
		*to = pickledArray{dtype: string(dtype), fortran: fortran, bytes: bytes}
		for _, n := range shape {
			size, ok := n.(int64)
			if !ok {
				return fmt.Errorf("a numpy array whose shape is not of numbers")
			}
			to.shape = append(to.shape, size)
		}
		return nil
	}
	return fmt.Errorf("it gives a state to what is no numpy array")
}
