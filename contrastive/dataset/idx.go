package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"mindgap/nn/preprocess"
)

// idx is a file of grey images and one of labels. The labels are in memory, the images are
// read one after the other.
type idx struct {
	about
	parts []idxPart
	n     int
	free  bool // the classes are numbers, as many as there are
}

type idxPart struct {
	images string
	labels []byte
}

// openIDX opens the images and labels of a split, test by default, in a folder or its
// sub-folder raw; or a file of images, with that of the labels beside it. A task without
// classes gets numbers.
func openIDX(task Task, path string, o Options) (Set, error) {
	files := []string{path}
	if isDir(path) {
		var err error
		if files, err = idxFiles(path, o); err != nil {
			return nil, err
		}
	} else if o.Split != "" {
		return nil, fail(path, "is one file, so it has no split; name its folder, or leave the split away")
	}
	s := &idx{about: about{task: task}, free: task.Classes == nil}
	for _, images := range files {
		labels, err := idxLabelFile(images)
		if err != nil {
			return nil, err
		}
		p := idxPart{images: images}
		if p.labels, err = readIDXLabels(labels); err != nil {
			return nil, err
		}
		if err := s.classes(labels, p.labels); err != nil {
			return nil, err
		}
		r, h, err := openIDXImages(images)
		if err != nil {
			return nil, err
		}
		r.Close()
		if int64(h.n) != int64(len(p.labels)) {
			return nil, fail(images, "%d images, and %s has %d labels", h.n, labels, len(p.labels))
		}
		s.n += len(p.labels)
		s.parts = append(s.parts, p)
	}
	return s, nil
}

// classes checks labels against the classes; where these are not known they are numbers.
func (s *idx) classes(file string, labels []byte) error {
	for i, label := range labels {
		if s.free && int(label) >= len(s.task.Classes) {
			s.task.Classes = digits(int(label) + 1)
		} else if int(label) >= len(s.task.Classes) {
			return failAt(file, record(i), "label %d; %s has labels 0 to %d", label, s.task.Name, len(s.task.Classes)-1)
		}
	}
	return nil
}

var idxPrefix = map[string][]string{"train": {"train"}, "test": {"t10k"}}

// idxFiles finds the image files of a folder.
func idxFiles(dir string, o Options) ([]string, error) {
	prefixes, err := o.files(dir, idxPrefix, "test")
	if err != nil {
		return nil, err
	}
	var files []string
	for _, p := range prefixes {
		file := idxImages(dir, p)
		if file == "" {
			return nil, fail(dir, "no file %s-images-idx3-ubyte or the same with .gz, here or in raw", p)
		}
		files = append(files, file)
	}
	return files, nil
}

// idxImages is the file of images of a split in a folder, gzipped or plain; "" if none.
func idxImages(dir, prefix string) string {
	var places []string
	for _, d := range []string{dir, filepath.Join(dir, "raw")} {
		for _, dot := range []string{"-", "."} {
			name := filepath.Join(d, prefix+"-images"+dot+"idx3-ubyte")
			places = append(places, name, name+".gz")
		}
	}
	return first(isFile, places...)
}

// idxLabelFile is the file of labels that belongs to one of images.
func idxLabelFile(images string) (string, error) {
	dir, base := filepath.Split(images)
	name := strings.Replace(strings.Replace(base, "images", "labels", 1), "idx3", "idx1", 1)
	plain := filepath.Join(dir, strings.TrimSuffix(name, ".gz"))
	if file := first(isFile, plain, plain+".gz"); file != "" && name != base {
		return file, nil
	}
	return "", fail(images, "no file of labels beside it; want one with labels for images and idx1 for idx3 in its name, such as t10k-labels-idx1-ubyte.gz")
}

func (s *idx) Len() int { return s.n }

func (s *idx) Examples() iter.Seq2[Example, error] {
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

func (p idxPart) walk(yield func(Example, error) bool) (bool, error) {
	r, h, err := openIDXImages(p.images)
	if err != nil {
		return false, err
	}
	defer r.Close()
	base := filepath.Base(p.images)
	for i, label := range p.labels {
		grey := make([]byte, h.width*h.height)
		if _, err := io.ReadFull(r, grey); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return false, because(p.images, record(i), "read an image", err)
		}
		image := func() (*preprocess.Image, error) {
			m := preprocess.NewImage(int(h.width), int(h.height))
			for k, v := range grey {
				m.Pix[3*k], m.Pix[3*k+1], m.Pix[3*k+2] = v, v, v
			}
			return m, nil
		}
		if !yield(Example{Name: fmt.Sprintf("%s:%d", base, i), Label: int(label), Group: -1, Image: image}, nil) {
			return false, nil
		}
	}
	return true, nil
}
