package dataset

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// cifarLimit bounds a python file, which is read whole: CIFAR-100's train has 155 million bytes.
const cifarLimit = 256 << 20

// python reads a pickled dictionary: "data", an array of N x 3072 bytes, and a list of labels.
func (c *cifar) python(file, labels string, yield func(row, label int, planes []byte) bool) error {
	r, err := c.from.open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, cifarLimit+1))
	if err != nil {
		return because(c.from.file(file), "", "read", err)
	}
	if len(data) > cifarLimit {
		return fail(c.from.file(file), "is larger than %d bytes; no CIFAR file is", cifarLimit)
	}
	rows, list, err := cifarBatch(data, labels)
	if err != nil {
		return fail(c.from.file(file), "%s", err)
	}
	planes := make([]byte, cifarBytes)
	for row, label := range list {
		if rows.fortran {
			for k := range planes {
				planes[k] = rows.bytes[k*len(list)+row]
			}
		} else {
			copy(planes, rows.bytes[row*cifarBytes:])
		}
		if !yield(row, int(label), planes) {
			return nil
		}
	}
	return nil
}

// cifarBatch is the array and the labels of a python file.
func cifarBatch(data []byte, labels string) (*pickledArray, []int64, error) {
	v, err := unpickle(data)
	if err != nil {
		return nil, nil, err
	}
	dict, ok := v.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("not a dictionary")
	}
	rows, ok1 := dict["data"].(*pickledArray)
	items, ok2 := dict[labels].(*[]any)
	if !ok1 || !ok2 {
		return nil, nil, fmt.Errorf("a dictionary without an array data and a list %s; it has %s", labels, some(slices.Sorted(maps.Keys(dict))))
	}
	n := len(*items)
	if rows.dtype != "u1" || len(rows.shape) != 2 || rows.shape[1] != cifarBytes || len(rows.bytes) != n*cifarBytes || rows.shape[0] != int64(n) {
		return nil, nil, fmt.Errorf("data is an array of %s, shape %v, %d bytes; want u1, [%d %d] for %d labels", clip(rows.dtype), rows.shape, len(rows.bytes), n, cifarBytes, n)
	}
	list := make([]int64, n)
	for i, item := range *items {
		if list[i], ok = item.(int64); !ok {
			return nil, nil, fmt.Errorf("%s: label %d is not a number", labels, i)
		}
	}
	return rows, list, nil
}
