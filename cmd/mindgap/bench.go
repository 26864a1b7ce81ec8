package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

// suites of the benchmark, in the order in which they run.
var suites = []string{"kernels", "ladder", "loss"}

// beside are those that run only when named, most of them beside another program.
var beside = []string{"growth", "images", "nets", "train"}

func (a *app) benchCmd() *cobra.Command {
	var device, kernel, python string
	var asJSON, asMarkdown, quick bool
	var growth growthFlags
	var out string
	c := &cobra.Command{
		Use: "bench [kernels|ladder|loss|growth|images|nets|train]", Short: "Time kernels, the matmul ladder, the contrastive loss, pictures, networks and training",
		Long: `bench times, on one device:

  kernels   every kernel at its bench cases
  ladder    the variants of matmul side by side, beside gonum and OpenBLAS on this processor
  loss      the contrastive loss with its gradient, by the number of pairs

All three without an argument. Each figure is the median of interleaved rounds with a 95 %
interval; percentages are of the roofline that is measured on the device before and after. Only
when named:

  growth    time and extra memory against N for statistics of all pairs of N vectors and for the
            contrastive loss, over three decades, and the measured power of N beside the expected

  images    decoding and preprocessing pictures, beside torchvision with Pillow where --python
            names an interpreter that has them
  nets      networks forward (ResNet-18, ResNet-50, ViT-B/32, CLIP's text tower) beside PyTorch,
            with the memory of both; on --device
  train     steps of contrastive training, forward, backward and AdamW, of the project's own
            dual encoder and of a ViT-S/16, in the same way`,
		ValidArgs: slices.Concat(suites, beside), Args: cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(c *cobra.Command, args []string) error {
			limits := bench.Thorough
			if quick {
				limits = bench.Quick
			}
			folder, err := benchFolder(out, c.Flags().Changed("out"))
			if err != nil {
				return err
			}
			step := func(what string) { a.progress.Start("bench "+args[0]+": "+what, 0, "") }
			if len(args) == 1 && slices.Contains(beside, args[0]) {
				r, err := a.benchBeside(c.Context(), args[0], device, python, growth, limits, step)
				if err != nil {
					return err
				}
				a.progress.Stop()
				return a.writeReport(r, asJSON, asMarkdown, folder, limits)
			}
			table, err := a.selectKernels(kernel)
			if err != nil {
				return err
			}
			r, err := a.bench(c.Context(), device, args, table, limits)
			if err != nil {
				return err
			}
			return a.writeReport(r, asJSON, asMarkdown, folder, limits)
		},
	}
	deviceFlag(c, &device, "auto", deviceUsage)
	c.Flags().StringVar(&kernel, "kernel", "", "time this kernel only")
	c.Flags().StringVar(&python, "python", "python3", "images, nets, train: the interpreter for the peer; none: without a peer")
	c.Flags().StringVar(&out, "out", "", "also write a page that opens offline, with pictures, and bench.json into this folder")
	c.Flags().DurationVar(&growth.limit, "limit", 20*time.Second, "growth: a series ends where one run would take longer")
	c.Flags().BoolVar(&growth.long, "long", false, "growth: no such limit")
	c.Flags().IntVar(&growth.most, "most", 0, "growth: the largest N; 0: 131072")
	c.Flags().BoolVar(&quick, "quick", false, "fewer and shorter rounds")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "md", false, "print Markdown")
	c.MarkFlagsMutuallyExclusive("json", "md")
	c.AddCommand(a.benchPeersCmd())
	return c
}

func (a *app) benchBeside(ctx context.Context, which, device, python string, g growthFlags, l bench.Limits, step func(string)) (written, error) {
	switch which {
	case "growth":
		return a.growth(ctx, device, g, l)
	case "images":
		return bench.Images(ctx, python, l, step)
	case "nets":
		return bench.Nets(ctx, device, python, l, step, a.tuning(device))
	}
	return bench.Train(ctx, device, python, l, step, a.tuning(device))
}

// written is what a benchmark found.
type written interface {
	WriteText(io.Writer) error
	WriteMarkdown(io.Writer) error
}

func (a *app) writeReport(r written, asJSON, asMarkdown bool, folder *report.Folder, l bench.Limits) error {
	if folder != nil {
		if err := a.writeBench(folder, r, l); err != nil {
			return err
		}
	}
	switch {
	case asJSON:
		return a.writeJSON(r)
	case asMarkdown:
		return r.WriteMarkdown(a.stdout)
	}
	return r.WriteText(a.stdout)
}

func (a *app) bench(ctx context.Context, device string, which []string, table []engine.Spec, l bench.Limits) (*bench.Report, error) {
	if len(which) == 0 {
		which = suites
	}
	d, done, err := a.open(ctx, device)
	if err != nil {
		return nil, err
	}
	defer done()
	r := &bench.Report{Device: d.Caps(), Load: bench.Load(d.Caps().Cores), Rows: []bench.Row{}}
	if r.Busy = r.Load > bench.BusyLoad; r.Busy {
		a.log.Warn(fmt.Sprintf("the machine is busy (load %.0f %% of its cores): figures will be lower than they could be, and are marked", 100*r.Load))
	}
	a.progress.Start("bench: roofline", 0, "")
	if r.Roofline, err = bench.MeasureRoofline(ctx, d, l); err != nil {
		return nil, err
	}
	for _, suite := range which {
		rows, err := a.suite(ctx, d, suite, table, r.Roofline, l)
		r.Rows = append(r.Rows, rows...)
		if err != nil {
			return nil, err
		}
	}
	a.progress.Start("bench: roofline once more", 0, "")
	again, err := bench.MeasureRoofline(ctx, d, l)
	if err != nil {
		return nil, err
	}
	r.Judge(again)
	a.progress.Stop()
	return r, nil
}

func (a *app) suite(ctx context.Context, d *engine.Device, suite string, table []engine.Spec, roof bench.Roofline, l bench.Limits) ([]bench.Row, error) {
	told := 0
	begin := func(total int) { a.progress.Start("bench "+suite, float64(total), "steps") }
	step := func(what string) {
		a.progress.Note(what)
		a.progress.Add(float64(min(told, 1))) // the one before is done
		told++
	}
	switch suite {
	case "ladder":
		begin(len(bench.LadderSizes))
		for _, s := range table {
			if s.Info().Name == "matmul" {
				return bench.Ladder(ctx, d, s, bench.LadderSizes, roof, l, step)
			}
		}
		return nil, nil
	case "loss":
		sizes := bench.LossSizes(d.Caps().Software)
		begin(len(sizes))
		return bench.Loss(ctx, d, sizes, roof, l, step)
	}
	var rest []engine.Spec
	for _, s := range table {
		if !strings.HasPrefix(s.Info().Name, "roofline") {
			rest = append(rest, s)
		}
	}
	begin(len(rest))
	return bench.Kernels(ctx, d, rest, roof, l, step)
}
