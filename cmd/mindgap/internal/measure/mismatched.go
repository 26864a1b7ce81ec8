package measure

import (
	"math"
	"runtime"
	"sync"

	"mindgap/kernels"
)

// mismatches is a histogram of x_i . y_j over i != j, taken from the tiles.
type mismatches struct{ kernels.Histogram }

func newMismatches(reach float64) *mismatches {
	return &mismatches{kernels.Histogram{Lo: -reach, Hi: reach, Counts: make([]uint64, bins), Min: math.Inf(1), Max: math.Inf(-1)}}
}

// add counts a tile, whose products lack the constant dot.
func (h *mismatches) add(t tile, dot float64) {
	w, n := t.cols.hi-t.cols.lo, t.rows.hi-t.rows.lo
	lo, per := float32(h.Lo-dot), float32(1/h.Width())
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for k := range workers {
		wg.Go(func() {
			var counts [bins]uint32
			low, high := float32(math.Inf(1)), float32(math.Inf(-1))
			for i := k * n / workers; i < (k+1)*n/workers; i++ {
				row, self := t.dots[i*w:(i+1)*w], t.rows.lo+i-t.cols.lo
				for _, part := range [2][]float32{row[:max(0, min(self, w))], row[max(0, min(self+1, w)):]} {
					for _, v := range part {
						counts[max(0, min(bins-1, int32((v-lo)*per)))]++
						low, high = min(low, v), max(high, v)
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for b, c := range counts {
				h.Counts[b] += uint64(c)
			}
			h.Min, h.Max = math.Min(h.Min, float64(low)+dot), math.Max(h.Max, float64(high)+dot)
		})
	}
	wg.Wait()
}
