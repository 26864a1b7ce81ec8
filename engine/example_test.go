package engine_test

import (
	"fmt"

	"mindgap/engine"
)

// A kernel is a value: what its buffers are, how long they must be, and how it runs. This
// one squares its input on the host; a shader for OpenGL devices would stand in Variants.
func Example() {
	type params struct{ N int32 }
	square := &engine.Kernel[params]{
		Name: "square",
		Doc:  "y = x^2",
		Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
		Size: func(p params) []int { return []int{int(p.N), int(p.N)} },
		Cost: func(p params) engine.Cost { return engine.Cost{Flops: float64(p.N), Bytes: 8 * float64(p.N)} },
		Host: func(h *engine.Host, p params, v []engine.View) {
			y, x := v[0].F, v[1].F
			h.Parallel(int(p.N), 4096, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					y[i] = x[i] * x[i]
				}
			})
		},
	}

	device, err := engine.Open("host")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer device.Close()
	scope := device.Scope()
	defer scope.Close() // gives x and y back to the device's pool

	x := scope.Upload([]float32{1, 2, 3, 4}, 4)
	y := scope.Floats(4)
	square.Run(params{N: 4}, y, x) // queued
	got, err := y.Floats()         // waits
	fmt.Println(got, err)
	// Output: [1 4 9 16] <nil>
}
