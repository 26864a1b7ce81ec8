package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// plainTicks marks a linear axis at round numbers, some four to eight of them, with as many
// decimals as their distance needs.
type plainTicks struct{}

// Ticks implements plot.Ticker.
func (plainTicks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) {
		return plot.DefaultTicks{}.Ticks(lo, hi)
	}
	power := math.Floor(math.Log10((hi - lo) / 3.9))
	step := math.Pow(10, power)
	for _, m := range []float64{5, 3, 2} {
		if m*step <= (hi-lo)/3.9 && (m != 3 || power == 1) { // 30 degrees, but not 0.3
			step *= m
			break
		}
	}
	decimals := max(0, -int(power))
	var out []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		out = append(out, plot.Tick{Value: k * step, Label: strconv.FormatFloat(k*step+0, 'f', decimals, 64)})
	}
	return out
}
