package pickle

import "slices"

// structure runs the opcodes that work on the stack: marks, memo, containers, globals.
// It says whether op is one.
func (u *Unpickler) structure(op byte) bool {
	switch op {
	case opMark:
		if u.Charge(costSlot) {
			u.marks = append(u.marks, len(u.stack))
		}
	case opPop:
		if n := len(u.marks); n > 0 && u.marks[n-1] == len(u.stack) {
			u.marks = u.marks[:n-1] // what POP does on a mark
		} else {
			u.pop()
		}
	case opPopMark:
		u.popMark()
	case opDup:
		u.push(u.top())
	case opBinGet:
		u.get(u.uint(1))
	case opLongGet:
		u.get(u.uint(4))
	case opBinPut:
		u.put(u.uint(1))
	case opLongPut:
		u.put(u.uint(4))
	case opMemoize:
		u.put(uint64(len(u.memo)))
	case opGlobal:
		module := u.line()
		u.global(module, u.line())
	case opStackGlobal:
		name, ok := u.pop().(string)
		module, ok2 := u.pop().(string)
		if !ok || !ok2 {
			u.fail("the name of a global is not a text; the file is damaged")
		}
		u.global(module, name)
	case opInst: // names and makes at once: only what Find knows gets beyond this line
		module := u.line()
		u.global(module, u.line())
		u.fail("opcode INST is not one of a checkpoint's pickle")
	case opReduce:
		args := u.pop()
		u.call(u.pop(), args, false)
	case opNewObj:
		args := u.pop()
		u.call(u.pop(), args, true)
	case opBuild:
		u.build()
	case opBinPersID:
		u.persistent(u.pop())
	default:
		return u.container(op)
	}
	return true
}

// container runs the opcodes that make and fill tuples, lists, dicts and sets.
func (u *Unpickler) container(op byte) bool {
	switch op {
	case opEmptyTup:
		u.push(Tuple(nil))
	case opTuple1, opTuple2, opTuple3:
		n := int(op - opTuple1 + 1)
		if len(u.stack)-n < u.floor() {
			u.fail("it takes from an empty stack; the file is damaged")
			return true
		}
		items := u.stack[len(u.stack)-n:]
		u.stack = u.stack[:len(u.stack)-n]
		u.tuple(items)
	case opTuple:
		u.tuple(u.popMark())
	case opEmptyList, opEmptySet:
		u.list(nil)
	case opList, opFrozenSet:
		u.list(u.popMark())
	case opAppend:
		v := u.pop()
		u.extend([]any{v})
	case opAppends, opAddItems:
		u.extend(u.popMark())
	case opEmptyDict:
		u.dict(nil)
	case opDict:
		u.dict(u.popMark())
	case opSetItem:
		value := u.pop()
		key := u.pop()
		u.setItems([]any{key, value})
	case opSetItems:
		u.setItems(u.popMark())
	default:
		return false
	}
	return true
}

func (u *Unpickler) tuple(items []any) {
	if u.err == nil && u.Charge(costValue+costSlot*int64(len(items))) {
		u.push(Tuple(slices.Clone(items)))
	}
}

func (u *Unpickler) list(items []any) {
	if u.err == nil && u.Charge(costValue+costSlot*int64(len(items))) {
		u.push(&List{slices.Clone(items)})
	}
}

func (u *Unpickler) dict(items []any) {
	if u.err == nil && u.Charge(costItem) {
		d := &Dict{}
		u.fillDict(d, items)
		u.push(d)
	}
}

func (u *Unpickler) extend(items []any) {
	l, ok := u.top().(*List)
	if !ok {
		u.fail("it appends to %s; the file is damaged", Kind(u.top()))
	}
	if u.err == nil && u.Charge(2*costSlot*int64(len(items))) {
		l.Items = append(l.Items, items...)
	}
}

func (u *Unpickler) setItems(items []any) {
	d, ok := u.top().(*Dict)
	if !ok {
		u.fail("it sets an item of %s; the file is damaged", Kind(u.top()))
	}
	u.fillDict(d, items)
}

func (u *Unpickler) fillDict(d *Dict, items []any) {
	if len(items)%2 != 0 {
		u.fail("a key without a value; the file is damaged")
	}
	if u.err == nil && u.Charge(costItem*int64(len(items)/2)) {
		for i := 0; i < len(items); i += 2 {
			d.Set(items[i], items[i+1])
		}
	}
}
