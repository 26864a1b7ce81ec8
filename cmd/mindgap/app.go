package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/engine"
	"mindgap/kernels"
)

// app is what every command shares. Tests make it with tables of their own.
type app struct {
	stdin       io.Reader
	stdout      *output
	stderr      io.Writer
	log         *slog.Logger
	progress    *progress.Line
	table       []engine.Spec
	experiments []*paper.Experiment
	tuned       engine.Option // see tuning
}

func newApp(stdout, stderr io.Writer) *app {
	line := progress.New(stderr)
	return &app{
		stdin: os.Stdin, stdout: &output{w: stdout}, stderr: stderr, progress: line, log: slog.New(newLogHandler(line)),
		table: kernels.Table, experiments: paper.All,
	}
}

// run executes a command line and gives the exit status. It is the boundary at which a
// misuse of the engine, which panics, becomes a message.
func (a *app) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*engine.Error)
			if !ok {
				panic(r)
			}
			a.progress.Stop()
			fmt.Fprintln(a.stderr, "mindgap:", e)
			code = exitUse
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	a.progress.Stop()
	if err == nil {
		err = a.stdout.err
	}
	if err != nil {
		fmt.Fprintln(a.stderr, "mindgap:", oneLine(err))
	}
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mindgap",
		Short: "Reproduce the modality gap, on any OpenGL 4.3 device or on the processor",
		Long: `mindgap reproduces the experiments of "Mind the Gap: Understanding the Modality Gap
in Multi-modal Contrastive Representation Learning" (NeurIPS 2022) on any OpenGL 4.3
device or on the processor, and verifies and times the kernels beneath them.

Exit status: 0 done; 1 a check does not hold; 2 wrong use or unreadable input;
3 no such device; 130 interrupted.`,
		SilenceUsage: true, SilenceErrors: true,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		a.listCmd(), a.reproduceCmd(), a.measureCmd(), a.trainCmd(), a.embedCmd(), a.fetchCmd(),
		a.inspectCmd(), a.tokenizeCmd(), a.scenesCmd(),
		a.devicesCmd(), a.verifyCmd(), a.benchCmd(), a.tuneCmd(), a.kernelsCmd(), a.traceCmd(),
		a.versionCmd(),
	)
	adviseOnUse(root)
	return root
}

// writeJSON prints one document on standard output.
func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// printf writes to standard output.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.stdout, format, args...) }
