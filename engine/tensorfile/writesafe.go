package tensorfile

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

// TensorSpec says what a tensor to write will be.
type TensorSpec struct {
	Name  string
	DType DType // Float32, Float16, BFloat16, Float64, Int64 or Int32
	Shape []int // empty for a single number
}

// SafetensorsWriter writes a .safetensors file whose tensors are known beforehand and
// come in any order, each at once or in pieces. The first error sticks: every later call
// returns it, and Close leaves no file.
type SafetensorsWriter struct {
	p     *pending
	rooms map[string]*room
	buf   []byte
}

// room is where the numbers of a tensor go.
type room struct {
	dtype   DType
	at, end int64 // the next number goes to at
}

// safeOrder is the order of types in the file: that of the format's own library, so that
// every number lies at a multiple of its size.
var safeOrder = []DType{Int64, Float64, Float32, Int32, BFloat16, Float16}

// CreateSafetensors begins a file with the given tensors and free texts (nil for none);
// PyTorch's users write {"format": "pt"}. Its bytes depend on nothing but the names, types,
// shapes, numbers and texts: tensors are laid out by type and name, and the numbers begin
// at a multiple of 8. The file appears under its name at Close; "-" is standard output.
func CreateSafetensors(name string, metadata map[string]string, tensors ...TensorSpec) (*SafetensorsWriter, error) {
	w := &SafetensorsWriter{rooms: map[string]*room{}}
	sorted := slices.SortedFunc(slices.Values(tensors), func(a, b TensorSpec) int {
		return cmp.Or(cmp.Compare(slices.Index(safeOrder, a.DType), slices.Index(safeOrder, b.DType)), cmp.Compare(a.Name, b.Name))
	})
	for k, v := range metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return nil, fail(name, "metadata %s: %s is not UTF-8", clip(k), clip(v))
		}
	}
	at := int64(0)
	for _, t := range sorted {
		switch {
		case !slices.Contains(safeOrder, t.DType):
			return nil, fail(name, "tensor %s: cannot write %s; float32, float16, bfloat16, float64, int64 and int32 can be", clip(t.Name), t.DType)
		case t.Name == metadataKey || !utf8.ValidString(t.Name):
			return nil, fail(name, "a tensor cannot be named %s", clip(t.Name))
		case w.rooms[t.Name] != nil:
			return nil, fail(name, "two tensors are named %s", clip(t.Name))
		case len(t.Shape) > maxAxes || slices.ContainsFunc(t.Shape, func(n int) bool { return n < 0 }):
			return nil, fail(name, "tensor %s: cannot write shape %v: sizes are not negative, axes at most %d", clip(t.Name), t.Shape, maxAxes)
		}
		n, err := numbers(t.Shape, t.DType)
		if err != nil || n*int64(t.DType.Size()) > math.MaxInt64-maxSafeHeader-8-at {
			return nil, fail(name, "tensor %s: shape %s is more than a file can hold", clip(t.Name), times(t.Shape))
		}
		end := at + n*int64(t.DType.Size())
		w.rooms[t.Name] = &room{t.DType, at, end}
		at = end
	}
	head := safeHead(metadata, sorted, w.rooms)
	if len(head) > maxSafeHeader {
		return nil, fail(name, "%d bytes of names and texts; a header has at most %d", len(head), maxSafeHeader)
	}
	for _, r := range w.rooms {
		r.at, r.end = r.at+int64(len(head)), r.end+int64(len(head))
	}
	p, err := create(name)
	if err != nil {
		return nil, err
	}
	w.p = p
	p.Write(head)
	return w, nil
}

// Write appends numbers to a tensor, rounded to its type; for integers they have to be
// whole and within range.
func (w *SafetensorsWriter) Write(tensor string, data []float32) error {
	return writeTensor(w, tensor, data)
}

// Write64 is Write for float64.
func (w *SafetensorsWriter) Write64(tensor string, data []float64) error {
	return writeTensor(w, tensor, data)
}

// WriteInts is Write for int64.
func (w *SafetensorsWriter) WriteInts(tensor string, data []int64) error {
	return writeTensor(w, tensor, data)
}

func writeTensor[T number | int64](w *SafetensorsWriter, tensor string, data []T) error {
	if !w.p.usable() {
		return w.p.err
	}
	r := w.rooms[tensor]
	switch {
	case r == nil:
		w.p.fault("write", missing(w.p.name, tensor, slices.Sorted(maps.Keys(w.rooms))))
	case int64(len(data)) > (r.end-r.at)/int64(r.dtype.Size()):
		w.p.fault("write", fail(w.p.name, "tensor %s: %d numbers, %d are left to write", clip(tensor), len(data), (r.end-r.at)/int64(r.dtype.Size())))
	}
	for len(data) > 0 && w.p.err == nil {
		n := min(len(data), chunk/8)
		var err error
		if w.buf, err = encode(w.buf[:0], r.dtype, data[:n]); err != nil {
			w.p.fault("write", fail(w.p.name, "tensor %s: %s", clip(tensor), err.Error()))
			break
		}
		w.p.overwrite(w.buf, r.at)
		r.at += int64(len(w.buf))
		data = data[n:]
	}
	return w.p.err
}

// Close checks that every tensor is whole and gives the file its name.
func (w *SafetensorsWriter) Close() error {
	if w.p.err == nil && !w.p.done {
		for _, name := range slices.Sorted(maps.Keys(w.rooms)) {
			if r := w.rooms[name]; r.at < r.end {
				w.p.fault("write", fail(w.p.name, "tensor %s lacks %d numbers; write them before Close", clip(name), (r.end-r.at)/int64(r.dtype.Size())))
				break
			}
		}
	}
	return w.p.commit()
}

// Abort removes what was written and leaves an earlier file as it was. After Close it
// does nothing, so it may be deferred.
func (w *SafetensorsWriter) Abort() error { return w.p.abort() }
