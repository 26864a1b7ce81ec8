package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/measure"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/engine/tensorfile"
)

// measureFlags say how `mindgap measure` shows what it found.
type measureFlags struct {
	device    string
	json, csv bool
	html      string
}

func (a *app) measureCmd() *cobra.Command {
	var f measureFlags
	o := measure.Options{Memory: measure.DefaultMemory}
	c := &cobra.Command{
		Use: "measure A.npy B.npy [C.npy ...]", Short: "Measure the gap between the embeddings in files, and all that goes with it",
		Long: `measure takes embeddings of two or more modalities, row i of one belonging to row i of the
others, and prints every measure of the gap with a 95 % interval and, where the pairing matters,
with what random pairings of the same rows give: compare with that, not with 0.

Files are npy, npz, safetensors, PyTorch's or csv: one of shape (n, d) for each modality
("x.npz:name" for one array of several), or a single file of shape (2, n, d), or one that holds
an array for each. Rows are L2-normalised first; --raw leaves them.

Files are read by blocks and may be larger than memory. Measures over all pairs take every pair
of up to --sample rows, beyond that a random sample of so many rows, and say so; --exact takes
all, which costs time as the square of the rows. InfoNCE and R@1 depend on the number of rows.

Intervals: bootstrap over pairs of rows for means (t intervals beyond 20000 pairs, exact
binomial ones where all agree), delete-group jackknife with 20 groups for statistics of pairs.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.measure(c.Context(), args, f, o) },
	}
	deviceFlag(c, &f.device, "auto", deviceUsage)
	fl := c.Flags()
	fl.Uint64Var(&o.Seed, "seed", 1, "seed of folds, resamples, groups, random pairings and the sample of rows")
	fl.BoolVar(&o.Raw, "raw", false, "leave rows as they lie")
	fl.Float64SliceVar(&o.LogitScales, "logit-scale", []float64{100}, "logit scales of InfoNCE, comma-separated")
	fl.BoolVar(&o.Core, "core", false, "the numbers alone, without intervals, floors, distributions and spectra")
	fl.IntVar(&o.Sample, "sample", measure.DefaultSample, "measure all pairs of at most this many rows, chosen at random")
	fl.BoolVar(&o.Exact, "exact", false, "measure all pairs of all rows, however many")
	fl.BoolVar(&o.DropBad, "drop-bad", false, "leave out pairs with a row of zeros or a NaN, instead of refusing")
	fl.BoolVar(&f.json, "json", false, "print one JSON document")
	fl.BoolVar(&f.csv, "csv", false, "print a tidy CSV table")
	fl.StringVar(&f.html, "html", "", "write a page that opens offline into this `file`")
	c.MarkFlagsMutuallyExclusive("json", "csv")
	return c
}

func (a *app) measure(ctx context.Context, files []string, f measureFlags, o measure.Options) error {
	start := time.Now()
	if folder, err := os.Stat(filepath.Dir(f.html)); f.html != "" && (err != nil || !folder.IsDir()) {
		return fmt.Errorf("--html %s: there is no folder %s", f.html, filepath.Dir(f.html))
	}
	d, done, err := a.open(ctx, f.device)
	if err != nil {
		return err
	}
	defer done()
	o.Device, o.Progress = d, a.progress
	res, err := measure.Run(ctx, files, o)
	if err != nil {
		return err
	}
	for _, w := range res.Warnings {
		a.log.Warn(w.Text)
	}
	if f.html != "" {
		var page bytes.Buffer
		if err := res.WritePage(&page, programName()); err != nil {
			return err
		}
		if err := tensorfile.WriteFileAtomic(f.html, page.Bytes()); err != nil {
			return fmt.Errorf("--html %s: cannot be written: %s", f.html, strings.TrimPrefix(err.Error(), "tensorfile: "))
		}
	}
	switch {
	case f.json:
		err = a.writeJSON(res)
	case f.csv:
		err = res.WriteCSV(a.stdout)
	case f.html != "-":
		res.WriteText(a.stdout)
	}
	a.log.Info("measured in " + progress.Duration(time.Since(start)))
	return err
}
