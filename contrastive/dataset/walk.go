package dataset

import (
	"iter"
	"math/rand/v2"

	"mindgap/nn/preprocess"
)

// Caption says which caption of an image is taken where it has several.
type Caption int

const (
	First Caption = iota // the default everywhere
	Last                 // what the authors' loaders of Figure 1 and Table 1 take, by overwriting a dictionary
)

// Pair is one image with one text.
type Pair struct {
	Name  string
	Text  string
	Label int
	Group int
	Image func() (*preprocess.Image, error)
}

// Pairs walks the images of a set with one caption each. An image without a caption ends the
// walk with an error.
func Pairs(s Set, which Caption) iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		for e, err := range s.Examples() {
			if err == nil && len(e.Captions) == 0 {
				err = fail(e.Name, "the image has no caption; a set of pairs needs one for each image")
			}
			if err != nil {
				yield(Pair{}, err)
				return
			}
			text := e.Captions[0]
			if which == Last {
				text = e.Captions[len(e.Captions)-1]
			}
			if !yield(Pair{e.Name, text, e.Label, e.Group, e.Image}, nil) {
				return
			}
		}
	}
}

// Head is the first n examples of a set, or all where it has fewer.
func Head(s Set, n int) Set { return head{s, max(n, 0)} }

type head struct {
	Set
	n int
}

func (h head) Task() Task { t, _ := TaskOf(h.Set); return t }

func (h head) Len() int {
	if n := h.Set.Len(); n >= 0 {
		return min(n, h.n)
	}
	return -1
}

func (h head) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		left := h.n
		if left == 0 {
			return
		}
		for e, err := range h.Set.Examples() {
			if !yield(e, err) || err != nil {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// Sample is n examples of a set drawn without replacement, in the order of the set: the same
// for the same seed. A set that has fewer examples is an error.
func Sample(s Set, n int, seed uint64) (Set, error) {
	size, err := count(s)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > size {
		return nil, fail("sample", "%d examples are asked for and the set has %d", n, size)
	}
	return choose(s, rand.New(rand.NewPCG(seed, 0xda7a)).Perm(size)[:n], size), nil
}

// Halves splits a set by chance, so that what is chosen on one half can be reported on the
// other. Each half keeps the order of the set; the first has one example more if the number is
// odd.
func Halves(s Set, seed uint64) (a, b Set, err error) {
	size, err := count(s)
	if err != nil {
		return nil, nil, err
	}
	perm := rand.New(rand.NewPCG(seed, 0x4a1f)).Perm(size)
	half := (size + 1) / 2
	return choose(s, perm[:half], size), choose(s, perm[half:], size), nil
}

// count is the number of examples, by a walk where the set does not tell.
func count(s Set) (int, error) {
	if n := s.Len(); n >= 0 {
		return n, nil
	}
	if once, ok := s.(interface{ once() bool }); ok && once.once() {
		return 0, fail("-", "standard input can be walked only once, and a sample needs two walks; write it to a file first")
	}
	n := 0
	for _, err := range s.Examples() {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// subset is some of the examples of a set, in its order.
type subset struct {
	Set
	in []bool
	n  int
}

func choose(s Set, rows []int, size int) Set {
	in := make([]bool, size)
	for _, i := range rows {
		in[i] = true
	}
	return subset{s, in, len(rows)}
}

func (s subset) Len() int   { return s.n }
func (s subset) Task() Task { t, _ := TaskOf(s.Set); return t }

func (s subset) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		i, left := 0, s.n
		if left == 0 {
			return
		}
		for e, err := range s.Set.Examples() {
			if err != nil {
				yield(e, err)
				return
			}
			if i < len(s.in) && s.in[i] {
				if !yield(e, nil) {
					return
				}
				if left--; left == 0 {
					return
				}
			}
			i++
		}
		yield(Example{}, fail("sample", "the set has %d examples and had %d when the sample was drawn", i, len(s.in)))
	}
}
