package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Every tile of this processor against float64, walking through its operands in every way
// that its arguments allow: A along rows or columns, several lines, gaps between them.
func TestVectorTiles(t *testing.T) {
	if len(vectorTiles()) == 0 {
		t.Skip("this processor has no vectors of fused multiply-adds that are known here")
	}
	for _, v := range vectorTiles() {
		for _, c := range []struct{ k, lines, aStep, aLine, bGap, bLine int }{
			{1, 1, 1, 0, 0, 0}, {7, 3, 1, 11, 0, 0}, {33, 1, 9, 0, 5, 0}, {5, 4, 2, 23, 1, 17},
		} {
			t.Run(fmt.Sprintf("%dx%d/%v", v.rows, v.cols, c), func(t *testing.T) {
				r := rand.New(rand.NewPCG(19, 1))
				off := [maxRows]int{3, 0, 40, 41, 7, 100, 64, 2}
				bStep := v.cols + c.bGap
				a := normalSlice(r, 101+c.aStep*c.k+c.aLine*c.lines)
				b := normalSlice(r, (c.k*bStep+c.bLine)*c.lines+v.cols)
				const ld = 37
				init, got := normalSlice(r, v.rows*ld), make([]float32, v.rows*ld)
				floor := float32(-0.5)
				args := tileArgs{
					c: &got[1], ldC: 4 * ld, init: &init[2], ldInit: 4 * ld, a: &a[0], b: &b[0], aStep: 4 * c.aStep, bStep: 4 * bStep,
					aLine: 4 * c.aLine, bLine: 4 * c.bLine, k: c.k, lines: c.lines, floor: floor,
				}
				var bytes [maxRows]int
				for i, n := range off {
					bytes[i] = 4 * n
				}
				args.off = &bytes[0]
				v.run(&args)
				for row := range v.rows {
					for col := range v.cols {
						sum := float64(init[row*ld+2+col])
						size := 5.0
						for l := range c.lines {
							for i := range c.k {
								x, y := float64(a[off[row]+l*c.aLine+i*c.aStep]), float64(b[l*(c.k*bStep+c.bLine)+i*bStep+col])
								sum += x * y
								size += 20 // no two normal numbers here reach that
							}
						}
						require.InDelta(t, max(sum, float64(floor)), got[row*ld+1+col], engine.Gamma(c.k*c.lines+1)*size, "row %d, column %d", row, col)
					}
					for col := range ld - v.cols {
						require.Zero(t, got[row*ld+(1+v.cols+col)%ld], "written beside row %d", row)
					}
				}
			})
		}
	}
}
