package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// A residual block of a transformer takes no launch of its own for what surrounds its products:
// x += h W^T + b is one, and so is GELU(h W^T + b), into and from rows of any stride.
func TestResidualAndActivationAreOneLaunch(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, rows := range []int{1, 50, 257} { // also a single token and an odd number of them
			s := d.Scope()
			const in, out = 96, 72
			h0, w0, b0, x0 := normals(1, rows*in, 0), normals(2, out*in, 0), normals(3, out, 0), normals(4, rows*out, 0)
			h, w, b := s.Upload(h0, rows, in), s.Upload(w0, out, in), s.Upload(b0, out)
			wide := s.Zeros(rows, out+4)
			for name, o := range map[string]MatMulOptions{
				"residual":   {TransB: true, Beta: 1, Bias: b},
				"gelu":       {TransB: true, Bias: b, Act: ActGELU},
				"quick_gelu": {TransB: true, Bias: b, Act: ActQuickGELU},
			} {
				x := wide.SliceCols(4, out+4)
				x.Write(x0)
				records, err := d.Trace(func() { Gemm(x, h, w, o) })
				require.NoError(t, err)
				require.Len(t, records, 1, "%s: launches", name)
				got := read(t, x)
				for i, y := range got {
					r, c := i/out, i%out
					want := float64(b0[c])
					for k := range in {
						want += float64(h0[r*in+k]) * float64(w0[c*in+k])
					}
					want = o.Act.Define(want + float64(o.Beta)*float64(x0[i]))
					require.InDelta(t, want, y, 2e-5, "%s, row %d, column %d", name, r, c) // sums of 96 products
				}
			}
			s.Close()
		}
	})
}

// One row for all sequences (a positional embedding): seen as B rows of L W numbers, x plus one
// of them is BiasRows, in place.
func TestPositionsAreAddedToEverySequence(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const batch, length, width = 3, 7, 20
		x0, p0 := normals(1, batch*length*width, 0), normals(2, length*width, 0)
		x, p := s.Upload(x0, batch*length, width), s.Upload(p0, length, width)
		rows := x.Reshape(batch, length*width)
		BiasRows(rows, rows, p.Reshape(length*width))
		for i, y := range read(t, x) {
			require.Equal(t, x0[i]+p0[i%(length*width)], y)
		}
	})
}
