package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

func (a *app) verifyCmd() *cobra.Command {
	var device, kernel string
	var asJSON bool
	c := &cobra.Command{
		Use: "verify", Short: "Compare every kernel, variant and case with its float64 definition", Args: cobra.NoArgs,
		Long: `verify runs every kernel, every variant and every case on every device of this machine (the
host as it is, and once with each BLAS) and compares the results with the kernel's float64
definition. Each element must lie within a bound that is derived from the computation.`,
		RunE: func(c *cobra.Command, _ []string) error {
			table, err := a.selectKernels(kernel)
			if err != nil {
				return err
			}
			return a.verify(c.Context(), device, table, asJSON)
		},
	}
	deviceFlag(c, &device, "", "verify this device only: host, gl, gl:0, ... (every device when not given)")
	c.Flags().StringVar(&kernel, "kernel", "", "verify this kernel only")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: {\"rows\": [...]}")
	return c
}

func (a *app) selectKernels(name string) ([]engine.Spec, error) {
	if name == "" {
		return a.table, nil
	}
	for _, s := range a.table {
		if s.Info().Name == name {
			return []engine.Spec{s}, nil
		}
	}
	return nil, fmt.Errorf("no kernel is called %q; `mindgap kernels` lists them", name)
}

// target is a device to verify.
type target struct{ name, blas string }

// targets lists what there is to verify: the named device, or all. The host counts as it
// is, and once per BLAS.
func (a *app) targets(device string) []target {
	var out []target
	if device == "" || device == "host" {
		out = append(out, target{name: "host"}, target{"host", "gonum"})
		if d, err := engine.Open("host", engine.WithBLAS("openblas")); err == nil {
			d.Close()
			out = append(out, target{"host", "openblas"})
		} else {
			a.log.Info("the host is verified without OpenBLAS: " + oneLine(err))
		}
	}
	if device == "host" {
		return out
	}
	if device != "" {
		return append(out, target{name: device})
	}
	list, err := engine.List()
	for _, c := range list {
		if c.Kind == "gl" {
			out = append(out, target{name: c.Name})
		}
	}
	if err != nil {
		a.log.Warn("no OpenGL device is verified: " + oneLine(err))
	}
	return out
}

func (a *app) verify(ctx context.Context, device string, table []engine.Spec, asJSON bool) error {
	rows, bad := []enginetest.Row{}, 0
	for _, t := range a.targets(device) {
		d, done, err := open(ctx, t.name, engine.WithBLAS(t.blas))
		if err != nil {
			return err
		}
		a.progress.Start("verify "+t.name, float64(len(table)), "kernels")
		var here [][]enginetest.Row
		for _, s := range table {
			here = append(here, enginetest.VerifyKernel(d, s))
			if err := ctx.Err(); err != nil {
				done()
				return err
			}
			a.progress.Add(1)
		}
		a.progress.Stop()
		if !asJSON {
			a.printf("%s: %s\n", d.Name(), d.Caps().Renderer)
			a.printVerdicts(here)
		}
		done()
		for _, k := range here {
			rows = append(rows, k...)
			bad += countBad(k)
		}
	}
	if asJSON {
		if err := a.writeJSON(map[string]any{"rows": rows}); err != nil {
			return err
		}
	} else {
		a.printf("%d of %d rows are within their bounds.\n", len(rows)-bad, len(rows))
	}
	if bad > 0 {
		return fmt.Errorf("verify: %w: %d of %d rows", errCheck, bad, len(rows))
	}
	if len(rows) == 0 {
		return fmt.Errorf("verify: %w: no case ran", errCheck)
	}
	return nil
}

func countBad(rows []enginetest.Row) (n int) {
	for _, r := range rows {
		if !r.OK {
			n++
		}
	}
	return n
}

// printVerdicts prints a line per kernel, and one per row that fails.
func (a *app) printVerdicts(kernels [][]enginetest.Row) {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  kernel\tvariants\trows\terror/bound\t")
	for _, rows := range kernels {
		if len(rows) == 0 {
			continue
		}
		names, worst := map[string]bool{}, 0.0
		for _, r := range rows {
			names[r.Variant] = true
			if r.Bound > 0 {
				worst = max(worst, r.Error/r.Bound)
			}
		}
		verdict := "ok"
		if n := countBad(rows); n > 0 {
			verdict = fmt.Sprintf("FAILED: %d rows", n)
		}
		fmt.Fprintf(w, "  %s\t%d\t%d\t%.2g\t%s\n", rows[0].Kernel, len(names), len(rows), worst, verdict)
	}
	w.Flush()
	for _, rows := range kernels {
		for _, r := range rows {
			if !r.OK {
				a.printf("  %s, %s, %s on %s: %s\n", r.Kernel, r.Variant, r.Case, r.Device, r.Why)
			}
		}
	}
}
