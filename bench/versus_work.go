package bench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"mindgap/engine"
)

// work is what both sides do. Works are comparable: cases of equal works share one measurement.
type work interface {
	kind() string  // as people name it
	label() string // with its size
	plan() workPlan
}

// workPlan says how a work is measured.
type workPlan struct {
	once bool // a single run, for its memory: it is too long for rounds
	slow bool // left out of a quick run
	long bool // only in a long run
}

// arrayWork is a work on arrays, which are the same for both sides. As JSON it is the sizes that
// the programs in Python are told.
type arrayWork interface {
	work
	python() string // its name among the works of peers/with_*.py
	inputs() []array
	// attach gives our side on a device, where the inputs lie.
	attach(s *engine.Scope, x map[string]*engine.Tensor) ours
	// reference gives the results in float64, of matrices the sampled rows; nil where it would take
	// too long.
	reference(ctx context.Context, x map[string]array) (results, error)
	cost() engine.Cost
}

// array is an input.
type array struct {
	name  string
	shape []int
	data  []float32
}

// ours is our side of a work on a device.
type ours struct {
	run    func(context.Context) error // queues or does it once
	prime  func()                      // a small run, so that what is set up once is not part of the work; or nil
	made   map[string]*engine.Tensor   // the results of the last run
	values func() results              // and those that are no tensors; or nil
}

// results are by name; of matrices the sampled rows, one after the other.
type results map[string][]float64

// maxReference is how many flops in float64 a reference may take: some seconds.
const maxReference = 4e10

// sampleRows are the rows of a matrix at which errors are looked for: all, or 64 spread evenly.
func sampleRows(n int) []int {
	const most = 64
	rows := make([]int, min(n, most))
	for i := range rows {
		rows[i] = i
		if n > most {
			rows[i] = i * (n - 1) / (most - 1)
		}
	}
	return rows
}

// read gives the results of our last run.
func (o *ours) read() (results, error) {
	out := results{}
	if o.values != nil {
		out = o.values()
	}
	for name, t := range o.made {
		parts := []*engine.Tensor{t}
		if len(t.Shape()) == 2 {
			parts = nil
			for _, i := range sampleRows(t.Rows()) {
				parts = append(parts, t.SliceRows(i, i+1))
			}
		}
		for _, p := range parts {
			x, err := p.Floats()
			if err != nil {
				return nil, err
			}
			out[name] = append(out[name], float64s(x)...)
		}
	}
	return out, nil
}

func float64s(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// far is the largest error of a result, as PeersRow has it.
func far(got, want results) (Figure, error) {
	if want == nil {
		return unknown, nil
	}
	worst := 0.0
	for name, y := range want {
		x := got[name]
		if len(x) != len(y) {
			return unknown, fmt.Errorf("%s has %d elements, want %d", name, len(x), len(y))
		}
		size, off := 0.0, 0.0
		for i := range y {
			size = max(size, math.Abs(y[i]))
			if d := math.Abs(x[i] - y[i]); d > off {
				off = d
			} else if math.IsNaN(d) {
				off = math.Inf(1)
			}
		}
		if off > 0 {
			worst = max(worst, off/size)
		}
	}
	return Figure(worst), nil
}

// normals are normal random numbers, none of them zero, the same at every call: seed 1, and a
// stream for each input.
func normals(n, stream int) []float32 {
	const chunk = 1 << 18
	out := make([]float32, n)
	parallel((n+chunk-1)/chunk, func(c int) {
		r := rand.New(rand.NewPCG(1, uint64(stream)<<32|uint64(c)))
		for part, i := out[c*chunk:min(n, (c+1)*chunk)], 0; i < len(part); {
			if part[i] = float32(r.NormFloat64()); part[i] != 0 {
				i++
			}
		}
	})
	return out
}

// unitVectors are n random directions; with a shift, of vectors that have it added to every
// coordinate: their mean cosine is shift^2 / (1 + shift^2), that of a cone.
func unitVectors(n, d, stream int, shift float32) []float32 {
	x := normals(n*d, stream)
	parallel(n, func(i int) {
		row, sum := x[i*d:][:d], 0.0
		for j := range row {
			row[j] += shift
			sum += float64(row[j]) * float64(row[j])
		}
		for j := range row {
			row[j] /= float32(math.Sqrt(sum))
		}
	})
	return x
}

// parallel calls f for 0..n-1 on all cores.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	cores := min(n, runtime.GOMAXPROCS(0))
	for c := range cores {
		wg.Go(func() {
			for i := c; i < n; i += cores {
				f(i)
			}
		})
	}
	wg.Wait()
}
