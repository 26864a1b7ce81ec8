package tensorfile

import (
	"errors"
	"io"
	"runtime/debug"
)

// source is where the bytes of an array lie. Offsets are within 0..size.
type source interface {
	size() int64
	read(p []byte, off int64) error // fills p, or says why not
	// view gives n bytes at off: of the memory map, or read into scratch, which has
	// room for n. They are valid until the next call.
	view(off int64, n int, scratch []byte) ([]byte, error)
	mapped() bool // views need no scratch
	close() error
}

const chunk = 256 << 10 // bytes that are decoded at a time: fits the second-level cache

var errShort = errors.New("truncated while it was being read; copy it again")

// at is a source over positioned reads.
type at struct {
	io.ReaderAt
	n int64
}

func (a at) size() int64  { return a.n }
func (a at) mapped() bool { return false }
func (a at) close() error { return nil }

func (a at) read(p []byte, off int64) error { return readFull(a.ReaderAt, p, off) }

func (a at) view(off int64, n int, scratch []byte) ([]byte, error) {
	return scratch[:n], a.read(scratch[:n], off)
}

func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = errShort
	}
	return err
}

// part is the n bytes at base of another source: a stored entry of a zip archive.
type part struct {
	source
	base, n int64
}

func (p part) size() int64                    { return p.n }
func (p part) close() error                   { return nil }
func (p part) read(b []byte, off int64) error { return p.source.read(b, p.base+off) }
func (p part) view(off int64, n int, scratch []byte) ([]byte, error) {
	return p.source.view(p.base+off, n, scratch)
}

// stream is a source that can only be read forward, and opened again to go back: a
// deflated entry of a zip archive. Its end is checked when its last byte is read.
type stream struct {
	open func() (io.ReadCloser, error)
	n    int64
	r    io.ReadCloser
	pos  int64
}

func (s *stream) size() int64  { return s.n }
func (s *stream) mapped() bool { return false }

func (s *stream) view(off int64, n int, scratch []byte) ([]byte, error) {
	return scratch[:n], s.read(scratch[:n], off)
}

func (s *stream) read(p []byte, off int64) (err error) {
	if s.r == nil || off < s.pos {
		s.close()
		if s.r, err = s.open(); err != nil {
			return err
		}
		s.pos = 0
	}
	defer func() {
		if err != nil {
			s.close() // the next read starts afresh
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errShort
		}
	}()
	skipped, err := io.CopyN(io.Discard, s.r, off-s.pos)
	if s.pos += skipped; err != nil {
		return err
	}
	got, err := io.ReadFull(s.r, p)
	if s.pos += int64(got); err != nil {
		return err
	}
	if s.pos == s.n {
		var more [1]byte
		if _, err := io.ReadFull(s.r, more[:]); err == nil {
			return errors.New("more bytes than it declares; write the file again")
		} else if err != io.EOF {
			return err // the checksum does not hold
		}
	}
	return nil
}

func (s *stream) close() error {
	if s.r == nil {
		return nil
	}
	err := s.r.Close()
	s.r = nil
	return err
}

// unstream unpacks a stream to a temporary file, for numbers that lie all over it. Other
// sources stay as they are.
func unstream(full string, src source) (source, error) {
	s, ok := src.(*stream)
	if !ok {
		return src, nil
	}
	s.close()
	e, err := s.open()
	if err != nil {
		return nil, err
	}
	b, err := spool(full, e, false)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// forward reads a source from its beginning.
type forward struct {
	src source
	pos int64
}

func (f *forward) Read(p []byte) (int, error) {
	n := min(int64(len(p)), f.src.size()-f.pos)
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	err := f.src.read(p[:n], f.pos)
	f.pos += n
	return int(n), err
}

// guarded runs f. A fault while it reads a memory map (the file was cut short by
// another program, the disk failed) becomes an error instead of ending the program.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch p := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = errShort
		default:
			panic(p)
		}
	}()
	return f()
}
