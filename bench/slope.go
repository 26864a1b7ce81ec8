package bench

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Slope is the power p of y = c N^p with its 95 % interval, by least squares in log-log over
// the upper decade of N.
type Slope struct {
	Power  float64 `json:"power"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
	From   float64 `json:"from"` // N of the decade's first point
	To     float64 `json:"to"`
	Points int     `json:"points"` // fewer than 3: there is no slope, and all else is 0
}

// FitSlope fits the points whose N is at least a tenth of the largest, and whose y is positive.
// The interval is the fit's: the standard error of the slope times Student's t for points - 2
// degrees of freedom.
func FitSlope(n, y []float64) Slope {
	var s Slope
	var lx, ly []float64
	for i := range n {
		if n[i]*10 >= n[len(n)-1] && y[i] > 0 {
			lx, ly = append(lx, math.Log(n[i])), append(ly, math.Log(y[i]))
			if s.From == 0 {
				s.From = n[i]
			}
			s.To = n[i]
		}
	}
	if len(lx) < 3 {
		return Slope{}
	}
	s.Points = len(lx)
	a, b := stat.LinearRegression(lx, ly, nil, false)
	mean, left, spread := stat.Mean(lx, nil), 0.0, 0.0
	for i := range lx {
		e := ly[i] - a - b*lx[i]
		left += e * e
		spread += (lx[i] - mean) * (lx[i] - mean)
	}
	free := float64(s.Points - 2)
	half := distuv.StudentsT{Sigma: 1, Nu: free}.Quantile(0.975) * math.Sqrt(left/free/spread)
	s.Power, s.Lo, s.Hi = b, b-half, b+half
	return s
}

// String is the slope as tables show it.
func (s Slope) String() string {
	if s.Points == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f (%.2f .. %.2f)", s.Power+0, s.Lo+0, s.Hi+0)
}
