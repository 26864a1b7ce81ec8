package bench

import (
	"context"
	"fmt"
	"strings"

	"gonum.org/v1/gonum/blas/gonum"

	"mindgap/engine"
	"mindgap/kernels"
)

// LadderSizes are the square products of the ladder.
var LadderSizes = []int{256, 512, 1024}

// Ladder times all variants of matmul side by side, and beside them gonum's blas32 on all
// cores and the host's BLAS called directly.
func Ladder(ctx context.Context, d *engine.Device, matmul engine.Spec, sizes []int, roof Roofline, l Limits, step func(string)) ([]Row, error) {
	var rows []Row
	for _, n := range sizes {
		step(fmt.Sprintf("matmul %d", n))
		got, err := rung(ctx, d, matmul, n, roof, l)
		if err != nil {
			return rows, err
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

func rung(ctx context.Context, d *engine.Device, matmul engine.Spec, n int, roof Roofline, l Limits) ([]Row, error) {
	p := square(matmul, n)
	name := matmul.Info().Name
	scope := d.Scope()
	defer scope.Close()
	ts := buffers(scope, matmul, p)
	list := everyVariant(d, matmul, p, ts...)
	peers, err := peers(n)
	if err != nil {
		return nil, err
	}
	list = append(list, peers...)
	got, err := Measure(ctx, l, list...)
	if err != nil {
		return nil, err
	}
	var rows []Row
	naive, reference := 0.0, 0.0
	for i, c := range list {
		row := Row{Suite: "ladder", Kernel: name, Variant: c.Name, Case: fmt.Sprintf("%d x %d x %d", n, n, n), Seconds: got[i]}
		row.Rate = rate(matmul.CostOf(p), got[i].Median, roof)
		if i < len(list)-len(peers) {
			row.Peak = d.Memory().Used
		} else {
			row.Percent = 0 // of another device's roofline: no figure
		}
		rows = append(rows, row)
		switch {
		case strings.Contains(c.Name, "naive"):
			naive = got[i].Median
		case c.Name == gonumPeer:
			reference = got[i].Median
		}
	}
	for i := range rows {
		rows[i].OverNaive = naive / rows[i].Seconds.Median
		rows[i].OverGonum = reference / rows[i].Seconds.Median
	}
	return rows, nil
}

const gonumPeer = "gonum blas32, all cores"

// peers are the products of other libraries on this machine's processor.
func peers(n int) ([]Contestant, error) {
	a, b, c := randomFloats(n*n), randomFloats(n*n), make([]float32, n*n)
	run := func(name string, blas engine.BLAS) Contestant {
		return Contestant{name, func(times int) error {
			for range times {
				sgemm(blas, n, c, a, b)
			}
			return nil
		}}
	}
	list := []Contestant{run(gonumPeer, gonumBLAS{})}
	if d, err := engine.Open("host", engine.WithBLAS("openblas")); err == nil {
		defer d.Close()
		direct, err := lend(d)
		if err != nil {
			return nil, err
		}
		list = append(list, run(direct.Name()+", direct", direct))
	}
	return list, nil
}

// gonumBLAS is gonum's blas32, which uses all cores by itself.
type gonumBLAS struct{ gonum.Implementation }

// Name implements engine.BLAS.
func (gonumBLAS) Name() string { return "gonum" }

// square gives the parameters of an n x n x n product: a bench case of one matrix with its
// sizes replaced.
func square(matmul engine.Spec, n int) any {
	p := matmul.BenchCases()[0].(kernels.MatMulParams)
	size := int32(n)
	p.M, p.N, p.K, p.LdA, p.LdB, p.LdC = size, size, size, size, size, size
	return p
}
