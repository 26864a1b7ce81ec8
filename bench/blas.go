package bench

import (
	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
)

// lend is a kernel that does nothing but hand out the host device's BLAS, so that peers are
// called directly.
func lend(d *engine.Device) (engine.BLAS, error) {
	var b engine.BLAS
	k := &engine.Kernel[struct{}]{
		Name: "lend_blas", Bufs: []engine.Buf{{Name: "x", Access: engine.In}},
		Size: func(struct{}) []int { return []int{0} },
		Cost: func(struct{}) engine.Cost { return engine.Cost{} },
		Host: func(h *engine.Host, _ struct{}, _ []engine.View) { b = h.BLAS },
	}
	s := d.Scope()
	defer s.Close()
	k.Run(struct{}{}, s.Floats(1))
	err := d.Sync()
	return b, err
}

// sgemm is c = a b for square matrices.
func sgemm(b engine.BLAS, n int, c, x, y []float32) {
	b.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, c, n)
}
