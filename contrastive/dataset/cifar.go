package dataset

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"mindgap/nn/preprocess"
)

// cifarSide: pictures are 32 x 32, red plane first, then green, then blue.
const (
	cifarSide  = 32
	cifarBytes = 3 * cifarSide * cifarSide
)

// cifar is CIFAR-10 or CIFAR-100 in the publisher's binary or python version.
type cifar struct {
	about
	from  bundle
	files []string
	read  func(file string, yield func(row, label int, planes []byte) bool) error
	skip  int // labels before the one that counts: a binary CIFAR-100 record begins with the coarse label
	n     int
}

// cifarKind is how one of the two sets is laid out.
type cifarKind struct {
	task    Task
	folders []string            // where the publisher's archives unpack to: binary, python
	tars    []string            // the archives
	files   map[string][]string // by split, of the binary version
	labels  string              // the key of the python version
	skip    int
}

var cifarKinds = []cifarKind{
	{CIFAR10(), []string{"cifar-10-batches-bin", "cifar-10-batches-py"}, []string{"cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"},
		map[string][]string{"train": {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"}, "test": {"test_batch.bin"}}, "labels", 0},
	{CIFAR100(), []string{"cifar-100-binary", "cifar-100-python"}, []string{"cifar-100-binary.tar.gz", "cifar-100-python.tar.gz"},
		map[string][]string{"train": {"train.bin"}, "test": {"test.bin"}}, "fine_labels", 1},
}

// openCIFAR opens the version that lies at path: a folder, an archive, or a folder that has
// one of them. The test images are the default; "all" is train, then test.
func openCIFAR(k cifarKind, path string, o Options) (Set, error) {
	from := bundle{path: path, tar: isFile(path)}
	if !from.tar {
		if dir := first(isDir, filepath.Join(path, k.folders[0]), filepath.Join(path, k.folders[1])); dir != "" {
			from.path = dir
		} else if file := first(isFile, filepath.Join(path, k.tars[0]), filepath.Join(path, k.tars[1])); file != "" {
			from = bundle{file, true}
		}
	}
	sizes, err := from.sizes()
	if err != nil {
		return nil, err
	}
	want, err := o.files(path, k.files, "test")
	if err != nil {
		return nil, err
	}
	c := &cifar{about: about{task: k.task}, from: from, files: slices.Clone(want), skip: k.skip}
	c.read = c.binary
	if _, ok := sizes[want[0]]; !ok {
		c.read = func(file string, yield func(int, int, []byte) bool) error { return c.python(file, k.labels, yield) }
		for i, f := range want {
			c.files[i] = strings.TrimSuffix(f, ".bin")
		}
	}
	for i, f := range c.files {
		if _, ok := sizes[f]; !ok {
			return nil, fail(from.path, "has no file %s or %s of %s; it has %s", want[i], f, k.task.Name, some(slices.Sorted(maps.Keys(sizes))))
		}
	}
	return c, c.measure(sizes)
}

// measure counts the images: by the sizes of binary files, by a look into python ones.
func (c *cifar) measure(sizes map[string]int64) error {
	for _, f := range c.files {
		if filepath.Ext(f) == ".bin" {
			each := int64(c.skip + 1 + cifarBytes)
			if sizes[f]%each != 0 || sizes[f] == 0 {
				return fail(c.from.file(f), "has %d bytes, which is not a number of records of %d bytes; copy it again", sizes[f], each)
			}
			c.n += int(sizes[f] / each)
			continue
		}
		if err := c.read(f, func(int, int, []byte) bool { c.n++; return true }); err != nil {
			return err
		}
	}
	return nil
}

func (c *cifar) Len() int { return c.n }

func (c *cifar) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		for _, f := range c.files {
			more := true
			err := c.read(f, func(row, label int, planes []byte) bool {
				name := fmt.Sprintf("%s:%d", f, row)
				if label < 0 || label >= len(c.task.Classes) {
					yield(Example{}, failAt(c.from.file(f), record(row), "label %d; %s has labels 0 to %d", label, c.task.Name, len(c.task.Classes)-1))
					more = false
				} else {
					more = yield(Example{Name: name, Label: label, Group: -1, Image: planar(slices.Clone(planes))}, nil)
				}
				return more
			})
			if err != nil {
				yield(Example{}, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// binary reads a file of records: the labels, one byte each, then the three planes.
func (c *cifar) binary(file string, yield func(row, label int, planes []byte) bool) error {
	r, err := c.from.open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	buf := make([]byte, c.skip+1+cifarBytes)
	for row := 0; ; row++ {
		_, err := io.ReadFull(r, buf)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return because(c.from.file(file), record(row), "read", err)
		}
		if !yield(row, int(buf[c.skip]), buf[c.skip+1:]) {
			return nil
		}
	}
}

// planar interleaves three planes of 32 x 32.
func planar(planes []byte) func() (*preprocess.Image, error) {
	return func() (*preprocess.Image, error) {
		m := preprocess.NewImage(cifarSide, cifarSide)
		const plane = cifarSide * cifarSide
		for i := range plane {
			m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2] = planes[i], planes[plane+i], planes[2*plane+i]
		}
		return m, nil
	}
}
