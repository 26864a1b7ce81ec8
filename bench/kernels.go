package bench

import (
	"context"
	"fmt"
	"math/rand/v2"

	"mindgap/engine"
)

// Row is one measurement.
type Row struct {
	Suite   string   `json:"suite"` // kernels, ladder, loss
	Kernel  string   `json:"kernel"`
	Variant string   `json:"variant"`
	Case    string   `json:"case"`
	Seconds Interval `json:"seconds"`
	Rate
	Peak      int64   `json:"peak_bytes"`           // device memory lent while it ran
	OverNaive float64 `json:"over_naive,omitempty"` // times as fast
	OverGonum float64 `json:"over_gonum,omitempty"`
}

// Kernels times every bench case of every kernel of a table; step is told before each.
func Kernels(ctx context.Context, d *engine.Device, table []engine.Spec, roof Roofline, l Limits, step func(kernel string)) ([]Row, error) {
	var rows []Row
	for _, s := range table {
		step(s.Info().Name)
		for _, p := range s.BenchCases() {
			row, err := one(ctx, d, s, p, roof, l)
			if err != nil {
				return rows, fmt.Errorf("%s, %s: %w", s.Info().Name, s.Describe(p), err)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func one(ctx context.Context, d *engine.Device, s engine.Spec, p any, roof Roofline, l Limits) (Row, error) {
	scope := d.Scope()
	defer scope.Close()
	ts := buffers(scope, s, p)
	row := Row{Suite: "kernels", Kernel: s.Info().Name, Case: s.Describe(p), Peak: d.Memory().Used}
	// One traced launch says which variant the device takes.
	records, err := d.Trace(func() { s.Launch(p, ts...) })
	if err != nil {
		return row, d.TakeErr()
	}
	if len(records) > 0 {
		row.Variant = records[0].Variant
	}
	got, err := Measure(ctx, l, onDevice(row.Kernel, d, func() { s.Launch(p, ts...) }))
	if err != nil {
		return row, err
	}
	row.Seconds = got[0]
	row.Rate = rate(s.CostOf(p), row.Seconds.Median, roof)
	return row, nil
}

// buffers makes tensors for a launch, filled as the suite would fill them.
func buffers(scope *engine.Scope, s engine.Spec, p any) []*engine.Tensor {
	size := s.SizeOf(p)
	b := make([][]float64, len(size))
	for i, n := range size {
		b[i] = make([]float64, n)
	}
	s.Fill(p, rand.New(rand.NewPCG(1, 1)), b)
	ts := make([]*engine.Tensor, len(size))
	for i, buf := range s.Info().Bufs {
		ts[i] = scope.New(buf.Type, max(size[i], 1))
		switch buf.Type {
		case engine.Float32:
			ts[i].Write(convert[float32](b[i], size[i]))
		case engine.Int32:
			ts[i].WriteInts(convert[int32](b[i], size[i]))
		default:
			ts[i].WriteUints(convert[uint32](b[i], size[i]))
		}
	}
	return ts
}

func convert[T float32 | int32 | uint32](x []float64, n int) []T {
	out := make([]T, max(n, 1))
	for i, v := range x {
		out[i] = T(v)
	}
	return out
}
