package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/engine"
)

func (a *app) benchPeersCmd() *cobra.Command {
	var o bench.PeersOptions
	var device, out string
	var asJSON, asMarkdown bool
	fig2b := fig2bWork()
	names := bench.PeerNames(bench.PeerCases(fig2b))
	c := &cobra.Command{
		Use: "peers [NAME...]", Short: "Time ours beside NumPy, PyTorch, gonum and Triton: ratios, errors, memory",
		Long: `peers runs the project's goals of speed, memory and accuracy on the devices that each
applies to, and beside each, in the same run and on the same inputs, a peer: NumPy with OpenBLAS,
PyTorch, gonum, on a CUDA GPU also Triton, or what the device can do at most. Sides take turns; a
ratio is the median of the ratios of neighbouring runs with a 95 % interval, and says how many times
better we are: larger is better. Errors are against float64, relative to the largest element.
Peers that are not installed are named, with the line that installs them; a goal that is missed
is a line of the table and no fault.

NAME is a goal or a kind of work: ` + strings.Join(names, ", ") + `.

Exit status 2 also when a peer ends in the middle of its work; the others are reported.`,
		ValidArgs: names,
		RunE: func(c *cobra.Command, args []string) error {
			o.Names, o.Fig2b = args, fig2b
			o.Step = func(what string) { a.progress.Start("bench peers: "+what, 0, "") }
			var err error
			if o.Devices, err = peersDevices(device); err != nil {
				return err
			}
			o.Options, o.Tune = []engine.Option{a.tuning("gl")}, a.table
			folder, err := benchFolder(out, out != "")
			if err != nil {
				return err
			}
			r, err := bench.Peers(c.Context(), o)
			if err != nil {
				return err
			}
			a.progress.Stop()
			if err := a.writeReport(r, asJSON, asMarkdown, folder, bench.PeersLimits(o.Quick)); err != nil {
				return err
			}
			if asJSON { // the other forms begin with these lines
				for _, line := range r.Missing() {
					a.log.Info(line)
				}
			}
			if len(r.Faults) > 0 {
				return errors.New(strings.Join(r.Faults, "; "))
			}
			return nil
		},
	}
	deviceFlag(c, &device, "both", "both (host, and gl where there is one), "+deviceUsage)
	c.Flags().StringVar(&o.Python, "python", "python3", "the interpreter for NumPy, PyTorch and Triton; none: without them")
	c.Flags().BoolVar(&o.Quick, "quick", false, "fewer rounds, without the longest works")
	c.Flags().BoolVar(&o.Long, "long", false, "also what takes many minutes")
	c.Flags().StringVar(&out, "out", "", "also write a page that opens offline, and bench.json, into this folder")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "md", false, "print Markdown")
	c.MarkFlagsMutuallyExclusive("json", "md")
	c.MarkFlagsMutuallyExclusive("quick", "long")
	return c
}

// peersDevices resolves "both" and "auto".
func peersDevices(name string) ([]string, error) {
	switch name {
	case "both":
		list, _ := engine.List()
		names := []string{"host"}
		if len(list) > 1 {
			names = append(names, list[1].Name)
		}
		return names, nil
	case "auto":
		d, err := engine.Open(name)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return []string{d.Name()}, nil
	}
	return []string{name}, nil
}

// fig2bWork is the experiment of Figure 2(b), as the benchmark sees it.
func fig2bWork() *bench.Fig2bWork {
	pass := paper.NewFig2bPass()
	w := &bench.Fig2bWork{N: pass.N, Width: pass.Width, Depth: pass.Depth, Run: func(ctx context.Context, d *engine.Device) error {
		return pass.Run(ctx, d)
	}}
	for _, n := range pass.Networks {
		w.Networks = append(w.Networks, bench.Fig2bNetwork(n))
	}
	return w
}
