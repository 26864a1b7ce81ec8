package tensorfile

import (
	"maps"
	"slices"
	"strings"
)

// Named is a file of named tensors, whatever its format: safetensors, an index of shards,
// a checkpoint of PyTorch, npz, npy or csv.
type Named struct {
	file   File
	name   string
	format string
	prefix string   // of the names in the file; they are given without it
	names  []string // in the order of the file
	has    map[string]bool
	state  string // names of the state dict begin so
}

// Info says what a tensor is, without reading its numbers.
type Info struct {
	Name  string
	DType DType // as stored
	Shape []int // empty for a single number
	Count int64 // how many numbers
	Bytes int64 // Count times the size of one; tensors that share a storage each count
}

// OpenNamed opens a file of named tensors; its content, not its name, says of which format.
// "-" is standard input.
func OpenNamed(name string) (*Named, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	return openNamed(name, b)
}

// NamedBytes is OpenNamed of a file's content in memory; errors call it name.
func NamedBytes(name string, content []byte) (*Named, error) {
	return openNamed(name, &blob{m: content, n: int64(len(content))})
}

func openNamed(name string, b *blob) (*Named, error) {
	f, kind, err := openFile(name, b)
	if err != nil {
		b.close()
		return nil, err
	}
	n := &Named{file: f, name: name, format: kind, names: f.Names()}
	if t, ok := f.(*Torch); ok {
		n.format, n.state = t.kind, t.state
	}
	n.index()
	return n, nil
}

func (n *Named) index() {
	n.has = make(map[string]bool, len(n.names))
	for _, name := range n.names {
		n.has[name] = true
	}
}

// File is the name that the file was opened by.
func (n *Named) File() string { return n.name }

// Format is "safetensors", "index" (of shards), "torch zip", "torch legacy",
// "torchscript", "npz", "npy" or "csv".
func (n *Named) Format() string { return n.format }

// Prefix is what the file's own names have before those of [Named.Names]: empty for a
// file, "state_dict." and the like for a part of one.
func (n *Named) Prefix() string { return n.prefix }

// Names lists the tensors in the order of the file.
func (n *Named) Names() []string { return slices.Clone(n.names) }

// Has says whether there is a tensor of that name.
func (n *Named) Has(name string) bool { return n.has[name] }

// Metadata is the free texts of a safetensors file or an index; nil where there are none.
func (n *Named) Metadata() map[string]string {
	if m, ok := n.file.(interface{ Metadata() map[string]string }); ok {
		return maps.Clone(m.Metadata())
	}
	return nil
}

// Array opens a tensor to be read by rows. It ends with the file.
func (n *Named) Array(name string) (*Reader, error) {
	if !n.has[name] {
		return nil, missing(n.name, name, n.names)
	}
	return n.file.Array(n.prefix + name)
}

// Info describes a tensor.
func (n *Named) Info(name string) (Info, error) {
	r, err := n.Array(name)
	if err != nil {
		return Info{}, err
	}
	defer n.release(r)
	count := int64(r.Rows()) * int64(r.Cols())
	return Info{Name: name, DType: r.DType(), Shape: r.Shape(), Count: count, Bytes: count * int64(r.DType().Size())}, nil
}

// Float32 reads a whole tensor in C order, rounded to the nearest float32; what is larger
// than float32 holds becomes Inf.
func (n *Named) Float32(name string) ([]float32, error) {
	r, err := n.Array(name)
	if err != nil {
		return nil, err
	}
	defer n.release(r)
	return r.ReadAll()
}

// ReadFloat32 is Float32 into dst, which has as many elements as the tensor.
func (n *Named) ReadFloat32(name string, dst []float32) error {
	r, err := n.Array(name)
	if err != nil {
		return err
	}
	defer n.release(r)
	if count := r.Rows() * r.Cols(); len(dst) != count {
		return fail(r.Name(), "dst has %d elements, the tensor %s has %d", len(dst), times(r.Shape()), count)
	}
	return r.ReadRows(dst, 0, r.Rows())
}

// release gives back what an array holds beside the file (buffers of an unpacker, a
// temporary file): the only array of an npy or csv file is the file.
func (n *Named) release(r *Reader) {
	if _, ok := n.file.(single); !ok {
		r.Close()
	}
}

// Sub is the tensors whose names begin with prefix, named without it. It shares the file
// of n and ends with it; closing either closes both.
func (n *Named) Sub(prefix string) *Named {
	s := &Named{file: n.file, name: n.name, format: n.format, prefix: n.prefix + prefix}
	for _, name := range n.names {
		if short, ok := strings.CutPrefix(name, prefix); ok && short != "" {
			s.names = append(s.names, short)
		}
	}
	s.index()
	return s
}

// Close closes the file.
func (n *Named) Close() error { return n.file.Close() }
