package tensorfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// maxTensors is how many a header or an index may list; the largest models have
// some 150,000.
const maxTensors = 1 << 20

// tokens reads JSON of a known form piece by piece: nothing nests deeper than the form
// does, keys that stand twice are seen, and the memory taken is a small multiple of the
// text. The first fault sticks; after it every read gives nothing.
type tokens struct {
	*json.Decoder
	err error
}

func newTokens(text []byte) *tokens {
	h := &tokens{Decoder: json.NewDecoder(bytes.NewReader(text))}
	h.UseNumber()
	return h
}

// object reads { key: value, ... }; each reads the value.
func (h *tokens) object(each func(key string)) {
	h.delim('{')
	for h.err == nil && h.More() {
		key := h.text()
		if h.err == nil {
			each(key)
		}
	}
	h.delim('}')
}

// sizes reads a list of at most so many whole numbers.
func (h *tokens) sizes(most int) []int64 {
	list := []int64{}
	h.delim('[')
	for h.err == nil && h.More() {
		num, ok := h.token().(json.Number)
		n, err := strconv.ParseInt(string(num), 10, strconv.IntSize)
		switch {
		case h.err != nil:
		case !ok || err != nil || n < 0:
			h.bad("%s is not a size that this system can address", clip(fmt.Sprint(num)))
		case len(list) == most:
			h.bad("a list of more than %d sizes", most)
		}
		list = append(list, n)
	}
	h.delim(']')
	return list
}

func (h *tokens) text() string {
	s, ok := h.token().(string)
	if !ok {
		h.bad("something is not a text where one belongs")
	}
	return s
}

func (h *tokens) delim(d json.Delim) {
	if got := h.token(); got != d {
		h.bad("no %s where it belongs", d)
	}
}

func (h *tokens) token() json.Token {
	if h.err != nil {
		return nil
	}
	t, err := h.Token()
	if err != nil {
		h.bad("not valid JSON (%s)", printable(err.Error()))
	}
	return t
}

// bad keeps the first fault, with its place.
func (h *tokens) bad(format string, args ...any) {
	if h.err == nil {
		h.err = fmt.Errorf("JSON, near byte %d: %s; the file is damaged", h.InputOffset(), fmt.Sprintf(format, args...))
	}
}

// room checks that one more tensor may follow n.
func (h *tokens) room(n int) {
	if n >= maxTensors {
		h.bad("more than %d tensors", maxTensors)
	}
}

// end checks that nothing follows.
func (h *tokens) end() {
	if _, err := h.Token(); h.err == nil && err != io.EOF {
		h.bad("something follows the last brace")
	}
}

// scalar reads a value as text; of an object or a list nothing is kept.
func (h *tokens) scalar() string {
	t := h.token()
	if _, nested := t.(json.Delim); !nested {
		return fmt.Sprint(t)
	}
	for depth := 1; depth > 0 && h.err == nil; {
		switch d, _ := h.token().(json.Delim); d {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	return ""
}
