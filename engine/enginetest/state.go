package enginetest

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// state is what a launch left behind: every buffer with its guards, as bits.
type state struct {
	names []string
	guard int
	words [][]uint32
}

// guardWord surrounds every buffer.
const guardWord = 0xDEADBEEF

// launch runs the kernel once on fresh buffers and reads everything back.
func launch(d *engine.Device, s engine.Spec, variant string, p any, ps pass, b [][]float64) (*state, error) {
	in := s.Info()
	scope := d.Scope()
	defer scope.Close()
	st := &state{guard: ps.guard}
	whole := make([]*engine.Tensor, len(b))
	views := make([]*engine.Tensor, len(b))
	for i, buf := range in.Bufs {
		words := make([]uint32, len(b[i])+2*ps.guard)
		for j := range words {
			words[j] = guardWord
		}
		for j, x := range b[i] {
			words[ps.guard+j] = word(x, buf.Type)
		}
		whole[i] = scope.New(buf.Type, len(words))
		whole[i].WriteBits(words)
		views[i] = whole[i].Slice(0, ps.guard, ps.guard+len(b[i]))
		st.names = append(st.names, buf.Name)
		st.words = append(st.words, words)
	}
	if d.Caps().Kind != "host" {
		d.Force(in.Name, variant)
		defer d.Force(in.Name, "")
	}
	s.Launch(p, views...)
	for i, t := range whole {
		if err := t.ReadBits(st.words[i]); err != nil {
			return nil, d.TakeErr()
		}
	}
	return st, nil
}

func (s *state) guards() error {
	for i, w := range s.words {
		n := len(w) - s.guard
		for j := range w {
			if (j < s.guard || j >= n) && w[j] != guardWord {
				return fmt.Errorf("%s was written out of bounds, %d elements from its beginning", s.names[i], j-s.guard)
			}
		}
	}
	return nil
}

func (s *state) unchanged(spec engine.Spec, b [][]float64) error {
	for i, buf := range spec.Info().Bufs {
		if buf.Access.Writes() {
			continue
		}
		for j, x := range b[i] {
			if s.words[i][s.guard+j] != word(x, buf.Type) {
				return fmt.Errorf("input %s[%d] was changed", buf.Name, j)
			}
		}
	}
	return nil
}

func (s *state) equal(o *state) error {
	for i, w := range s.words {
		for j := range w {
			if w[j] != o.words[i][j] && !bothNaN(w[j], o.words[i][j]) {
				return fmt.Errorf("%s[%d] differs between two runs: %#x and %#x", s.names[i], j-s.guard, w[j], o.words[i][j])
			}
		}
	}
	return nil
}

// bothNaN: IEEE 754 leaves a NaN's payload open.
func bothNaN(a, b uint32) bool {
	return a&0x7FFFFFFF > 0x7F800000 && b&0x7FFFFFFF > 0x7F800000
}

func (s *state) values(i int, t engine.DType) []float64 {
	w := s.words[i][s.guard : len(s.words[i])-s.guard]
	out := make([]float64, len(w))
	for j, x := range w {
		switch t {
		case engine.Float32:
			out[j] = float64(math.Float32frombits(x))
		case engine.Int32:
			out[j] = float64(int32(x))
		default:
			out[j] = float64(x)
		}
	}
	return out
}

func word(x float64, t engine.DType) uint32 {
	switch t {
	case engine.Float32:
		return math.Float32bits(float32(x))
	case engine.Int32:
		return uint32(int32(x))
	}
	return uint32(x)
}
