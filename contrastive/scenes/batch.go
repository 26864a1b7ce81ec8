package scenes

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Norm turns a byte b of channel c into (b/255 - Mean[c]) / Std[c].
type Norm struct{ Mean, Std [3]float32 }

// Batch paints scenes for training on all cores: dst becomes len(specs) pictures of size x
// size pixels of three channels (row by row, channels last), normalised. It panics unless dst
// has len(specs) * size^2 * 3 elements and the specs are valid.
func Batch(dst []float32, specs []Spec, size int, norm Norm) {
	checkSize(size)
	one := 3 * size * size
	if len(dst) != len(specs)*one {
		panic(fmt.Sprintf("scenes: a batch of %d pictures of %d pixels: %d elements, want %d", len(specs), size, len(dst), len(specs)*one))
	}
	for i := range specs {
		specs[i].mustBeValid()
	}
	values := norm.table()
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(specs)) {
		group.Go(func() {
			pix := make([]uint8, one)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(specs) {
					return
				}
				specs[i].paint(pix, size)
				out := dst[i*one : (i+1)*one]
				for j := 0; j+2 < len(pix); j += 3 {
					out[j], out[j+1], out[j+2] = values[0][pix[j]], values[1][pix[j+1]], values[2][pix[j+2]]
				}
			}
		})
	}
	group.Wait()
}

// table gives the value of each byte in each channel.
func (n Norm) table() *[3][256]float32 {
	var t [3][256]float32
	for c := range t {
		for b := range t[c] {
			t[c][b] = (float32(b)/255 - n.Mean[c]) / n.Std[c]
		}
	}
	return &t
}
