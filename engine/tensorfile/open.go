package tensorfile

import (
	"path/filepath"
	"strings"
)

// File is a file of named arrays. Npz, safetensors and PyTorch files have many; npy and
// csv files have one, named after the file.
type File interface {
	Names() []string                    // in the order of the file
	Array(name string) (*Reader, error) // "" where there is only one
	Close() error                       // ends its arrays too
}

// Open opens a file of arrays; its first bytes say which kind it is, else the end of
// its name. "-" is standard input, csv if it does not begin like another kind; what
// cannot be read twice, such as a pipe, is first copied to a temporary file.
func Open(name string) (File, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	f, _, err := openFile(name, b)
	if err != nil {
		b.close()
		return nil, err
	}
	return f, nil
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
// array a of x.npz (see [CutName]); a plain name is the only array of the file.
func OpenArray(name string) (*Reader, error) {
	file, array, _ := CutName(name)
	f, err := Open(file)
	if err != nil {
		return nil, err
	}
	r, err := f.Array(array)
	if err != nil {
		f.Close()
		return nil, err
	}
	if _, alone := f.(single); !alone {
		r.owner = whole{f}
	}
	return r, nil
}

// CutName splits "x.npz:a" into file and array, where the file's name ends as those of
// files with several arrays do; ok says whether an array is named.
func CutName(name string) (file, array string, ok bool) {
	lower := strings.ToLower(name)
	for _, f := range formats {
		for _, ext := range f.exts {
			if i := strings.LastIndex(lower, ext+":"); i >= 0 && f.many {
				return name[:i+len(ext)], name[i+len(ext)+1:], true
			}
		}
	}
	return name, "", false
}

// whole closes a file with its array.
type whole struct{ f File }

func (w whole) close() error { return w.f.Close() }

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
