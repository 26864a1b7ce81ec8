package tensorfile

import (
	"path/filepath"
	"slices"
	"strings"
)

// File is a file of named arrays. An npz file has many; npy and csv files have one,
// named after the file.
type File interface {
	Names() []string                    // in the order of the file
	Array(name string) (*Reader, error) // "" where there is only one
	Close() error                       // ends its arrays too
}

// format is one kind of file, known by how it begins or else by its name.
type format struct {
	name  string
	magic []string
	exts  []string
	open  func(name string, b *blob) (File, error)
}

// formats is every kind of file that Open knows.
var formats = []format{
	{"npy", []string{npyMagic}, []string{".npy"}, func(name string, b *blob) (File, error) { return asFile(newNPY(name, b)) }},
	{"npz", []string{"PK\x03\x04", "PK\x05\x06"}, []string{".npz"}, func(name string, b *blob) (File, error) { return newNPZ(name, b) }},
	{"csv", nil, []string{".csv", ".tsv", ".txt"}, func(name string, b *blob) (File, error) { return asFile(newCSV(name, b)) }},
}

// Open opens a file of arrays; its first bytes say which kind it is, else the end of
// its name. "-" is standard input, csv if it does not begin like another kind; what
// cannot be read twice, such as a pipe, is first copied to a temporary file.
func Open(name string) (File, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	f, err := pick(name, b)
	if err == nil {
		var file File
		if file, err = f.open(name, b); err == nil {
			return file, nil
		}
	}
	b.close()
	return nil, err
}

func pick(name string, b *blob) (format, error) {
	head := make([]byte, min(b.n, 12))
	if err := b.read(head, 0); err != nil {
		return format{}, because(name, "read", err)
	}
	for _, f := range formats {
		if slices.ContainsFunc(f.magic, func(m string) bool { return strings.HasPrefix(string(head), m) }) {
			return f, nil
		}
	}
	ext := strings.ToLower(filepath.Ext(name))
	known := []string{}
	for _, f := range formats {
		if slices.Contains(f.exts, ext) || (name == "-" && f.name == "csv" && b.n > 0) {
			return f, nil
		}
		known = append(known, f.exts...)
	}
	if b.n == 0 {
		return format{}, fail(name, "the file is empty (0 bytes); write or copy it again")
	}
	return format{}, fail(name, "unknown kind of file: it begins with %s and its name ends in none of %s%s",
		clip(string(head)), strings.Join(known, " "), guess(head))
}

// openOne opens a file of a given format that holds one array.
func openOne(name, kind string) (*Reader, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	var r *Reader
	if kind == "npy" {
		r, err = newNPY(name, b)
	} else {
		r, err = newCSV(name, b)
	}
	if err != nil {
		b.close()
	}
	return r, err
}

// OpenArray opens one array and, when it is closed, closes its file. "x.npz:a" is the
// array a of x.npz; a plain name is the only array of the file.
func OpenArray(name string) (*Reader, error) {
	file, array := name, ""
	if i := strings.LastIndex(strings.ToLower(name), ".npz:"); i >= 0 {
		file, array = name[:i+4], name[i+5:]
	}
	f, err := Open(file)
	if err != nil {
		return nil, err
	}
	r, err := f.Array(array)
	if err != nil {
		f.Close()
		return nil, err
	}
	if z, ok := f.(*NPZ); ok {
		r.owner = whole{z}
	}
	return r, nil
}

// whole closes an archive with its array.
type whole struct{ *NPZ }

func (w whole) close() error { return w.Close() }

// single is a file of one array.
type single struct{ r *Reader }

func asFile(r *Reader, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return single{r}, nil
}

func (s single) stem() string {
	base := filepath.Base(s.r.name)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

func (s single) Names() []string { return []string{s.stem()} }
func (s single) Close() error    { return s.r.Close() }

func (s single) Array(name string) (*Reader, error) {
	if name != "" && name != s.stem() {
		return nil, fail(s.r.name, "has no array %s; it has %s", clip(name), printable(s.stem()))
	}
	return s.r, nil
}
