package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// unpickle reads what CIFAR's python version is made of, and nothing else: protocol 2 as
// Python 2 wrote it, with dictionaries, lists, tuples, strings, integers and numpy arrays of
// bytes. Nothing is imported or called: the three names of numpy that occur are recognised,
// every other name is an error.
//
// A dictionary becomes map[string]any, a list *[]any, a string []byte (a part of data), an
// array *pickledArray, an integer int64.
func unpickle(data []byte) (any, error) {
	p := &pickle{data: data, memo: map[uint32]any{}}
	for {
		at := p.at
		v, done, err := p.step()
		if err != nil {
			return nil, fmt.Errorf("byte %d: %w", at, err)
		}
		if done {
			return v, nil
		}
	}
}

// pickleValues bounds the values and memos of one file. The largest published file, CIFAR-100's
// train, has 50,000 images with two labels and a name each.
const pickleValues = 1 << 20

type (
	pickle struct {
		data  []byte
		at    int
		made  int
		stack []any
		memo  map[uint32]any
	}
	pickleMark   struct{}
	pickleTuple  []any
	pickleGlobal string
	// pickledArray is a numpy array: bytes in C order, or in Fortran order.
	pickledArray struct {
		shape   []int64
		dtype   string
		fortran bool
		bytes   []byte
	}
	pickledDType string
)

// take reads n bytes.
func (p *pickle) take(n int) ([]byte, error) {
	if n < 0 || n > len(p.data)-p.at {
		return nil, fmt.Errorf("the file ends in the middle of the pickle; copy it again")
	}
	b := p.data[p.at : p.at+n]
	p.at += n
	return b, nil
}

// number reads a little-endian number of n bytes.
func (p *pickle) number(n int) (uint32, error) {
	b, err := p.take(n)
	var wide [4]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint32(wide[:]), err
}

// sized reads bytes after their length.
func (p *pickle) sized(n int) ([]byte, error) {
	size, err := p.number(n)
	if err == nil && size > math.MaxInt32 {
		err = fmt.Errorf("a string of %d bytes", size)
	}
	if err != nil {
		return nil, err
	}
	return p.take(int(size))
}

func (p *pickle) word() (string, error) {
	for i := p.at; i < len(p.data) && i < p.at+100; i++ {
		if p.data[i] == '\n' {
			s := string(p.data[p.at:i])
			p.at = i + 1
			return s, nil
		}
	}
	return "", fmt.Errorf("a name without an end")
}

func (p *pickle) push(v any) error {
	p.stack = append(p.stack, v)
	return p.count()
}

func (p *pickle) count() error {
	if p.made++; p.made > pickleValues {
		return fmt.Errorf("more than %d values, which no CIFAR file has", pickleValues)
	}
	return nil
}

func (p *pickle) pop() (any, error) {
	if len(p.stack) == 0 {
		return nil, fmt.Errorf("a value is missing")
	}
	v := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	return v, nil
}

// popMark takes what was pushed since the last mark.
func (p *pickle) popMark() ([]any, error) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if _, ok := p.stack[i].(pickleMark); ok {
			items := append([]any(nil), p.stack[i+1:]...)
			p.stack = p.stack[:i]
			return items, nil
		}
	}
	return nil, fmt.Errorf("a mark is missing")
}

// extend appends to the list or puts into the dictionary on top of the stack.
func (p *pickle) extend(items []any, pairs bool) error {
	top, err := p.pop()
	if err != nil {
		return err
	}
	switch to := top.(type) {
	case *[]any:
		if pairs {
			return fmt.Errorf("keys for a list")
		}
		*to = append(*to, items...)
	case map[string]any:
		if !pairs || len(items)%2 != 0 {
			return fmt.Errorf("a dictionary with a key that has no value")
		}
		for i := 0; i < len(items); i += 2 {
			key, ok := items[i].([]byte)
			if !ok {
				return fmt.Errorf("a dictionary with a key that is no string")
			}
			to[string(key)] = items[i+1]
		}
	default:
		return fmt.Errorf("items for what is no list and no dictionary")
	}
	p.stack = append(p.stack, top)
	return nil
}

// protocol refuses what other pythons write, by name.
func protocol(n uint32) error {
	if n != 2 {
		return fmt.Errorf("pickle protocol %s, and the published files have 2; take the publisher's archive", strconv.Itoa(int(n)))
	}
	return nil
}
