package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mindgap/engine/tensorfile"
)

// inspectReport is what `inspect --json` prints.
type inspectReport struct {
	File       string            `json:"file"`
	Format     string            `json:"format"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	StateDict  string            `json:"state_dict"` // names of the model's weights begin so
	Weights    int               `json:"weights"`    // how many tensors do
	Parameters int64             `json:"parameters"` // numbers in tensors of floating-point types
	Bytes      int64             `json:"bytes"`      // of all tensors
	Tensors    []inspectTensor   `json:"tensors"`
}

type inspectTensor struct {
	Name    string        `json:"name"`
	DType   string        `json:"dtype"`
	Shape   []int         `json:"shape"`
	Numbers int64         `json:"numbers"`
	Bytes   int64         `json:"bytes"`
	Stats   *inspectStats `json:"stats,omitempty"` // with --check, of types that can be read

	readable bool
}

// inspectStats has null where there is no such number: in a tensor without finite ones.
type inspectStats struct {
	NaN  int64    `json:"nan"`
	Inf  int64    `json:"inf"`
	Min  *float64 `json:"min"`
	Max  *float64 `json:"max"`
	Mean *float64 `json:"mean"`
	SD   *float64 `json:"sd"`
}

func (a *app) inspectCmd() *cobra.Command {
	var asJSON, check bool
	c := &cobra.Command{
		Use: "inspect FILE", Short: "List the tensors of a checkpoint: names, types, shapes, sizes", Args: cobra.ExactArgs(1),
		Long: `inspect lists the tensors of a file: safetensors (also by the index of its shards,
*.safetensors.index.json), PyTorch's .pt, .pth, .ckpt and .bin (torch.save, new and old
form, and TorchScript), npz, npy, csv. The content says which it is; "-" is standard input.
Nothing in a file is executed: a pickle that asks for more than tensors is refused by name.

--check reads every number, and prints for each tensor how many are NaN or infinite, and
minimum, maximum, mean and standard deviation of the others. A NaN is a check that does not
hold: the exit status is 1. Infinities are only counted: masks hold them by design.`,
		RunE: func(c *cobra.Command, args []string) error { return a.inspect(c.Context(), args[0], asJSON, check) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	c.Flags().BoolVar(&check, "check", false, "read every number: NaN, Inf, minimum, maximum, mean, standard deviation")
	return c
}

func (a *app) inspect(ctx context.Context, file string, asJSON, check bool) error {
	n, err := tensorfile.OpenNamed(file)
	if err != nil {
		return err
	}
	defer n.Close()
	r, err := inspectFile(n)
	if err != nil {
		return err
	}
	if check {
		if err := a.checkNumbers(ctx, n, r); err != nil {
			return err
		}
	}
	if asJSON {
		err = a.writeJSON(r)
	} else {
		a.printInspect(r)
	}
	if bad := r.withNaN(); err == nil && len(bad) > 0 {
		err = fmt.Errorf("%w: %d of %d tensors hold NaN, first %s", errCheck, len(bad), len(r.Tensors), visible(bad[0]))
	}
	return err
}

// inspectFile describes every tensor, without reading numbers.
func inspectFile(n *tensorfile.Named) (*inspectReport, error) {
	weights, err := n.StateDict()
	if err != nil {
		return nil, err
	}
	r := &inspectReport{
		File: n.File(), Format: n.Format(), Metadata: n.Metadata(),
		StateDict: weights.Prefix(), Weights: len(weights.Names()), Tensors: []inspectTensor{},
	}
	for _, name := range slices.SortedFunc(slices.Values(n.Names()), compareNatural) {
		in, err := n.Info(name)
		if err != nil {
			return nil, err
		}
		if in.DType.Float() {
			r.Parameters += in.Count
		}
		r.Bytes += in.Bytes
		r.Tensors = append(r.Tensors, inspectTensor{Name: name, DType: in.DType.String(), Shape: in.Shape, Numbers: in.Count, Bytes: in.Bytes, readable: in.DType.Readable()})
	}
	return r, nil
}

// checkNumbers reads all numbers.
func (a *app) checkNumbers(ctx context.Context, n *tensorfile.Named, r *inspectReport) error {
	a.progress.Start("inspect", float64(r.Bytes), "B")
	defer a.progress.Stop()
	number := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	for i := range r.Tensors {
		t := &r.Tensors[i]
		if !t.readable {
			continue
		}
		s, err := n.Stats(ctx, t.Name)
		if err != nil {
			return err
		}
		t.Stats = &inspectStats{s.NaN, s.Inf, number(s.Min), number(s.Max), number(s.Mean), number(s.SD)}
		a.progress.Add(float64(t.Bytes))
	}
	return nil
}

// withNaN names the tensors that were found to hold one.
func (r *inspectReport) withNaN() (names []string) {
	for _, t := range r.Tensors {
		if t.Stats != nil && t.Stats.NaN > 0 {
			names = append(names, t.Name)
		}
	}
	return names
}

// compareNatural orders names as people count: blocks.2 before blocks.10.
func compareNatural(a, b string) int {
	digits := func(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
	x, y := a, b
	for x != "" && y != "" {
		if i, j := digits(x), digits(y); i > 0 && j > 0 {
			m, n := strings.TrimLeft(x[:i], "0"), strings.TrimLeft(y[:j], "0")
			if len(m) != len(n) {
				return len(m) - len(n)
			}
			if m != n {
				return strings.Compare(m, n)
			}
			x, y = x[i:], y[j:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(len(x)-len(y), strings.Compare(a, b)) // what ends is first; 01 is before 1
}
