package tensorfile

import (
	"errors"
	"fmt"
)

// literal parses the Python dict that is the header of an npy file:
//
//	dict  = "{" [ pair { "," pair } [ "," ] "}" ]
//	pair  = "'descr'" ":" string | "'fortran_order'" ":" ("True" | "False") | "'shape'" ":" tuple
//	tuple = "(" ")" | "(" int "," [ int { "," int } [ "," ] ] ")"
//
// Strings stand in single or double quotes without escapes; an int may end in L, as
// Python 2 wrote it. All three keys, each once, and no others.
type literal struct {
	s string
	i int
}

const maxAxes = 64 // numpy 2 allows 64

// header is what the dict says.
type header struct {
	layout  layout
	fortran bool
	shape   []int // not negative; products are checked by count
}

func parseHeader(s string) (header, error) {
	p := &literal{s: s}
	h, err := p.dict()
	if err != nil {
		return header{}, err
	}
	if p.space(); p.i < len(s) {
		return header{}, p.bad("text after the dict")
	}
	return h, nil
}

func (p *literal) dict() (h header, err error) {
	if !p.take("{") {
		return h, p.bad("no '{'")
	}
	seen := map[string]bool{}
	for !p.take("}") {
		if len(seen) > 0 && !p.take(",") {
			return h, p.bad("no ',' or '}' after a value")
		}
		if len(seen) > 0 && p.take("}") {
			break
		}
		key, err := p.str()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, p.bad("key " + clip(key) + " stands twice")
		}
		seen[key] = true
		if !p.take(":") {
			return h, p.bad("no ':' after key " + clip(key))
		}
		if err := p.value(&h, key); err != nil {
			return h, err
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, errors.New("header has no key '" + key + "'; save the array again with numpy.save")
		}
	}
	return h, nil
}

func (p *literal) value(h *header, key string) (err error) {
	switch key {
	case "descr":
		p.space()
		if p.i < len(p.s) && (p.s[p.i] == '[' || p.s[p.i] == '(') {
			return errors.New("structured dtype (a table with named fields); save one field as an array: numpy.save(name, a['field'].astype('float32'))")
		}
		var s string
		if s, err = p.str(); err == nil {
			h.layout, err = parseDescr(s)
		}
		return err
	case "fortran_order":
		switch {
		case p.take("True"):
			h.fortran = true
		case !p.take("False"):
			return p.bad("fortran_order is neither True nor False")
		}
		return nil
	case "shape":
		h.shape, err = p.tuple()
		return err
	}
	return p.bad("unknown key " + clip(key))
}

func (p *literal) tuple() ([]int, error) {
	if !p.take("(") {
		return nil, p.bad("shape is not a tuple")
	}
	shape := []int{}
	for !p.take(")") {
		comma := len(shape) > 0 && p.take(",")
		if comma && p.take(")") {
			return shape, nil
		}
		if len(shape) > 0 && !comma {
			return nil, p.bad("no ',' or ')' in shape")
		}
		n, err := p.integer()
		if err != nil {
			return nil, err
		}
		if shape = append(shape, n); len(shape) > maxAxes {
			return nil, fmt.Errorf("absurd shape: more than %d axes; the file is damaged or not from numpy", maxAxes)
		}
		if len(shape) == 1 {
			if p.space(); p.i < len(p.s) && p.s[p.i] == ')' {
				return nil, p.bad("shape is not a tuple: one axis is written (3,)")
			}
		}
	}
	return shape, nil
}
