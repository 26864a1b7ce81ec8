package tensorfile

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"mindgap/engine/tensorfile/internal/pickle"
)

// maxExpanded is how many numbers a tensor may have that stores fewer (torch's expand):
// beyond that a file of a few bytes could ask for any amount of memory.
const maxExpanded = 1 << 26

// storage is a run of numbers in a torch file.
type storage struct {
	folder string // "data/" or "constants/" of an archive
	key    string
	dtype  DType // 0: bytes, whose type the tensor gives
	first  int64 // of the numbers under key
	count  int64
}

// String is how messages call one.
func (s *storage) String() string { return "a storage" }

// size is the number of bytes of one number.
func (s *storage) size() int64 { return int64(max(1, s.dtype.Size())) }

// torchTensor is a tensor that lies somewhere in a storage.
type torchTensor struct {
	st     *storage
	dtype  DType
	offset int64 // of the first number, in numbers
	shape  []int
	stride []int64 // in numbers
}

// String is how messages call one.
func (t *torchTensor) String() string { return "a tensor" }

// newStorage reads a persistent id: ("storage", class, key, location, numbers), and in
// old files a view or None: (key of the view, first number, numbers).
func newStorage(folder string, id any) (*storage, error) {
	t, ok := id.(pickle.Tuple)
	if !ok || len(t) < 5 || t[0] != "storage" {
		return nil, errors.New("it refers to something that is not a storage; save the weights alone: torch.save(model.state_dict(), name)")
	}
	class, ok1 := t[1].(storageType)
	key, ok2 := t[2].(string)
	count, ok3 := t[4].(int64)
	s := &storage{folder: folder, key: key, dtype: DType(class), count: count}
	if !ok1 || !ok2 || !ok3 || count < 0 || count > math.MaxInt64/16 {
		return nil, fmt.Errorf("it refers to a storage by %s, %s and %s, not by a class, a text and a number; the file is damaged",
			pickle.Kind(t[1]), pickle.Kind(t[2]), pickle.Kind(t[4]))
	}
	return s, nil
}

// rebuildTensor(storage, offset, shape, stride, ...): versions 1 and 2.
func rebuildTensor(_ *pickle.Unpickler, args pickle.Tuple) (any, error) {
	if len(args) < 4 {
		return nil, errors.New("too few arguments")
	}
	if len(args) > 6 {
		if d, ok := args[6].(*pickle.Dict); ok && len(d.Keys) > 0 {
			return nil, errors.New("the tensor is a conjugate or negative view; save t.clone()")
		}
	}
	return newTorchTensor(args, 0)
}

// rebuildTensorV3(storage, offset, shape, stride, requires_grad, hooks, dtype, ...): the
// storage is of bytes.
func rebuildTensorV3(_ *pickle.Unpickler, args pickle.Tuple) (any, error) {
	if len(args) < 7 {
		return nil, errors.New("too few arguments")
	}
	dtype, ok := args[6].(DType)
	if !ok {
		return nil, fmt.Errorf("%s is not a type of numbers that is read", pickle.Kind(args[6]))
	}
	return newTorchTensor(args, dtype)
}

func newTorchTensor(args pickle.Tuple, dtype DType) (any, error) {
	st, ok := args[0].(*storage)
	offset, ok2 := args[1].(int64)
	shape, ok3 := sizesOf(args[2])
	stride, ok4 := sizesOf(args[3])
	switch {
	case !ok || !ok2 || !ok3 || !ok4 || offset < 0 || len(shape) != len(stride):
		return nil, errors.New("a tensor needs a storage, an offset, a shape and as many strides; the file is damaged")
	case dtype == 0 && st.dtype == 0:
		return nil, errors.New("a tensor of bytes without a type; save it again with a newer PyTorch")
	case dtype != 0 && st.dtype != 0 && dtype != st.dtype:
		return nil, fmt.Errorf("a tensor of %s in a storage of %s; the file is damaged", dtype, st.dtype)
	}
	t := &torchTensor{st: st, dtype: cmp.Or(dtype, st.dtype), offset: offset, shape: []int{}, stride: stride}
	for _, n := range shape {
		t.shape = append(t.shape, int(n))
	}
	return t, t.check()
}

// sizesOf reads a tuple of numbers that are not negative.
func sizesOf(v any) ([]int64, bool) {
	items, ok := v.(pickle.Tuple)
	if l, isList := v.(*pickle.List); isList {
		items, ok = l.Items, true
	}
	if !ok || len(items) > maxAxes {
		return nil, false
	}
	sizes := make([]int64, len(items))
	for i, x := range items {
		n, ok := x.(int64)
		if !ok || n < 0 || n > math.MaxInt {
			return nil, false
		}
		sizes[i] = n
	}
	return sizes, true
}

// check says whether all numbers of the tensor are within its storage.
func (t *torchTensor) check() error {
	count, err := numbers(t.shape, t.dtype)
	if err != nil || count == 0 {
		return err
	}
	has := t.st.count * t.st.size() / int64(t.dtype.Size())
	last := t.offset
	for i, n := range t.shape {
		if step := t.stride[i]; n > 1 && step > 0 {
			if int64(n-1) > (math.MaxInt64-last)/step {
				last = math.MaxInt64
				break
			}
			last += int64(n-1) * step
		}
	}
	if last >= has {
		return fmt.Errorf("a tensor of shape %s, strides %v and offset %d reaches beyond its storage of %d numbers; the file is damaged", times(t.shape), t.stride, t.offset, has)
	}
	if count > max(has, maxExpanded) {
		return fmt.Errorf("a tensor of %s that stores only %d numbers (an expanded one); save t.contiguous()", times(t.shape), has)
	}
	return nil
}

// inOrder says whether the numbers lie in C order, one after the other.
func (t *torchTensor) inOrder() bool {
	step := int64(1)
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.stride[i] != step {
			return false
		}
		step *= int64(t.shape[i])
	}
	return true
}
