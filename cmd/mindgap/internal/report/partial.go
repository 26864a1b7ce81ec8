package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// partial is where an experiment keeps what it has done in part, inside its folder.
const partial = "partial"

// Partial makes the folder of what an experiment has done in part, and gives its path. What an
// earlier run left there stays if that run's key was the same; else it is removed.
func (f *Folder) Partial(name string, key Key) (string, error) {
	at := filepath.Join(name, partial)
	keyFile := filepath.Join(at, "key.json")
	var old Key
	data, err := f.Read(keyFile)
	if err == nil {
		err = json.Unmarshal(data, &old)
	}
	if same, _ := old.Equal(key); err != nil || !same {
		if err := f.DropPartial(name); err != nil {
			return "", err
		}
		data, err := encode(key)
		if err != nil {
			return "", err
		}
		if err := f.Write(keyFile, data); err != nil {
			return "", err
		}
	}
	return filepath.Join(f.Dir, at), nil
}

// DropPartial removes the folder of an experiment that is finished.
func (f *Folder) DropPartial(name string) error {
	at := filepath.Join(f.Dir, name, partial)
	if err := os.RemoveAll(at); err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}
