package dataset

import (
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"

	"mindgap/nn/preprocess"
)

// svhnLimit bounds the number of images; the largest published file, extra, has 531,131.
const svhnLimit = 1 << 24

// svhn is one or more files of street view house numbers, cropped digits: X of 32 x 32 x 3 x N
// bytes in column-major order, and y of N labels, in which the digit 0 is written as 10. The
// labels are in memory, the images are read and decompressed one after the other.
type svhn struct {
	about
	parts []svhnPart
}

type svhnPart struct {
	x      *matVar
	labels []uint8
}

var svhnFiles = map[string][]string{"train": {"train_32x32.mat"}, "test": {"test_32x32.mat"}, "extra": {"extra_32x32.mat"}}

// openSVHN opens a .mat file, or that of the split in a folder: test is the default.
func openSVHN(path string, o Options) (Set, error) {
	files := []string{path}
	if isDir(path) {
		names, err := o.files(path, svhnFiles, "test")
		if err != nil {
			return nil, err
		}
		files = nil
		for _, name := range names {
			files = append(files, filepath.Join(path, name))
		}
	} else if err := o.single(path); err != nil {
		return nil, err
	}
	s := &svhn{about: about{task: SVHN()}}
	for _, file := range files {
		p, err := readSVHN(file)
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, p)
	}
	return s, nil
}

// readSVHN reads the labels of a file and finds its images.
func readSVHN(file string) (p svhnPart, err error) {
	vars, err := matVars(file)
	if err != nil {
		return p, err
	}
	names := make([]string, len(vars))
	var y *matVar
	for i, v := range vars {
		switch names[i] = v.name; v.name {
		case "X":
			p.x = v
		case "y":
			y = v
		}
	}
	if p.x == nil || y == nil {
		return p, fail(file, "no variables X and y of SVHN's cropped digits; the file has %s", some(names))
	}
	if d := p.x.dims; len(d) != 4 || !slices.Equal(d[:3], []int64{32, 32, 3}) || p.x.kind != matUint8 {
		return p, failAt(file, "X", "dimensions %v of type %d; want [32 32 3 N] bytes", d, p.x.kind)
	}
	if err := p.x.check(); err != nil {
		return p, err
	}
	labels, err := y.integers(svhnLimit)
	if err != nil {
		return p, err
	}
	if n := p.x.dims[3]; n != int64(len(labels)) {
		return p, fail(file, "X has %d images and y %d labels", n, len(labels))
	}
	p.labels = make([]uint8, len(labels))
	for i, label := range labels {
		if label < 1 || label > 10 {
			return p, failAt(file, fmt.Sprintf("y %d", i), "label %d; SVHN has labels 1 to 10, 10 for the digit 0", label)
		}
		p.labels[i] = uint8(label % 10)
	}
	return p, nil
}

func (s *svhn) Len() int {
	n := 0
	for _, p := range s.parts {
		n += len(p.labels)
	}
	return n
}

func (s *svhn) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		for _, p := range s.parts {
			if more, err := p.walk(yield); err != nil {
				yield(Example{}, err)
				return
			} else if !more {
				return
			}
		}
	}
}

// walk reads the images of a file. more is false when the caller has had enough.
func (p svhnPart) walk(yield func(Example, error) bool) (more bool, err error) {
	r, err := p.x.open()
	if err != nil {
		return false, err
	}
	defer r.Close()
	base := filepath.Base(p.x.file)
	for i, label := range p.labels {
		columns := make([]byte, cifarBytes)
		if _, err := io.ReadFull(r, columns); err != nil {
			return false, because(p.x.file, record(i), "read an image of X", err)
		}
		if !yield(Example{Name: fmt.Sprintf("%s:%d", base, i), Label: int(label), Group: -1, Image: columnMajor(columns)}, nil) {
			return false, nil
		}
	}
	return true, nil
}

// columnMajor turns 32 x 32 x 3 bytes with the row as the fastest index into a picture.
func columnMajor(b []byte) func() (*preprocess.Image, error) {
	return func() (*preprocess.Image, error) {
		m := preprocess.NewImage(cifarSide, cifarSide)
		i := 0
		for c := range 3 {
			for x := range cifarSide {
				for y := range cifarSide {
					m.At(x, y)[c] = b[i]
					i++
				}
			}
		}
		return m, nil
	}
}
