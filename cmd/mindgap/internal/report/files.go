package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mindgap/engine/tensorfile"
)

// ErrOutput marks folders and files that cannot be written.
var ErrOutput = errors.New("cannot write")

// Folder is where a run's files go. Every file appears whole or not at all: it is written
// under a temporary name and renamed.
type Folder struct{ Dir string }

// Open makes the folder and proves that files can be made in it, so that a run does not
// compute for an hour to fail at its last step.
func Open(dir string) (*Folder, error) {
	if dir == "" {
		return nil, fmt.Errorf("%w: the folder has no name", ErrOutput)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, outputError(dir, err)
	}
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return nil, outputError(dir, err)
	}
	f.Close()
	os.Remove(f.Name())
	sweep(dir)
	return &Folder{dir}, nil
}

// sweep takes away the temporary files of runs that were killed: those of more than a day, since
// younger ones may belong to a run that goes on.
func sweep(dir string) {
	for _, pattern := range []string{".try-*", ".mindgap-*.tmp", "*/.mindgap-*.tmp"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
				os.Remove(name)
			}
		}
	}
}

func outputError(dir string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%w to %s: %w", ErrOutput, dir, err)
}

// Write puts a file at a path inside the folder.
func (f *Folder) Write(path string, data []byte) error {
	full := filepath.Join(f.Dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return outputError(full, err)
	}
	if err := tensorfile.WriteFileAtomic(full, data); err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}

// Read gives a file of the folder.
func (f *Folder) Read(path string) ([]byte, error) { return os.ReadFile(filepath.Join(f.Dir, path)) }
