package nn

import "math"

// Schedule is a learning rate that rises linearly over Warmup steps and then, where Steps is
// given, falls along half a cosine to Floor times the rate at the last step.
type Schedule struct {
	Rate   float64
	Warmup int
	Steps  int // 0: constant after the warm-up
	Floor  float64
}

// At is the rate of step number i, from 0 on.
func (s Schedule) At(i int) float64 {
	if i < s.Warmup {
		return s.Rate * float64(i+1) / float64(s.Warmup)
	}
	if s.Steps <= s.Warmup {
		return s.Rate
	}
	t := min(float64(i-s.Warmup)/float64(s.Steps-s.Warmup), 1)
	return s.Rate * (s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*t))/2)
}
