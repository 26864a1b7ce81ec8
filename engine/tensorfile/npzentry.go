package tensorfile

import (
	"archive/zip"
	"io"
	"strings"
)

const (
	maxRatio = 1032    // deflate cannot pack 1032 bytes into less than one
	maxUnzip = 1 << 40 // bytes: a deflated array beyond that is a mistake or an attack
)

// readZip reads the list of entries of a zip archive.
func readZip(name string, b archive) (*zip.Reader, error) {
	if b.size() == 0 {
		return nil, fail(name, "the file is empty (0 bytes); write or copy it again")
	}
	r, err := zip.NewReader(b, b.size())
	if err != nil {
		return nil, &Error{File: name, Msg: "not a whole zip archive (" + printable(err.Error()) + "); copy it again", Err: err}
	}
	return r, nil
}

// entry finds an entry whose declared sizes are possible.
func (z *NPZ) entry(name string) (*zip.File, error) {
	f := z.entries[name]
	switch {
	case len(z.names) == 0:
		return nil, fail(z.name, "holds no arrays; save it again with numpy.savez")
	case f == nil && name == "":
		return nil, fail(z.name, "holds %d arrays; name one of %s", len(z.names), list(z.names))
	case f == nil:
		return nil, fail(z.name, "has no array %s; it has %s", clip(name), list(z.names))
	}
	return f, possible(z.name+":"+name, f, z.b, "numpy.savez")
}

// possible checks what an entry declares; again is what makes such a file anew.
func possible(full string, f *zip.File, b archive, again string) error {
	packed, size := f.CompressedSize64, f.UncompressedSize64
	switch {
	case f.Flags&1 != 0:
		return fail(full, "the entry is encrypted; save it again with %s", again)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fail(full, "zip method %d is not supported (stored and deflated are); save it again with %s", f.Method, again)
	case packed > uint64(b.size()):
		return fail(full, "truncated: the entry says %d bytes, the file has %d; copy it again", packed, b.size())
	case f.Method == zip.Store && size != packed:
		return fail(full, "a stored entry says %d bytes packed and %d unpacked; save it again with %s", packed, size, again)
	case size > maxRatio*(packed+1):
		return fail(full, "%d packed bytes cannot unpack to the %d that the entry says; the file is damaged or hostile", packed, size)
	case size > maxUnzip:
		return fail(full, "unpacks to %d bytes, more than %d; save so large an array unpacked", size, int64(maxUnzip))
	}
	return nil
}

// entrySource gives the bytes of a possible entry: where they lie if they are stored,
// else as a stream.
func entrySource(full string, f *zip.File, b archive) (source, error) {
	size := int64(f.UncompressedSize64)
	if f.Method != zip.Store {
		return &stream{n: size, open: func() (io.ReadCloser, error) { return unpack(full, f) }}, nil
	}
	base, err := f.DataOffset()
	if err != nil {
		return nil, damaged(full, err)
	}
	if base > b.size()-size {
		return nil, fail(full, "truncated: the entry ends %d bytes after the file does; copy it again", base+size-b.size())
	}
	return part{b, base, size}, nil
}

// list gives the first names of a file.
func list(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == 10 {
			b.WriteString("...")
			break
		}
		b.WriteString(printable(n))
	}
	return b.String()
}

// unpacked is the bytes of an entry; its errors name the entry.
type unpacked struct {
	io.ReadCloser
	full string
}

func unpack(full string, f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, damaged(full, err)
	}
	return unpacked{r, full}, nil
}

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = damaged(u.full, err)
	}
	return n, err
}

func damaged(full string, err error) error {
	return &Error{File: full, Msg: "the packed bytes are damaged (" + printable(err.Error()) + "); copy it again", Err: err}
}
