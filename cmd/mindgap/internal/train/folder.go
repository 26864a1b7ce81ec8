package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine/tensorfile"
)

// The files of a run's folder.
const (
	SettingsFile   = "run.json"
	CheckpointFile = "checkpoint.safetensors"
	LogFile        = "log.jsonl"
	PageFile       = "index.html"
	WeightsFile    = "weights.safetensors"
	HeldOutFile    = "held-out.npy"
	MergesFile     = "merges.txt"
)

// Folder is where a run goes.
type Folder struct {
	*report.Folder
	// Begun are the settings of the run that the folder holds; nil: it holds none.
	Begun *Settings
}

// OpenFolder makes the folder of a run, or opens it to go on. It refuses a folder that holds a
// run which is not to go on, and one without a run that is.
func OpenFolder(dir string, resume bool) (*Folder, error) {
	if resume { // a folder that is not there is not made
		if _, err := os.Stat(filepath.Join(dir, SettingsFile)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--resume: %s holds no run to go on with (no %s); leave --resume away to begin one", dir, SettingsFile)
		}
	}
	base, err := report.Open(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{Folder: base}
	data, err := f.Read(SettingsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, name := range []string{CheckpointFile, LogFile, WeightsFile} {
			if _, err := os.Stat(f.path(name)); err == nil {
				return nil, fmt.Errorf("--out %s: has %s, but no %s that says of which run; name another folder", dir, name, SettingsFile)
			}
		}
		return f, nil
	case err != nil:
		return nil, fmt.Errorf("--out %s: %w", dir, err)
	}
	if f.Begun, err = decodeSettings(data); err != nil {
		return nil, fmt.Errorf("--out %s: %s is damaged (%w); name another folder", dir, SettingsFile, err)
	}
	if !resume {
		return nil, fmt.Errorf("--out %s: holds a run already (%s); go on with it by --resume, or name another folder", dir, f.Begun.Command)
	}
	return f, nil
}

func (f *Folder) path(name string) string { return filepath.Join(f.Dir, name) }

// Saved reports whether the run has a checkpoint.
func (f *Folder) Saved() bool {
	_, err := os.Stat(f.path(CheckpointFile))
	return err == nil
}

// begin keeps the settings of a run, or compares them with those that it was begun with.
func (f *Folder) begin(s *Settings) error {
	s.Schema = settingsSchema
	if f.Begun == nil {
		f.Begun = s
		return f.Write(SettingsFile, s.encode())
	}
	if differ := f.Begun.Differ(s); len(differ) > 0 {
		return fmt.Errorf("--resume: the run in %s was begun with other settings: %s; go on with those, or begin anew in another folder", f.Dir, strings.Join(differ, ", "))
	}
	return nil
}

// writeRows writes arrays of n x d numbers, one after the other, as one of shape (len, n, d).
func writeRows(name string, n, d int, arrays ...[]float32) error {
	w, err := tensorfile.CreateNPY(name, tensorfile.Float32, n, d)
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, a := range arrays {
		if err := w.WriteRows(a); err != nil {
			return err
		}
	}
	return w.Close()
}
