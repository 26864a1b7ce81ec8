package dataset

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"mindgap/nn/preprocess"
)

// listed is a set whose pictures are files of their own, named in a file or found in folders.
// The list is in memory, the pictures are on disk.
type listed struct {
	about
	source string // the file that names the pictures; "": a folder was listed
	unit   string // what a row of it is called: line, image
	root   string // the folder of the pictures
	tried  []string
	items  []item
}

type item struct {
	name         string // with slashes, below root
	captions     []string
	label, group int32
	row          int64
}

func (l *listed) Len() int { return len(l.items) }

func (l *listed) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		for _, it := range l.items {
			file, err := l.find(it)
			if err != nil {
				yield(Example{}, err)
				return
			}
			e := Example{it.name, it.captions, int(it.label), int(it.group), func() (*preprocess.Image, error) { return load(file) }}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// find is the path of a picture, which has to be there if a file names it.
func (l *listed) find(it item) (string, error) {
	file := filepath.Join(l.root, filepath.FromSlash(it.name))
	if l.source == "" {
		return file, nil
	}
	info, err := os.Stat(file)
	row := fmt.Sprintf("%s %d", l.unit, it.row)
	switch {
	case err == nil && info.IsDir():
		return "", failAt(l.source, row, "the image %s is a folder", clip(it.name))
	case err != nil:
		e := failAt(l.source, row, "the image %s is not in %s; copy it there, or say where the images are", clip(it.name), printable(strings.Join(l.tried, " or ")))
		e.(*Error).Err = err
		return "", e
	}
	return file, nil
}

// settle chooses the folder of the pictures: that of the candidates which has the first one.
func (l *listed) settle(candidates ...string) {
	l.root = ""
	for _, dir := range candidates {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		l.tried = append(l.tried, dir)
		if len(l.items) > 0 {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(l.items[0].name))); err == nil {
				l.root, l.tried = dir, []string{dir}
				return
			}
		}
	}
	if len(l.tried) == 0 {
		l.tried = candidates
	}
	l.root = l.tried[0]
}

// load reads and decodes an image file.
func load(file string) (*preprocess.Image, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, because(file, "", "read", err)
	}
	return decoded(file, "", data)
}

func decoded(file, row string, data []byte) (*preprocess.Image, error) {
	if len(data) == 0 {
		return nil, failAt(file, row, "the image is empty (0 bytes); copy it again")
	}
	m, err := decode(data)
	return m, because(file, row, "not an image that can be decoded", err)
}
