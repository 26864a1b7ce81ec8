package nn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
)

// A tape that spends its results gives the same gradients to the bit, keeps the value that it
// began at, and holds none of the others' memory afterwards.
func TestSpend(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		run := func(spend bool) (loss []float32, grads [][]float32, live int) {
			s := d.Scope()
			defer s.Close()
			r := kernels.NewRandom(4, 1)
			leaf := func(shape ...int) *Value {
				x := s.Floats(shape...)
				r.Normal(x, 0, 1)
				return Leaf(x)
			}
			leaves := []*Value{leaf(6, 8), leaf(12, 8), leaf(8, 12), leaf(1, 8), leaf(6, 8)}
			tp := NewTape(s)
			tp.Spend = spend
			before := d.Memory().Live
			h := Linear(tp, leaves[0], leaves[1], nil, kernels.ActGELU)
			x := AddLinear(tp, leaves[0], h, leaves[2], nil)
			Exp(tp, x) // nothing depends on it
			x = AddRow(tp, Reshape(x, 6, 8), leaves[3])
			y := InfoNCE(tp, Normalise(tp, x), Normalise(tp, leaves[4]), Const(s.Upload([]float32{3}, 1)), kernels.InfoNCESymmetric)
			tp.Backward(y, nil)
			live = d.Memory().Live - before
			loss, err := y.T.Floats()
			require.NoError(t, err)
			for _, v := range leaves {
				list, err := v.Grad().Floats()
				require.NoError(t, err)
				grads = append(grads, list)
			}
			return loss, grads, live
		}
		loss, grads, kept := run(false)
		again, spent, left := run(true)
		require.Equal(t, loss, again)
		require.Equal(t, grads, spent)
		// Eight results: two of Linear, AddLinear, the one that nobody uses, AddRow, two unit
		// matrices, and the loss, which stays.
		require.Equal(t, kept-7, left)
	})
}
