package tensorfile

import (
	"path/filepath"
	"slices"
	"strings"

	"mindgap/engine/tensorfile/internal/pickle"
)

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
	for _, f := range formats { // a length of safetensors may read as another's magic
		if f.name == "safetensors" && looksSafe(head) {
			return f, nil
		}
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
			if what := foreign(head); what != "" && b.n > 0 && f.many {
				return format{}, fail(name, "not what its name says%s", what)
			}
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
