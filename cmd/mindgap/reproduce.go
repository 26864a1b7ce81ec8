package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

func (a *app) reproduceCmd() *cobra.Command {
	var device, out string
	var asJSON bool
	e := experimentFlags{}
	c := &cobra.Command{
		Use: "reproduce [NAME...]", Short: "Run experiments and write their results as a page and as files",
		Long: `reproduce runs the named experiments, or all that are ready, and writes into the folder of
--out: index.html (opens offline), summary.json, and for every experiment result.json, tidy CSV
tables, and figures as SVG, PNG and Vega-Lite. A finished experiment is used again when program,
seed, scale, device, flags and inputs are all the same; what a long experiment has done in part
is kept beside its result and goes on from there. At the end a small computation runs on
the host and on OpenGL, and their difference is compared with its bound.`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, x := range a.experiments {
				names = append(names, x.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			list, err := a.selectExperiments(args)
			if err != nil {
				return err
			}
			if err := e.check(); err != nil {
				return err
			}
			return a.reproduce(c.Context(), list, device, out, e, asJSON)
		},
	}
	deviceFlag(c, &device, "auto", deviceUsage)
	c.Flags().StringVar(&out, "out", "out", "folder for the results")
	e.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: {\"results\": [...], \"comparison\": ...}")
	return c
}

// run is one call of reproduce.
type run struct {
	*app
	flags   experimentFlags
	device  *engine.Device
	folder  *report.Folder
	summary *report.Summary
	results []*report.Result // of this call
	json    bool
}

func (a *app) reproduce(ctx context.Context, list []*paper.Experiment, device, out string, e experimentFlags, asJSON bool) error {
	folder, err := report.Open(out)
	if err != nil {
		return err
	}
	d, done, err := a.open(ctx, device)
	if err != nil {
		return err
	}
	defer done()
	r := &run{app: a, flags: e, device: d, folder: folder, summary: folder.ReadSummary(), json: asJSON}
	r.summary.Program = programName()
	keys := make([]report.Key, len(list))
	for i, x := range list { // what is wrong with the inputs is said before anything else
		if keys[i], err = r.key(x); err != nil {
			return err
		}
	}
	a.log.Info(fmt.Sprintf("running %s on %s: %s", names(list), d.Name(), d.Caps().Where()))
	for i, x := range list {
		if err := r.one(ctx, x, keys[i]); err != nil {
			return err
		}
	}
	if err := r.compare(ctx); err != nil {
		return err
	}
	return r.finish()
}

// one runs an experiment, or takes its finished result, and writes everything that is known
// so far: an interrupt afterwards loses nothing.
func (r *run) one(ctx context.Context, x *paper.Experiment, key report.Key) error {
	if res := r.reusable(x, key); res != nil {
		r.log.Info(x.Name + ": finished before with the same program, seed, scale, device, flags and inputs; used again")
		r.results = append(r.results, res)
		r.print(x, res)
		return nil
	}
	start := time.Now()
	e := r.flags.env(r.device, r.progress)
	e.Scratch = func() (string, error) { return r.folder.Partial(x.Name, key) }
	e.Say = func(text string) { r.log.Info(text) }
	res, err := x.Do(ctx, e)
	if err != nil {
		return err
	}
	digest, err := r.folder.WriteResult(res)
	if err != nil {
		return err
	}
	if err := r.folder.DropPartial(x.Name); err != nil {
		return err
	}
	seconds := time.Since(start)
	r.summary.Put(report.Record{
		Name: x.Name, Key: key, Finished: now(), Seconds: seconds.Seconds(), Digest: digest,
		Checks: res.Checks(), Failed: res.Failed(),
	})
	r.results = append(r.results, res)
	r.print(x, res)
	r.log.Info(x.Name + ": done in " + progress.Duration(seconds))
	return r.write()
}

func (r *run) key(x *paper.Experiment) (report.Key, error) {
	c := r.device.Caps()
	k := report.Key{
		Program: r.summary.Program, Seed: r.flags.seed, Scale: r.flags.scale,
		Device: c.Name, Renderer: c.Renderer, Tuning: c.Tuning, AsPublished: r.flags.asPublished, Inputs: map[string]string{},
	}
	if x.Inputs == nil {
		return k, nil
	}
	var err error
	k.Inputs, err = x.Inputs(r.flags.env(r.device, nil))
	return k, err
}

// reusable gives the finished result of an experiment, if its key is the same and its file
// is the one that was written.
func (r *run) reusable(x *paper.Experiment, key report.Key) *report.Result {
	record := r.summary.Find(x.Name)
	if record == nil {
		return nil
	}
	if equal, why := record.Key.Equal(key); !equal {
		r.log.Info(x.Name + ": there is a result with another " + why + "; computed again")
		return nil
	}
	res, digest, err := r.folder.ReadResult(x.Name)
	if err != nil || digest != record.Digest {
		r.log.Warn(x.Name + ": result.json is not the one that was written; computed again")
		return nil
	}
	return res
}

// write writes summary and page from the results that lie in the folder.
func (r *run) write() error {
	r.summary.Updated = now()
	var entries []report.Entry
	for _, x := range r.experiments {
		e := report.Entry{Name: x.Name, Where: x.Where, Title: x.Title, Doc: x.Doc, Needs: x.Needs, Ready: x.Ready(), Widget: x.Widget}
		if record := r.summary.Find(x.Name); record != nil {
			if res, digest, err := r.folder.ReadResult(x.Name); err == nil && digest == record.Digest {
				e.Result, e.Record = res, record
			}
		}
		entries = append(entries, e)
	}
	if err := r.folder.WritePage(r.summary, entries); err != nil {
		return err
	}
	return r.folder.WriteSummary(r.summary)
}

// finish writes the page a last time, says where it is, and gives the verdict.
func (r *run) finish() error {
	if err := r.write(); err != nil {
		return err
	}
	failed := 0
	for _, res := range r.results {
		failed += res.Failed()
	}
	page := filepath.Join(r.folder.Dir, "index.html")
	if r.json {
		err := r.writeJSON(struct {
			Page       string             `json:"page"`
			Results    []*report.Result   `json:"results"`
			Comparison *report.Comparison `json:"comparison,omitempty"`
		}{page, r.results, r.summary.Comparison})
		if err != nil {
			return err
		}
	} else {
		r.printf("page: %s\n", page)
	}
	if failed > 0 {
		return fmt.Errorf("reproduce: %w: %d of the claims", errCheck, failed)
	}
	if !r.summary.Comparison.OK() {
		return fmt.Errorf("reproduce: %w: host and OpenGL differ by more than the bound", errCheck)
	}
	return nil
}

// print shows an experiment's claims on the terminal.
func (r *run) print(x *paper.Experiment, res *report.Result) {
	if r.json {
		return
	}
	r.printf("%s: %s (%s), inputs: %s\n", x.Name, x.Title, x.Where, res.Inputs)
	for _, c := range res.Claims {
		mark := "holds"
		switch {
		case !c.Holds && c.Kind == report.Check:
			mark = "FAILS"
		case !c.Holds:
			mark = "differs"
		}
		r.printf("  %-7s  %s = %.6g, want %s  (%s)\n           %s\n", mark, c.ID, c.Got, c.Want, c.Kind, c.Text)
	}
}

func names(list []*paper.Experiment) string {
	var out []string
	for _, x := range list {
		out = append(out, x.Name)
	}
	return strings.Join(out, " ")
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }
