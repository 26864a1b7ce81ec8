package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
)

// tuneEnv says where the file of `mindgap tune` lies, or "seeds": no file, only what ships with
// the program, or "off": neither.
const tuneEnv = "MINDGAP_TUNE"

const (
	tuneOff   = "off"
	tuneSeeds = "seeds"
)

// tuningPath is the file's place; "" where there is none to read.
func tuningPath() string {
	switch env := os.Getenv(tuneEnv); env {
	case "":
	case tuneOff, tuneSeeds:
		return ""
	default:
		return env
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "mindgap", "tune.json")
}

// tuning is how every command but tune opens the named device: with the seeds and the user's
// file, which is read once, as far as they were made from the variants that there are. A file
// that cannot be used is said in one line, and left out.
func (a *app) tuning(device string) engine.Option {
	if device == "host" || os.Getenv(tuneEnv) == tuneOff {
		return engine.WithTuning(nil, nil)
	}
	if a.tuned == nil {
		var file *engine.Tuning
		if path := tuningPath(); path != "" {
			var err error
			if file, err = readTuning(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				a.log.Warn(oneLine(fmt.Errorf("%w; the file is left out: mindgap tune --reset makes a new one, %s=off does without", err, tuneEnv)))
			}
		}
		a.tuned = engine.WithTuning(kernels.Seeds().Current(a.table), file.Current(a.table))
	}
	return a.tuned
}

// maxTuningFile is more than any file that ReadTuning takes.
const maxTuningFile = 8 << 20

// readTuning reads a file; it is nil with an error.
func readTuning(path string) (*engine.Tuning, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("tuning: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("tuning: %s is no file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxTuningFile))
	if err != nil {
		return nil, fmt.Errorf("tuning: %w", err)
	}
	t, err := engine.ReadTuning(data)
	if err != nil {
		return nil, fmt.Errorf("tuning: %s: %w", path, err)
	}
	return t, nil
}

// changeTuning reads the file as it is now, changes it and writes it whole: what another run has
// put there meanwhile stays. A file that is broken begins anew.
func (a *app) changeTuning(path string, change func(t *engine.Tuning)) error {
	t, err := readTuning(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			a.log.Warn(oneLine(fmt.Errorf("%w; it is made anew", err)))
		}
		t = &engine.Tuning{Schema: engine.TuningSchema}
	}
	change(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return tensorfile.WriteFileAtomic(path, t.Encode())
}
