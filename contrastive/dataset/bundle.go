package dataset

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
)

// bundle is a few files that belong together: a folder, or the tar archive (gzipped or plain)
// in which the publisher ships it. An archive is read through from its beginning for each
// file, so that nothing is unpacked.
type bundle struct {
	path string
	tar  bool
}

// sizes lists the files by the last part of their names, with their sizes in bytes.
func (b bundle) sizes() (map[string]int64, error) {
	out := map[string]int64{}
	if !b.tar {
		entries, err := os.ReadDir(b.path)
		if err != nil {
			return nil, because(b.path, "", "list", err)
		}
		for _, e := range entries {
			if info, err := os.Stat(filepath.Join(b.path, e.Name())); err == nil && !info.IsDir() {
				out[e.Name()] = info.Size()
			}
		}
		return out, nil
	}
	r, err := openTar(b.path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		h, err := r.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out[path.Base(h.Name)] = h.Size
	}
}

// open opens one file of the bundle.
func (b bundle) open(name string) (io.ReadCloser, error) {
	if !b.tar {
		f, err := os.Open(filepath.Join(b.path, name))
		return f, because(b.file(name), "", "open", err)
	}
	r, err := openTar(b.path)
	if err != nil {
		return nil, err
	}
	for {
		h, err := r.next()
		if err == nil && path.Base(h.Name) != name {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = fail(b.path, "has no member %s; copy the archive again", name)
		}
		if err != nil {
			r.Close()
			return nil, err
		}
		return r, nil
	}
}

// file is what a file of the bundle is called in errors.
func (b bundle) file(name string) string {
	if b.tar {
		return b.path + ":" + name
	}
	return filepath.Join(b.path, name)
}
