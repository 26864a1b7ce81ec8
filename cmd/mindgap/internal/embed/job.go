package embed

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/engine"
)

// Job is inputs with the encoder for them.
type Job struct {
	Unit  string   // "images" or "texts"
	Names []string // of the inputs
	Width int      // of a row
	Batch int      // that suits the device
	Key   Key
	// Walk embeds the inputs from one on, in order.
	Walk func(ctx context.Context, from, batch int) iter.Seq2[Rows, error]
}

// Rows are embeddings of some inputs, not normalised.
type Rows struct {
	First, Count int
	Values       []float32     // Count x Width
	Bad          map[int]error // inputs that could not be read; their rows mean nothing
}

// Options say what a run writes.
type Options struct {
	Out      string // X.npy, X.safetensors or X.csv
	Raw      bool   // leave rows as the network gives them; else each has length 1
	SkipBad  bool   // leave out inputs that cannot be read, instead of stopping at the first
	Restart  bool   // forget what an interrupted run has kept
	Batch    int    // inputs at a time; 0: the job's
	Progress *progress.Line
}

// Run is what a call of Job.Run did, also where it ended with an error.
type Run struct {
	Out       string `json:"out"`
	NamesFile string `json:"names"`
	Rows      int    `json:"rows"`
	Width     int    `json:"width"`
	Had       int    `json:"had"`    // inputs that an interrupted run had done
	Done      int    `json:"inputs"` // inputs that are done, bad ones among them
	Zero      int    `json:"zero"`   // rows of zeros, which have no length 1
	Bad       []Bad  `json:"bad"`    // inputs without a row
	Partial   string `json:"-"`      // the file that keeps them where Run ended with an error

	job     *Job
	options Options
}

// Run embeds all inputs and writes X.npy, with the names of its rows in X.txt. What is done is
// kept in X.npy.partial batch by batch, and a run with the same key goes on with it; one with
// another key is refused. When ctx ends, its error ends the run.
func (j *Job) Run(ctx context.Context, o Options) (*Run, error) {
	r := &Run{Out: o.Out, NamesFile: NamesFile(o.Out), Width: j.Width, Partial: partialFile(o.Out), job: j, options: o}
	if err := CheckOut(o.Out); err != nil {
		return r, err
	}
	p, err := openPartial(r.Partial, partialHead{Key: j.Key, Width: j.Width, Count: len(j.Names)}, o.Restart)
	if err != nil {
		return r, err
	}
	finished := false
	defer func() { p.close(finished) }()
	err = r.embed(ctx, p)
	r.Had, r.Done, r.Rows = p.had, p.done, p.done-len(p.bad)
	r.Bad = append([]Bad{}, p.bad...)
	for i, b := range r.Bad {
		r.Bad[i].Name = j.Names[b.Index]
	}
	if err == nil && r.Rows == 0 {
		err = fmt.Errorf("none of the %d %s could be read; the first: %s", len(j.Names), j.Unit, r.Bad[0].Why)
	}
	if err != nil {
		return r, err
	}
	if err := r.write(p); err != nil {
		return r, err
	}
	finished = true
	return r, nil
}

// embed does the inputs that are not done yet.
func (r *Run) embed(ctx context.Context, p *partial) error {
	j, batch := r.job, r.options.Batch
	if batch == 0 {
		batch = j.Batch
	}
	r.options.Progress.Start("embed", float64(len(j.Names)-p.done), j.Unit)
	defer r.options.Progress.Stop()
	for rows, err := range j.Walk(ctx, p.done, batch) {
		if err == nil {
			err = r.take(p, rows)
		}
		if errors.Is(err, engine.ErrMemory) && batch > 1 {
			err = fmt.Errorf("%w; try --batch %d", err, batch/2)
		}
		if err != nil {
			return err
		}
		r.options.Progress.Add(float64(rows.Count))
	}
	return nil
}

// take keeps the rows of a batch, up to the first fault.
func (r *Run) take(p *partial, rows Rows) (fault error) {
	for i := range rows.Count {
		at, row := rows.First+i, rows.Values[i*r.Width:][:r.Width]
		switch bad := rows.Bad[at]; {
		case bad != nil && r.options.SkipBad:
			p.badInput(why(bad))
		case bad != nil:
			fault = fmt.Errorf("%s; repair or remove it, or leave out what cannot be read with --skip-bad", why(bad))
		case !finite(row):
			fault = fmt.Errorf("%s: its embedding is not finite: the weights overflow float32", oneLine(r.job.Names[at]))
		default:
			p.row(row)
		}
		if fault != nil {
			break
		}
	}
	return errors.Join(fault, p.keep())
}

// why puts the reason of a bad input on one line.
func why(err error) string {
	if cause, ok := errors.AsType[*os.PathError](err); ok {
		return filepath.ToSlash(cause.Path) + ": " + cause.Err.Error()
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

func finite(row []float32) bool {
	for _, v := range row {
		if v-v != 0 {
			return false
		}
	}
	return true
}
