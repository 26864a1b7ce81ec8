package tensorfile

import (
	"archive/zip"
	"io"
	"slices"
	"strings"
)

// NPZ is an archive of named arrays: a zip file of npy files, stored (numpy.savez) or
// deflated (numpy.savez_compressed). Stored arrays are mapped in place and their
// checksums not looked at (see [NPZ.Verify]); deflated ones are streamed forward, and
// begun anew for rows that lie behind.
type NPZ struct {
	name    string
	b       archive
	names   []string
	entries map[string]*zip.File
	open    []closer
}

// archive is where the bytes of an NPZ lie.
type archive interface {
	source
	io.ReaderAt
}

// OpenNPZ opens an npz file. Only the list of entries is read: a header is looked at
// when its array is asked for.
func OpenNPZ(name string) (*NPZ, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	z, err := newNPZ(name, b)
	if err != nil {
		b.close()
		return nil, err
	}
	return z, nil
}

func newNPZ(name string, b archive) (*NPZ, error) {
	r, err := readZip(name, b)
	if err != nil {
		return nil, err
	}
	return listNPZ(name, b, r)
}

// listNPZ names the entries of an archive.
func listNPZ(name string, b archive, r *zip.Reader) (*NPZ, error) {
	z := &NPZ{name: name, b: b, entries: map[string]*zip.File{}}
	arrays := false
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		n := strings.TrimSuffix(f.Name, ".npy")
		if z.entries[n] != nil {
			return nil, fail(name, "two entries have the name %s; save it again with numpy.savez", clip(n))
		}
		z.entries[n] = f
		z.names = append(z.names, n)
		arrays = arrays || n != f.Name
	}
	if len(z.names) > 0 && !arrays {
		return nil, fail(name, "a zip archive without npy files, so not npz (first entry: %s)", clip(z.names[0]))
	}
	return z, nil
}

// Names lists the arrays in the order of the archive, without ".npy".
func (z *NPZ) Names() []string { return slices.Clone(z.names) }

// Array opens an array by its name. "" is the only one of an archive that has one.
// It ends with the archive.
func (z *NPZ) Array(name string) (*Reader, error) {
	if name == "" && len(z.names) == 1 {
		name = z.names[0]
	}
	full := z.name + ":" + name
	f, err := z.entry(name)
	if err != nil {
		return nil, err
	}
	src, err := entrySource(full, f, z.b)
	if err != nil {
		return nil, err
	}
	r, err := newNPY(full, src)
	if err != nil {
		src.close()
		return nil, err
	}
	_, r.claimed = src.(*stream)
	if r.el.(*array).fortran { // its rows lie all over it
		if src, err = unstream(full, src); err != nil {
			return nil, err
		}
		if r, err = newNPY(full, src); err != nil {
			src.close()
			return nil, err
		}
	}
	z.open = append(z.open, r.owner)
	return r, nil
}

// Verify reads an array whole and compares it with its checksum.
func (z *NPZ) Verify(name string) error {
	f, err := z.entry(name)
	if err != nil {
		return err
	}
	full := z.name + ":" + name
	r, err := unpack(full, f)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return because(full, "verify", err)
}

// Close closes the archive and every array that came from it.
func (z *NPZ) Close() error {
	var first error
	for _, c := range append(z.open, closer(z.b)) {
		if err := c.close(); err != nil && first == nil {
			first = err
		}
	}
	z.open = nil
	return because(z.name, "close", first)
}
