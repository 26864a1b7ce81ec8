package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mindgap/bench"
	"mindgap/engine"
)

// tuneFlags are those of `mindgap tune`.
type tuneFlags struct {
	device, kernel, file       string
	budget                     time.Duration
	all, verify, reset, dryRun bool
	asJSON, asMarkdown         bool
}

func (a *app) tuneCmd() *cobra.Command {
	var f tuneFlags
	c := &cobra.Command{
		Use: "tune", Short: "Measure which variant of each kernel is the fastest here, and keep it for all commands", Args: cobra.NoArgs,
		Long: `tune measures the variants of kernels at useful shapes on an OpenGL device, checks each against
its float64 definition, and writes what is fastest into a file, by renderer, driver version,
kernel and shape. All other commands read the file when they open a device and measure nothing:
which variant runs follows from the file, whose digest stands in every result.

What is in the file is not measured again unless the kernel's variants have changed: a second
call takes no time. What the budget does not reach keeps its default; another call goes on.

The file lies in the user's cache folder (mindgap/tune.json). ` + tuneEnv + ` names another;
"seeds" stands for what ships with the program alone, "off" for neither. Seeds are such files:
mindgap tune --device gl --all --file kernels/tuned/NAME.json makes one.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.tune(c.Context(), f) },
	}
	deviceFlag(c, &f.device, "auto", deviceUsage)
	c.Flags().StringVar(&f.kernel, "kernel", "", "tune this kernel only")
	c.Flags().StringVar(&f.file, "file", "", "the file to read and write, in place of the user's")
	c.Flags().DurationVar(&f.budget, "budget", bench.TuneBudget, "time for everything")
	c.Flags().BoolVar(&f.all, "all", false, "measure every variant at every shape anew, however long it takes")
	c.Flags().BoolVar(&f.verify, "verify", false, "compare the file's choices with an exhaustive measurement, and change nothing")
	c.Flags().BoolVar(&f.reset, "reset", false, "remove the device's choices from the file, and measure nothing")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "list what would be measured, and do nothing")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&f.asMarkdown, "md", false, "print Markdown")
	c.MarkFlagsMutuallyExclusive("json", "md", "reset")
	c.MarkFlagsMutuallyExclusive("all", "verify", "reset", "dry-run")
	c.MarkFlagsMutuallyExclusive("all", "budget")
	return c
}

// tune opens the device without a table: choices are compared with its own.
func (a *app) tune(ctx context.Context, f tuneFlags) error {
	table, err := a.selectKernels(f.kernel)
	if err != nil {
		return err
	}
	if f.budget <= 0 {
		return fmt.Errorf("--budget %v is no time to measure in", f.budget)
	}
	if f.file == "" {
		f.file = tuningPath()
	}
	if f.file == "" {
		return fmt.Errorf("there is no file to keep choices in: name one with --file, or unset %s", tuneEnv)
	}
	d, done, err := open(ctx, f.device)
	if err != nil {
		return err
	}
	defer done()
	c := d.Caps()
	if c.Kind == "host" && !f.asJSON {
		a.printf("%s has one form of every kernel: there is nothing to tune. OpenGL devices: --device gl\n", d.Name())
		return nil
	}
	step := func(what string) { a.progress.Start("tune: "+what, 0, "") }
	switch {
	case f.reset:
		return a.resetTuning(c, f)
	case f.verify:
		return a.verifyTuning(ctx, d, table, f, step)
	}
	o := bench.TuneOptions{Budget: f.budget, All: f.all, DryRun: f.dryRun, Step: step}
	if known, err := readTuning(f.file); err == nil {
		o.Known = known.Find(c.Renderer, c.Version)
	}
	r, err := bench.Tune(ctx, d, table, o)
	a.progress.Stop()
	// What was measured before an interrupt is kept.
	if picks := r.Picks(); len(picks) > 0 {
		anew := f.all && f.kernel == "" && err == nil // then nothing of old shapes and kernels stays
		writeErr := a.changeTuning(f.file, func(t *engine.Tuning) {
			if anew {
				t.Drop(c.Renderer, c.Version, func(engine.Pick) bool { return true })
			}
			t.Put(c.Renderer, c.Version, picks)
		})
		err = errors.Join(err, writeErr)
		if writeErr == nil {
			a.log.Info(fmt.Sprintf("%d choices written to %s", len(picks), f.file))
		}
	}
	if err != nil {
		return err
	}
	return a.writeTuned(r, f)
}

func (a *app) writeTuned(r written, f tuneFlags) error {
	switch {
	case f.asJSON:
		return a.writeJSON(r)
	case f.asMarkdown:
		return r.WriteMarkdown(a.stdout)
	}
	return r.WriteText(a.stdout)
}

func (a *app) resetTuning(c engine.Caps, f tuneFlags) error {
	n := 0
	err := a.changeTuning(f.file, func(t *engine.Tuning) {
		n = t.Drop(c.Renderer, c.Version, func(p engine.Pick) bool { return f.kernel == "" || p.Kernel == f.kernel })
	})
	if err != nil {
		return err
	}
	a.printf("%d choices of %s removed from %s\n", n, c.Renderer, f.file)
	return nil
}

func (a *app) verifyTuning(ctx context.Context, d *engine.Device, table []engine.Spec, f tuneFlags, step func(string)) error {
	t, err := readTuning(f.file)
	if err != nil {
		return err
	}
	c := d.Caps()
	v, err := bench.VerifyTuning(ctx, d, table, t.Find(c.Renderer, c.Version), step)
	a.progress.Stop()
	if err != nil {
		return err
	}
	if len(v.Rows) == 0 {
		return fmt.Errorf("%s has no choices for %s, %s, as its kernels are now: run mindgap tune first", f.file, c.Renderer, c.Version)
	}
	return a.writeTuned(v, f)
}
