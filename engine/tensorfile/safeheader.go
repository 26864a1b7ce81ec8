package tensorfile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
)

const metadataKey = "__metadata__"

// safeDTypes are the names of types in a header, by DType.
var safeDTypes = map[DType]string{
	Bool: "BOOL", Uint8: "U8", Int8: "I8", Int16: "I16", Uint16: "U16", Float16: "F16", BFloat16: "BF16", Int32: "I32", Uint32: "U32",
	Float32: "F32", Float64: "F64", Int64: "I64", Uint64: "U64", Float8E4M3: "F8_E4M3", Float8E5M2: "F8_E5M2", Complex64: "C64",
}

// parseSafeHeader fills in tensors and metadata:
//
//	{"__metadata__": {"key": "text", ...}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//
// with nothing after it but spaces.
func parseSafeHeader(text []byte, s *Safetensors) error {
	if !bytes.HasPrefix(text, []byte("{")) {
		return errors.New("the header does not begin with {; the file is damaged or not safetensors")
	}
	h := newTokens(text)
	seen := map[string]bool{}
	h.object(func(key string) {
		switch {
		case seen[key]:
			h.bad("the name %s stands twice", clip(key))
		case key == metadataKey:
			s.metadata = map[string]string{}
			h.object(func(k string) {
				if _, twice := s.metadata[k]; twice {
					h.bad("the metadata %s stands twice", clip(k))
				}
				s.metadata[k] = h.text()
			})
		default:
			h.room(len(s.tensors))
			s.tensors = append(s.tensors, safeEntry(h, key))
		}
		seen[key] = true
	})
	h.end()
	return h.err
}

func safeEntry(h *tokens, name string) safeTensor {
	t := safeTensor{name: name, shape: []int{}}
	seen := [3]bool{}
	h.object(func(key string) {
		i := slices.Index([]string{"dtype", "shape", "data_offsets"}, key)
		switch {
		case i < 0:
			h.bad("tensor %s has the unknown field %s", clip(name), clip(key))
			return
		case seen[i]:
			h.bad("tensor %s has two fields %s", clip(name), key)
		}
		seen[i] = true
		switch i {
		case 0:
			text := h.text()
			for d, s := range safeDTypes {
				if s == text {
					t.dtype = d
				}
			}
			if t.dtype == 0 {
				h.bad("tensor %s has the unknown dtype %s", clip(name), clip(text))
			}
		case 1:
			for _, n := range h.sizes(maxAxes) {
				t.shape = append(t.shape, int(n))
			}
		case 2:
			if o := h.sizes(2); len(o) == 2 && o[0] <= o[1] {
				t.begin, t.end = o[0], o[1]
			} else {
				h.bad("tensor %s: data_offsets %v are not a beginning and an end", clip(name), o)
			}
		}
	})
	if h.err == nil && seen != [3]bool{true, true, true} {
		h.bad("tensor %s lacks one of dtype, shape and data_offsets", clip(name))
	}
	return t
}

// safeHead gives length and header, filled up with spaces to a multiple of 8.
func safeHead(metadata map[string]string, sorted []TensorSpec, rooms map[string]*room) []byte {
	type entry struct {
		DType   string   `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	before := byte('{')
	field := func(key string, value any) {
		b.WriteByte(before)
		enc.Encode(key) // texts and numbers: it cannot fail
		b.Bytes()[b.Len()-1] = ':'
		enc.Encode(value)
		b.Truncate(b.Len() - 1) // the line break
		before = ','
	}
	b.Write(make([]byte, 8))
	if metadata != nil {
		field(metadataKey, metadata)
	}
	for _, t := range sorted {
		r := rooms[t.Name]
		field(t.Name, entry{safeDTypes[t.DType], append([]int{}, t.Shape...), [2]int64{r.at, r.end}})
	}
	if before == '{' {
		b.WriteByte(before)
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	binary.LittleEndian.PutUint64(b.Bytes(), uint64(b.Len()-8))
	return b.Bytes()
}
