package tensorfile

import (
	"path/filepath"
	"slices"
	"strings"

	"mindgap/engine/tensorfile/internal/pickle"
)

// File is a file of named arrays. Npz, safetensors and PyTorch files have many; npy and
// csv files have one, named after the file.
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
	many  bool // it may hold several arrays
	open  func(name string, b *blob) (File, error)
}

// formats is every kind of file that Open knows.
var formats = []format{
	{"npy", []string{npyMagic}, []string{".npy"}, false, func(name string, b *blob) (File, error) { return asFile(newNPY(name, b)) }},
	{"npz", []string{"PK\x03\x04", "PK\x05\x06"}, []string{".npz"}, true, openZip},
	{"torch", []string{"\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"}, []string{".pt", ".pth", ".ckpt", ".bin"}, true, func(name string, b *blob) (File, error) { return newTorch(name, b, pickle.Limit) }},
	{"safetensors", nil, []string{".safetensors"}, true, func(name string, b *blob) (File, error) { return newSafetensors(name, b) }},
	{"index", []string{"{"}, []string{".json"}, true, func(name string, b *blob) (File, error) { return newSharded(name, b) }},
	{"csv", nil, []string{".csv", ".tsv", ".txt"}, false, func(name string, b *blob) (File, error) { return asFile(newCSV(name, b)) }},
}

// openZip opens an archive of npy files, or a checkpoint of PyTorch.
func openZip(name string, b *blob) (File, error) {
	r, err := readZip(name, b)
	if err != nil {
		return nil, err
	}
	if isTorch(r) {
		return newTorchZip(name, b, r, pickle.Limit)
	}
	return listNPZ(name, b, r)
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

// openFile opens what lies in b, and says of which format it is.
func openFile(name string, b *blob) (File, string, error) {
	f, err := pick(name, b)
	if err != nil {
		return nil, "", err
	}
	file, err := f.open(name, b)
	return file, f.name, err
}

func pick(name string, b *blob) (format, error) {
	head := make([]byte, min(b.n, 12))
	if err := b.read(head, 0); err != nil {
		return format{}, because(name, "read", err)
	}
	for _, f := range formats {
		if slices.ContainsFunc(f.magic, func(m string) bool { return strings.HasPrefix(string(head), m) }) || (f.name == "safetensors" && looksSafe(head)) {
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

// looksSafe says whether a file begins like safetensors: a length of less than 2^40, {.
func looksSafe(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && head[5]|head[6]|head[7] == 0
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
