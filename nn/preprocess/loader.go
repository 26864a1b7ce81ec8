package preprocess

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// Loader opens pictures and prepares them for a network, on all cores.
type Loader struct {
	Pipeline Pipeline
	Batch    int // pictures in a batch
	Workers  int // pictures that are worked on at a time, each in memory; 0: as many as there are cores
}

// Batch is some pictures of a sequence.
type Batch struct {
	First, Count int       // of the sequence
	Pixels       []float32 // Count x Crop x Crop x 3; used again once the next batch is asked for
}

// Failure is a picture that could not be opened.
type Failure struct {
	Index int // in the sequence
	Err   error
}

// Failures are the pictures of a batch that could not be opened, in order.
type Failures []Failure

func (f Failures) Error() string {
	text := fmt.Sprintf("picture %d: %v", f[0].Index, f[0].Err)
	if len(f) > 1 {
		text += fmt.Sprintf(" (and %d more of its batch)", len(f)-1)
	}
	return text
}

func (f Failures) Unwrap() (list []error) {
	for _, x := range f {
		list = append(list, x.Err)
	}
	return list
}

// batches is how many batches are in memory: the caller's, and two that are being filled, so
// that no core waits for the last picture of one.
const batches = 3

// Load walks through pictures 0..n-1 in batches, in order. open gives it a picture to release
// (Image.Release): one of its own each time; it is called from several goroutines. A batch in which pictures could not be opened comes with Failures: their pixels
// are zero, the others good, and the walk may go on. When ctx ends, its error ends the walk. No
// call of open is under way after the walk.
func (l Loader) Load(ctx context.Context, n int, open func(i int) (*Image, error)) iter.Seq2[Batch, error] {
	if l.Batch < 1 || l.Workers < 0 || l.Pipeline.Crop < 1 {
		panic(fmt.Sprintf("preprocess: a loader with batches of %d, %d workers and squares of %d", l.Batch, l.Workers, l.Pipeline.Crop))
	}
	return func(yield func(Batch, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		w := walk{Loader: l, n: n, open: open, queue: make(chan *filling, batches), free: make(chan []float32, batches), jobs: make(chan job)}
		for range batches {
			w.free <- nil
		}
		all.Go(func() { w.produce(ctx) })
		for range w.workers() {
			all.Go(w.work)
		}
		w.deliver(ctx, yield)
	}
}

// walk is one use of a loader.
type walk struct {
	Loader
	n     int
	open  func(i int) (*Image, error)
	queue chan *filling  // in order
	free  chan []float32 // memory for pixels
	jobs  chan job
}

// filling is a batch that is being made.
type filling struct {
	Batch
	left     atomic.Int64 // pictures
	done     chan struct{}
	failures []error // by place in the batch
}

type job struct {
	to *filling
	i  int // place in the batch
}

func (w *walk) workers() int {
	workers := w.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return min(workers, w.n)
}

// produce lays out batches, as memory for them comes free, and gives out their pictures.
func (w *walk) produce(ctx context.Context) {
	defer close(w.queue)
	defer close(w.jobs)
	size := w.Pipeline.Len()
	for first := 0; first < w.n; first += w.Batch {
		var pixels []float32
		select {
		case pixels = <-w.free:
		case <-ctx.Done():
			return
		}
		count := min(w.Batch, w.n-first)
		f := &filling{done: make(chan struct{}), failures: make([]error, count)}
		f.Batch = Batch{first, count, grow(pixels, count*size)}
		f.left.Store(int64(count))
		w.queue <- f
		for i := range count {
			select {
			case w.jobs <- job{f, i}:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (w *walk) work() {
	size := w.Pipeline.Len()
	for j := range w.jobs {
		pixels := j.to.Pixels[j.i*size:][:size]
		m, err := w.open(j.to.First + j.i)
		if err == nil && (m == nil || m.Width < 1 || m.Height < 1) {
			err = errors.New("it is empty")
		}
		if err != nil {
			clear(pixels)
			j.to.failures[j.i] = err
		} else {
			w.Pipeline.Apply(pixels, m)
			m.Release()
		}
		if j.to.left.Add(-1) == 0 {
			close(j.to.done)
		}
	}
}

// deliver hands finished batches to the caller.
func (w *walk) deliver(ctx context.Context, yield func(Batch, error) bool) {
	for f := range w.queue {
		select {
		case <-f.done:
		case <-ctx.Done():
		}
		if err := ctx.Err(); err != nil {
			yield(Batch{}, err)
			return
		}
		var failures Failures
		for i, err := range f.failures {
			if err != nil {
				failures = append(failures, Failure{f.First + i, err})
			}
		}
		var err error
		if failures != nil {
			err = failures
		}
		if !yield(f.Batch, err) {
			return
		}
		w.free <- f.Pixels
	}
	if err := ctx.Err(); err != nil {
		yield(Batch{}, err)
	}
}
