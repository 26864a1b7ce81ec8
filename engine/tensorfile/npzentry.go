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

// entry finds an entry whose declared sizes are possible.
func (z *NPZ) entry(name string) (*zip.File, error) {
	f, full := z.entries[name], z.name+":"+name
	switch {
	case len(z.names) == 0:
		return nil, fail(z.name, "holds no arrays; save it again with numpy.savez")
	case f == nil && name == "":
		return nil, fail(z.name, "holds %d arrays; name one of %s", len(z.names), z.list())
	case f == nil:
		return nil, fail(z.name, "has no array %s; it has %s", clip(name), z.list())
	case f.Flags&1 != 0:
		return nil, fail(full, "the entry is encrypted; save it again with numpy.savez")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, fail(full, "zip method %d is not supported (stored and deflated are); save it again with numpy.savez", f.Method)
	case f.CompressedSize64 > uint64(z.b.size()):
		return nil, fail(full, "truncated: the entry says %d bytes, the file has %d; copy it again", f.CompressedSize64, z.b.size())
	case f.Method == zip.Store && f.UncompressedSize64 != f.CompressedSize64:
		return nil, fail(full, "a stored entry says %d bytes packed and %d unpacked; save it again with numpy.savez", f.CompressedSize64, f.UncompressedSize64)
	case f.UncompressedSize64 > maxRatio*(f.CompressedSize64+1):
		return nil, fail(full, "%d packed bytes cannot unpack to the %d that the entry says; the file is damaged or hostile", f.CompressedSize64, f.UncompressedSize64)
	case f.UncompressedSize64 > maxUnzip:
		return nil, fail(full, "unpacks to %d bytes, more than %d; save so large an array with numpy.save", f.UncompressedSize64, int64(maxUnzip))
	}
	return f, nil
}

func (z *NPZ) list() string {
	var b strings.Builder
	for i, n := range z.names {
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
