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

// svhn is a file of street view house numbers, cropped digits: X of 32 x 32 x 3 x N bytes in
// column-major order, and y of N labels, in which the digit 0 is written as 10. The labels are
// in memory, the images are read and decompressed one after the other.
type svhn struct {
	about
	x      *matVar
	labels []uint8
}

// openSVHN opens a .mat file, or that of the split in a folder: test is the default.
func openSVHN(path string, o Options) (Set, error) {
	if isDir(path) {
		files, err := o.files(path, map[string][]string{"train": {"train_32x32.mat"}, "test": {"test_32x32.mat"}, "extra": {"extra_32x32.mat"}}, "test")
		if err != nil {
			return nil, err
		}
		if len(files) > 1 {
			return nil, fail(path, "the splits of SVHN are opened one by one: train, test, extra")
		}
		path = filepath.Join(path, files[0])
	}
	vars, err := matVars(path)
	if err != nil {
		return nil, err
	}
	s := &svhn{about: about{task: SVHN()}}
	names := make([]string, len(vars))
	var y *matVar
	for i, v := range vars {
		switch names[i] = v.name; v.name {
		case "X":
			s.x = v
		case "y":
			y = v
		}
	}
	if s.x == nil || y == nil {
		return nil, fail(path, "no variables X and y of SVHN's cropped digits; the file has %s", some(names))
	}
	if d := s.x.dims; len(d) != 4 || !slices.Equal(d[:3], []int64{32, 32, 3}) || s.x.kind != matUint8 {
		return nil, failAt(path, "X", "dimensions %v of type %d; want [32 32 3 N] bytes", d, s.x.kind)
	}
	if err := s.x.check(); err != nil {
		return nil, err
	}
	labels, err := y.integers(svhnLimit)
	if err != nil {
		return nil, err
	}
	if n := s.x.dims[3]; n != int64(len(labels)) {
		return nil, fail(path, "X has %d images and y %d labels", n, len(labels))
	}
	s.labels = make([]uint8, len(labels))
	for i, label := range labels {
		if label < 1 || label > 10 {
			return nil, failAt(path, fmt.Sprintf("y %d", i), "label %d; SVHN has labels 1 to 10, 10 for the digit 0", label)
		}
		s.labels[i] = uint8(label % 10)
	}
	return s, nil
}

func (s *svhn) Len() int { return len(s.labels) }

func (s *svhn) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		r, err := s.x.open()
		if err != nil {
			yield(Example{}, err)
			return
		}
		defer r.Close()
		base := filepath.Base(s.x.file)
		for i, label := range s.labels {
			columns := make([]byte, cifarBytes)
			if _, err := io.ReadFull(r, columns); err != nil {
				yield(Example{}, because(s.x.file, record(i), "read an image of X", err))
				return
			}
			if !yield(Example{Name: fmt.Sprintf("%s:%d", base, i), Label: int(label), Group: -1, Image: columnMajor(columns)}, nil) {
				return
			}
		}
	}
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
