package tensorfile

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFileAtomic writes data to the named file, which afterwards is either whole and
// new or untouched. A new file has the permissions that the umask leaves, an old one
// keeps its own; a link is followed. "-" is standard output.
func WriteFileAtomic(name string, data []byte) error {
	p, err := create(name)
	if err != nil {
		return err
	}
	p.Write(data)
	return p.commit()
}

// create begins a file that gets its name at commit.
func create(name string) (*pending, error) {
	p := &pending{name: name, target: name}
	var mode fs.FileMode
	info, err := os.Stat(name)
	switch {
	case name == "":
		return nil, fail(`""`, "a file to write needs a name")
	case name == "-":
		p.pipe, err = true, nil
	case errors.Is(err, fs.ErrNotExist):
		p.target, err = dangling(name), nil
	case err != nil:
	case info.IsDir():
		return nil, fail(name, "is a directory; name a file in it")
	case !info.Mode().IsRegular():
		p.pipe = true
	default:
		mode = info.Mode().Perm()
		p.target, err = filepath.EvalSymlinks(name)
	}
	if err != nil {
		return nil, because(name, "create", err)
	}
	dir, perm := filepath.Dir(p.target), fs.FileMode(0o666)
	if p.pipe {
		dir, perm = os.TempDir(), 0o600
	}
	for range 100 {
		temp := filepath.Join(dir, fmt.Sprintf(".mindgap-%08x.tmp", rand.Uint32()))
		p.f, err = os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{File: name, Msg: "folder " + printable(dir) + " does not exist; make it first", Err: err}
	}
	if err != nil {
		return nil, because(name, "create in folder "+printable(dir), err)
	}
	p.w = bufio.NewWriterSize(p.f, 64<<10)
	if mode != 0 && !p.pipe {
		p.fault("set the permissions", p.f.Chmod(mode))
	}
	return p, p.err
}

// dangling follows links to a file that does not exist yet.
func dangling(name string) string {
	for range 40 { // the links that systems follow
		to, err := os.Readlink(name)
		if err != nil {
			return name
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return name
}
