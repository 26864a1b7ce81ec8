package bench

import "mindgap/engine"

// Rate is how fast work was done. Flops and bytes are counted, as lower bounds.
type Rate struct {
	Flops   float64 `json:"flops"`
	Bytes   float64 `json:"bytes"`
	GFlops  float64 `json:"gflops"`
	GBs     float64 `json:"gb_s"`
	Percent float64 `json:"percent_of_roofline"` // 0: not of the device whose roofline was measured
}

func rate(c engine.Cost, seconds float64, roof Roofline) Rate {
	return Rate{c.Flops, c.Bytes, c.Flops / seconds / 1e9, c.Bytes / seconds / 1e9, roof.Percent(c, seconds)}
}

// judge holds the rate to another roofline.
func (r *Rate) judge(seconds float64, roof Roofline) {
	if r.Percent > 0 {
		r.Percent = roof.Percent(engine.Cost{Flops: r.Flops, Bytes: r.Bytes}, seconds)
	}
}
