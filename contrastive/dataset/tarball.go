package dataset

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
)

// tarball reads a tar archive forward. It is itself the bytes of the current member.
type tarball struct {
	*tar.Reader
	name  string
	file  *os.File
	keep  bool   // standard input: not ours to close
	plain bool   // a file that is not gzipped: it can be read at any place
	last  string // the member that was begun last, for errors
	holes bool   // that it is sparse
}

// openTar opens a tar archive, gzipped or not; "-" is standard input.
func openTar(name string) (*tarball, error) {
	t := &tarball{name: name, file: os.Stdin, keep: name == "-"}
	if !t.keep {
		var err error
		if t.file, err = os.Open(name); err != nil {
			return nil, because(name, "", "open", err)
		}
	}
	r, zipped, err := unzipped(t.file)
	if err != nil {
		t.Close()
		return nil, because(name, "", "read", err)
	}
	if !zipped && !t.keep {
		if _, err := t.file.Seek(0, io.SeekStart); err == nil {
			r, t.plain = t.file, true // unbuffered, so that tar seeks over what is not wanted
		}
	}
	t.Reader = tar.NewReader(r)
	return t, nil
}

// unzipped looks at the first bytes and takes gzip away.
func unzipped(r io.Reader) (io.Reader, bool, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	if len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(b)
		return z, true, err
	}
	return b, false, nil
}

// next moves to the next file; io.EOF after the last. What is no ordinary file is passed over,
// a name that leads out of the folder is refused.
func (t *tarball) next() (*tar.Header, error) {
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if errors.Is(err, tar.ErrHeader) && t.last == "" {
			return nil, fail(t.name, "not a tar archive, gzipped or plain")
		}
		if err != nil {
			return nil, because(t.name, "after "+t.last, "read the archive", err)
		}
		t.last = "member " + clip(h.Name)
		if err := local(h.Name); err != nil {
			return nil, &Error{File: t.name, Msg: err.Error()}
		}
		if h.Typeflag == tar.TypeReg {
			t.holes = false
			for key := range h.PAXRecords {
				t.holes = t.holes || strings.HasPrefix(key, "GNU.sparse.")
			}
			return h, nil
		}
	}
}

// place is where the current member begins in a plain file.
func (t *tarball) place() (int64, bool) {
	if !t.plain || t.holes {
		return 0, false
	}
	at, err := t.file.Seek(0, io.SeekCurrent)
	return at, err == nil
}

func (t *tarball) Close() error {
	if t.keep {
		return nil
	}
	return t.file.Close()
}
