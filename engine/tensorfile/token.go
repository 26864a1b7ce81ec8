package tensorfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// integer reads a size: decimal digits, without sign.
func (p *literal) integer() (int, error) {
	p.space()
	from := p.i
	if p.i < len(p.s) && p.s[p.i] == '-' {
		p.i++
	}
	digits := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	text := p.s[from:p.i]
	switch {
	case p.i == digits:
		return 0, p.bad("no whole number in shape")
	case digits > from:
		return 0, errors.New("negative size " + clip(text) + " in shape; the file is damaged or not from numpy")
	case len(text) > 1 && text[0] == '0':
		return 0, p.bad("a size begins with 0")
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, errors.New("absurd shape: size " + clip(text) + " is more than this system can address")
	}
	if p.i < len(p.s) && p.s[p.i] == 'L' {
		p.i++
	}
	return n, nil
}

// str reads a string in either kind of quotes.
func (p *literal) str() (string, error) {
	p.space()
	if p.i >= len(p.s) || (p.s[p.i] != '\'' && p.s[p.i] != '"') {
		return "", p.bad("no quoted string")
	}
	n := strings.IndexByte(p.s[p.i+1:], p.s[p.i])
	if n < 0 {
		return "", p.bad("a string does not end")
	}
	s := p.s[p.i+1 : p.i+1+n]
	if strings.ContainsAny(s, "\\\n") {
		return "", p.bad("an escape or a line break in a string")
	}
	p.i += n + 2
	return s, nil
}

// take skips spaces and then tok, if it is next.
func (p *literal) take(tok string) bool {
	p.space()
	if !strings.HasPrefix(p.s[p.i:], tok) {
		return false
	}
	p.i += len(tok)
	return true
}

func (p *literal) space() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *literal) bad(what string) error {
	return fmt.Errorf("header: %s, at byte %d, near %s; save the array again with numpy.save", what, p.i, clip(p.s[p.i:]))
}
