package tensorfile

import (
	"bytes"
	"io"
	"io/fs"
	"os"
)

// blob is an open file: mapped where that is possible, else read at positions. Without f it is
// bytes in memory, or closed.
type blob struct {
	f    *os.File
	m    []byte // the map, or nil
	n    int64
	temp bool // a spool: removed at close
	keep bool // standard input: not ours to close
}

// openBlob opens a file for reading. Standard input ("-") and pipes, which cannot be
// read twice, are first copied to a temporary file, unless "-" is itself a file.
func openBlob(name string) (*blob, error) {
	f, keep := os.Stdin, name == "-"
	if !keep {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, because(name, "open", err)
		}
	}
	b := &blob{f: f, keep: keep}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fail(name, "is a directory; name a file in it")
	case !info.Mode().IsRegular() || (keep && begun(f)):
		return spool(name, f, keep)
	default:
		b.n = info.Size()
		b.m = mapFile(f, b.n)
		return b, nil
	}
	b.close()
	return nil, because(name, "open", err)
}

func begun(f *os.File) bool {
	pos, err := f.Seek(0, io.SeekCurrent)
	return err != nil || pos != 0
}

// spool copies what cannot be read twice to a temporary file, and closes it unless keep.
func spool(name string, r io.ReadCloser, keep bool) (*blob, error) {
	if !keep {
		defer r.Close()
	}
	f, err := os.CreateTemp("", "mindgap-*.tmp")
	if err != nil {
		return nil, because(name, "make a temporary file for it (TMPDIR names the folder)", err)
	}
	b := &blob{f: f, temp: true}
	if b.n, err = io.Copy(f, r); err != nil {
		b.close()
		return nil, because(name, "copy to a temporary file (TMPDIR names the folder)", err)
	}
	b.m = mapFile(f, b.n)
	return b, nil
}

func (b *blob) size() int64  { return b.n }
func (b *blob) mapped() bool { return b.m != nil }

func (b *blob) read(p []byte, off int64) error {
	if b.closed() {
		return fs.ErrClosed
	}
	return readFull(b, p, off)
}

func (b *blob) closed() bool { return b.f == nil && b.m == nil }

func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	if b.f == nil {
		return bytes.NewReader(b.m).ReadAt(p, off)
	}
	return b.f.ReadAt(p, off)
}

func (b *blob) view(off int64, n int, scratch []byte) ([]byte, error) {
	switch {
	case b.closed():
		return nil, fs.ErrClosed
	case b.m != nil:
		return b.m[off : off+int64(n)], nil
	}
	return scratch[:n], b.read(scratch[:n], off)
}

func (b *blob) close() error {
	if b.f == nil {
		b.m = nil
		return nil
	}
	err := unmapFile(b.m)
	if !b.keep {
		if e := b.f.Close(); err == nil {
			err = e
		}
	}
	if b.temp {
		if e := os.Remove(b.f.Name()); err == nil {
			err = e
		}
	}
	b.f, b.m = nil, nil
	return err
}
