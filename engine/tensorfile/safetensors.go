package tensorfile

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// maxSafeHeader is the limit of the format's own library.
const maxSafeHeader = 100_000_000

// Safetensors is a file in the format of Hugging Face: 8 bytes that give the length of a
// JSON header, the header, and the numbers, little-endian and in C order. Opening reads
// and checks the header alone: no tensor overlaps another, none reaches beyond the file,
// and every byte belongs to one. The numbers are mapped.
type Safetensors struct {
	name     string
	b        archive
	base     int64 // where the numbers begin
	tensors  []safeTensor
	index    map[string]int
	metadata map[string]string
}

// safeTensor is an entry of the header. Offsets count from base.
type safeTensor struct {
	name       string
	dtype      DType
	shape      []int
	begin, end int64
}

// OpenSafetensors opens a .safetensors file.
func OpenSafetensors(name string) (*Safetensors, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	s, err := newSafetensors(name, b)
	if err != nil {
		b.close()
		return nil, err
	}
	return s, nil
}

func newSafetensors(name string, b archive) (*Safetensors, error) {
	size := b.size()
	if size < 8 {
		return nil, fail(name, "truncated: %d bytes, a safetensors file has at least 8; copy it again", size)
	}
	var pre [8]byte
	if err := b.read(pre[:], 0); err != nil {
		return nil, because(name, "read header", err)
	}
	n := binary.LittleEndian.Uint64(pre[:])
	switch {
	case n > maxSafeHeader:
		return nil, fail(name, "absurd header length %d (at most %d); the file is damaged or not safetensors", n, maxSafeHeader)
	case int64(n) > size-8:
		return nil, fail(name, "truncated: a header of %d bytes is announced, %d follow; copy it again", n, size-8)
	}
	text := make([]byte, n)
	if err := b.read(text, 8); err != nil {
		return nil, because(name, "read header", err)
	}
	if !utf8.Valid(text) {
		return nil, fail(name, "the header is not UTF-8; the file is damaged or not safetensors")
	}
	s := &Safetensors{name: name, b: b, base: 8 + int64(n), index: map[string]int{}}
	err := parseSafeHeader(text, s)
	if err == nil {
		err = s.place(size - s.base)
	}
	if err != nil {
		return nil, &Error{File: name, Msg: err.Error()}
	}
	return s, nil
}

// place checks that the tensors fill the room after the header, each byte once, and puts
// them in the order in which they lie.
func (s *Safetensors) place(room int64) error {
	slices.SortStableFunc(s.tensors, func(a, b safeTensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	at, before := int64(0), ""
	for i, t := range s.tensors {
		count, err := numbers(t.shape, t.dtype)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", clip(t.name), err)
		}
		switch need := count * int64(t.dtype.Size()); {
		case t.end-t.begin != need:
			return fmt.Errorf("tensor %s: %s %s needs %d bytes, its offsets %d to %d give %d; the file is damaged",
				clip(t.name), times(t.shape), t.dtype, need, t.begin, t.end, t.end-t.begin)
		case t.end > room:
			return fmt.Errorf("truncated: tensor %s ends at byte %d of the numbers, the file has %d; copy it again", clip(t.name), t.end, room)
		case t.begin < at:
			return fmt.Errorf("tensors %s and %s overlap (bytes %d to %d of the numbers); the file is damaged or hostile", clip(before), clip(t.name), t.begin, min(at, t.end))
		case t.begin > at:
			return fmt.Errorf("bytes %d to %d of the numbers, before tensor %s, belong to no tensor; the file is damaged or hostile", at, t.begin, clip(t.name))
		}
		at, before = t.end, t.name
		s.index[t.name] = i
	}
	if at < room {
		return fmt.Errorf("%d bytes too many: the tensors have %d bytes, the file has %d for them; save it again", room-at, at, room)
	}
	return nil
}

// Names lists the tensors in the order in which they lie.
func (s *Safetensors) Names() []string {
	names := make([]string, len(s.tensors))
	for i, t := range s.tensors {
		names[i] = t.name
	}
	return names
}

// Metadata is the header's free texts, "__metadata__"; nil where there are none.
func (s *Safetensors) Metadata() map[string]string { return maps.Clone(s.metadata) }

// Array opens a tensor. It ends with the file. "" is the only one of a file that has one.
func (s *Safetensors) Array(name string) (*Reader, error) {
	i, ok := s.index[name]
	if !ok && name == "" && len(s.tensors) == 1 {
		i, ok = 0, true
	}
	if !ok {
		return nil, missing(s.name, name, s.Names())
	}
	t := s.tensors[i]
	src := part{s.b, s.base + t.begin, t.end - t.begin}
	return openTensor(s.name+":"+t.name, t.shape, layout{t.dtype, false}, src), nil
}

// Close closes the file and every tensor of it.
func (s *Safetensors) Close() error { return because(s.name, "close", s.b.close()) }
