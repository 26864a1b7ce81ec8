package kernels

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"mindgap/engine"
)

// contender is one way to multiply two n x n matrices; run returns when the product is there.
type contender struct {
	name  string
	run   func()
	times []float64
}

// BenchmarkMatMul times square products on every device beside gonum's blas32 on all cores and
// OpenBLAS called directly. All take turns, round by round, since a machine's speed drifts;
// figures are medians of GFLOP/s, and of the ratio to gonum in the same round.
func BenchmarkMatMul(b *testing.B) {
	for _, layout := range []string{"nn", "nt", "tn"} {
		for _, n := range []int{512, 1024, 2048} {
			b.Run(fmt.Sprintf("%s/%d", layout, n), func(b *testing.B) { benchMatMul(b, layout, n) })
		}
	}
}

func benchMatMul(b *testing.B, layout string, n int) {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	x, y := normalSlice(r, n*n), normalSlice(r, n*n)
	var list []*contender
	add := func(name string, run func()) { list = append(list, &contender{name: name, run: run}) }
	tA, tB := layout[0] == 't', layout[1] == 't'
	sgemm := func(blas interface {
		Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int)
	}) func() {
		z := make([]float32, n*n)
		return func() { blas.Sgemm(transposed(tA), transposed(tB), n, n, n, 1, x, n, y, n, 0, z, n) }
	}
	on := func(d *engine.Device, variant string) func() {
		s := d.Scope()
		b.Cleanup(s.Close)
		c, at, bt := s.Floats(n, n), s.Upload(x, n, n), s.Upload(y, n, n)
		return func() {
			for _, k := range []*engine.Kernel[MatMulParams]{matmul, matmulNT, matmulTN} {
				d.Force(k.Name, variant)
			}
			Gemm(c, at, bt, MatMulOptions{TransA: tA, TransB: tB})
			require.NoError(b, d.Sync())
		}
	}
	open := func(name string, o ...engine.Option) *engine.Device {
		d, err := engine.Open(name, o...)
		if err != nil {
			b.Logf("left out: %v", err)
			return nil
		}
		b.Cleanup(d.Close)
		return d
	}
	add("gonum", sgemm(gonum.Implementation{}))
	if d := open("host", engine.WithBLAS("openblas")); d != nil {
		add("host", on(d, ""))
		add("openblas", sgemm(blasOf(d)))
	}
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		b.Log("left out: gl, by MINDGAP_NO_GL=1")
	} else if d := open("gl"); d != nil {
		add("gl", on(d, ""))
		variants := []string{"storage"}
		if n <= 512 {
			variants = []string{"naive", "shared", "register", "vec4", "warp", "storage"}
		}
		for _, v := range variants {
			add(v, on(d, v))
		}
	}
	for _, c := range list {
		c.run()
	}
	for b.Loop() {
		for _, i := range r.Perm(len(list)) { // each comes after each: a library's threads stay awake for a while
			c := list[i]
			start := time.Now()
			c.run()
			c.times = append(c.times, time.Since(start).Seconds())
		}
	}
	flops := 2 * float64(n) * float64(n) * float64(n)
	for _, c := range list {
		ratios := make([]float64, len(c.times))
		for i, t := range c.times {
			ratios[i] = list[0].times[i] / t
		}
		b.ReportMetric(flops/median(c.times)/1e9, c.name+"-GFLOP/s")
		b.ReportMetric(median(ratios), c.name+"/gonum")
	}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// blasOf is the BLAS beneath a host device.
func blasOf(d *engine.Device) (found engine.BLAS) {
	onHost(d, func(h *engine.Host) { found = h.BLAS })
	return found
}

// onHost calls f as a kernel of a host device.
func onHost(d *engine.Device, f func(h *engine.Host)) {
	k := engine.Kernel[struct{}]{
		Name: "on_host", Bufs: []engine.Buf{{Name: "x", Access: engine.In}},
		Size: func(struct{}) []int { return []int{0} },
		Cost: func(struct{}) engine.Cost { return engine.Cost{} },
		Host: func(h *engine.Host, _ struct{}, _ []engine.View) { f(h) },
	}
	s := d.Scope()
	defer s.Close()
	k.Run(struct{}{}, s.Floats(1))
	if err := d.Sync(); err != nil {
		panic(err)
	}
}
