package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/engine"
)

// traceRow is a launch, or all launches of one kernel and variant, in `trace --json`.
type traceRow struct {
	Kernel   string  `json:"kernel"`
	Variant  string  `json:"variant"`
	Params   string  `json:"params,omitempty"`
	Launches int     `json:"launches"`
	Seconds  float64 `json:"seconds"`
	Flops    float64 `json:"flops"`
	Bytes    float64 `json:"bytes"`
	Percent  float64 `json:"percent_of_roofline"`
}

func (a *app) traceCmd() *cobra.Command {
	var device string
	var full, asJSON bool
	e := experimentFlags{}
	c := &cobra.Command{
		Use: "trace EXPERIMENT", Short: "Run an experiment and show its launches: time, bytes, percent of the roofline",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			list, err := a.selectExperiments(args)
			if err != nil {
				return err
			}
			return a.trace(c.Context(), device, list[0], e, full, asJSON)
		},
	}
	deviceFlag(c, &device, "auto", deviceUsage)
	e.add(c)
	c.Flags().BoolVar(&full, "full", false, "every launch, not sums per kernel")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) trace(ctx context.Context, device string, x *paper.Experiment, e experimentFlags, full, asJSON bool) error {
	if err := e.check(); err != nil {
		return err
	}
	d, done, err := a.open(ctx, device)
	if err != nil {
		return err
	}
	defer done()
	roof, err := bench.MeasureRoofline(ctx, d, devicesLimits)
	if err != nil {
		return err
	}
	var runErr error
	records, err := d.Trace(func() { _, runErr = x.Do(ctx, e.env(d, a.progress)) })
	if runErr != nil {
		return runErr
	}
	if err != nil {
		return err
	}
	rows := traceRows(records, roof, full)
	if asJSON {
		return a.writeJSON(struct {
			Experiment string         `json:"experiment"`
			Device     engine.Caps    `json:"device"`
			Roofline   bench.Roofline `json:"roofline"`
			Rows       []traceRow     `json:"rows"`
		}{x.Name, d.Caps(), roof, rows})
	}
	a.printf("%s on %s: %s\nroofline: %s\n", x.Name, d.Name(), d.Caps().Renderer, roofText(roof))
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KERNEL\tVARIANT\tLAUNCHES\tTIME\tGFLOP/s\tGB/s\tOF ROOFLINE\tPARAMETERS")
	total := 0.0
	for _, r := range rows {
		total += r.Seconds
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%.3g\t%.3g\t%.0f %%\t%s\n", r.Kernel, r.Variant, r.Launches, bench.Span(r.Seconds),
			r.Flops/r.Seconds/1e9, r.Bytes/r.Seconds/1e9, r.Percent, r.Params)
	}
	w.Flush()
	a.printf("%d launches, %s on the device\n", len(records), bench.Span(total))
	return nil
}

// traceRows gives each launch, or sums per kernel and variant, the longest first.
func traceRows(records []engine.Record, roof bench.Roofline, full bool) []traceRow {
	rows := []traceRow{}
	at := map[string]int{}
	for _, r := range records {
		key := r.Kernel + " " + r.Variant
		i, seen := at[key]
		if full || !seen {
			i = len(rows)
			at[key] = i
			rows = append(rows, traceRow{Kernel: r.Kernel, Variant: r.Variant})
			if full {
				rows[i].Params = r.Params
			}
		}
		rows[i].Launches++
		rows[i].Seconds += r.Seconds
		rows[i].Flops += r.Cost.Flops
		rows[i].Bytes += r.Cost.Bytes
		rows[i].Percent += roof.Seconds(r.Cost) // seconds at the roofline, until below
	}
	for i := range rows {
		rows[i].Seconds = max(rows[i].Seconds, 1e-9)
		rows[i].Percent *= 100 / rows[i].Seconds
	}
	if !full {
		slices.SortStableFunc(rows, func(x, y traceRow) int { return cmp.Compare(y.Seconds, x.Seconds) })
	}
	return rows
}
