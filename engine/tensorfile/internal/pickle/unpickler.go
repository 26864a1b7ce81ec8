package pickle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Limit is what a pickle may make unless the caller knows better: about so many bytes of
// values. The checkpoint of a model of a thousand tensors makes about 2 MB.
const Limit = 256 << 20

// What values cost, rounded up.
const (
	costSlot  = 16 // of a stack or a list
	costValue = 48 // a number or a short header on the heap
	costItem  = 96 // key, value and index of a dict; an entry of the memo
)

var errShort = errors.New("it ends in the middle; the file is truncated or damaged")

// Unpickler is the machine. Its first error ends it.
type Unpickler struct {
	// Find gives the meaning of a global: a *Func, a Class or a value of the caller's.
	Find func(module, name string) (any, error)
	// Persistent gives the value that a persistent id stands for.
	Persistent func(id any) (any, error)

	in    *bufio.Reader
	pos   int64 // bytes read
	size  int64 // bytes of the input
	limit int64 // of bytes of values
	spent int64
	err   error
	word  [8]byte // of the input

	stack []any
	marks []int // heights of the stack
	memo  map[uint64]any
}

// New makes a machine that reads from r, which has size bytes, and makes values of at
// most limit bytes.
func New(r io.Reader, size, limit int64) *Unpickler {
	return &Unpickler{in: bufio.NewReaderSize(r, 8<<10), size: size, limit: limit}
}

// Pos is the number of bytes read: where the next pickle begins.
func (u *Unpickler) Pos() int64 { return u.pos }

// Load reads one pickle. Several may follow each other; they share the limit.
func (u *Unpickler) Load() (any, error) {
	u.stack, u.marks, u.memo = nil, nil, map[uint64]any{}
	for u.err == nil {
		at := u.pos
		op := u.byte()
		if op == opStop && u.err == nil {
			if v := u.pop(); u.err == nil {
				u.stack, u.memo = nil, nil
				return v, nil
			}
		}
		u.Charge(1) // so that the time is limited too
		if u.err == nil && !u.literal(op) && !u.structure(op) {
			u.fail("opcode %#02x is not one of a checkpoint's pickle (protocols 2 to 5)", op)
		}
		if u.err != nil {
			u.err = fmt.Errorf("pickle, byte %d: %w", at, u.err)
		}
	}
	return nil, u.err
}

func (u *Unpickler) fail(format string, args ...any) {
	if u.err == nil {
		u.err = fmt.Errorf(format, args...)
	}
}

// Charge notes n bytes of values, and says whether there may be as many.
func (u *Unpickler) Charge(n int64) bool {
	if n < 0 || n > u.limit-u.spent {
		u.fail("it makes more than %d bytes of Python values, more than a checkpoint has; save the weights alone: torch.save(model.state_dict(), name)", u.limit)
		return false
	}
	u.spent += n
	return u.err == nil
}

func (u *Unpickler) push(v any) {
	if u.Charge(costSlot) {
		u.stack = append(u.stack, v)
	}
}

// floor is the height below which the current mark lets nothing be popped.
func (u *Unpickler) floor() int {
	if n := len(u.marks); n > 0 {
		return u.marks[n-1]
	}
	return 0
}

func (u *Unpickler) pop() any {
	n := len(u.stack) - 1
	if n < u.floor() {
		u.fail("it takes from an empty stack; the file is damaged")
	}
	if u.err != nil {
		return nil
	}
	v := u.stack[n]
	u.stack = u.stack[:n]
	return v
}

// top is the value that an opcode changes in place.
func (u *Unpickler) top() any {
	v := u.pop()
	if u.err == nil {
		u.stack = u.stack[:len(u.stack)+1]
	}
	return v
}

// popMark takes all above the last mark, and the mark. The values are the caller's until
// the next push.
func (u *Unpickler) popMark() []any {
	n := len(u.marks) - 1
	if n < 0 {
		u.fail("it asks for a mark that is not there; the file is damaged")
		return nil
	}
	at := u.marks[n]
	u.marks = u.marks[:n]
	items := u.stack[at:]
	u.stack = u.stack[:at]
	return items
}
