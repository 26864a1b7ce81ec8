package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"mindgap/contrastive"
	"mindgap/engine/tensorfile"
)

// Record is a line of log.jsonl. It holds no times, so that an interrupted run that goes on has
// the bytes of one that was not.
type Record struct {
	Step      int      `json:"step"`                 // steps done
	Epoch     float64  `json:"epoch"`                // passes over the training pairs
	TrainLoss *float64 `json:"train_loss,omitempty"` // mean of the steps since the record before
	Rate      float64  `json:"rate"`                 // the learning rate of the next step
	contrastive.Measures
}

// runLog appends records to a file.
type runLog struct {
	name    string
	f       *os.File
	Records []Record
}

// openLog opens the log of a run that goes on after some steps: what was recorded later, or was
// not written whole, is dropped. With 0 steps nothing is kept: the first record comes anew.
func openLog(name string, steps int) (*runLog, error) {
	l := &runLog{name: name}
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	var kept []byte
	for line := 1; steps > 0; line++ {
		text, rest, whole := bytes.Cut(old, []byte("\n"))
		if !whole {
			break
		}
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("%s: line %d is no record (%w); the file was changed by something else than this program: begin anew in another folder", name, line, err)
		}
		if r.Step > steps {
			break
		}
		l.Records = append(l.Records, r)
		kept, old = append(append(kept, text...), '\n'), rest
	}
	if err := tensorfile.WriteFileAtomic(name, kept); err != nil {
		return nil, err
	}
	if l.f, err = os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", name, err)
	}
	return l, nil
}

// add writes a record to the disk.
func (l *runLog) add(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("%s: step %d: %w", l.name, r.Step, err)
	}
	if _, err = l.f.Write(append(line, '\n')); err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fmt.Errorf("%s: cannot be written at step %d: %w", l.name, r.Step, err)
	}
	l.Records = append(l.Records, r)
	return nil
}

func (l *runLog) close() { l.f.Close() }
