package contrastive

import (
	"fmt"
	"math"

	"mindgap/nn"
)

// Config says how a dual encoder is trained. It is all that a run depends on beside the model,
// the data and the device: equal configurations give equal bytes.
type Config struct {
	Batch int `json:"batch"` // pairs that the loss sees at once; what is left of an epoch is dropped
	// Chunk is how many examples are embedded at once with their gradients: less than Batch
	// saves memory (GradCache: Gao et al. 2021). 0: the whole batch.
	Chunk int     `json:"chunk,omitempty"`
	Loss  string  `json:"loss"` // a name of Losses
	Scale Scaling `json:"scale"`

	Rate nn.Schedule    `json:"rate"`
	Adam nn.AdamOptions `json:"adam"`
	Clip float64        `json:"clip,omitempty"` // largest norm of all gradients together; 0: no limit

	// Mismatch is the share of pairs whose texts are exchanged among each other for the whole
	// run: what Section 4.3 names as a cause of the gap.
	Mismatch float64 `json:"mismatch,omitempty"`
	// InOrder takes the pairs as they come, for data that are drawn anew and grow harder.
	InOrder bool   `json:"in_order,omitempty"`
	Seed    uint64 `json:"seed"`
}

// Scaling says what becomes of the temperature tau, the inverse of the logit scale.
type Scaling struct {
	Tau   float64 `json:"tau"`             // at the first step
	Learn bool    `json:"learn,omitempty"` // the logarithm of 1/tau is a parameter, kept at most ln 100 as in CLIP
	// End is tau at the last step, where it follows a schedule: geometric from Tau to End over
	// the steps of Rate. 0: no schedule.
	End float64 `json:"end,omitempty"`
}

// maxLogScale is ln 100: CLIP keeps its logit scale from growing beyond it.
var maxLogScale = math.Log(100)

// at is the logarithm of the logit scale at a step of a schedule.
func (s Scaling) at(step, steps int) float64 {
	if s.End == 0 || steps < 2 {
		return -math.Log(s.Tau)
	}
	t := min(float64(step)/float64(steps-1), 1)
	return -(math.Log(s.Tau)*(1-t) + math.Log(s.End)*t)
}

// least is the smallest temperature before anything is learned.
func (s Scaling) least() float64 {
	if s.End == 0 {
		return s.Tau
	}
	return min(s.Tau, s.End)
}

// Check refuses what cannot be trained on n pairs.
func (c Config) Check(n int) error {
	switch {
	case c.Batch < 2:
		return fmt.Errorf("contrastive: a batch of %d has no other pair to tell apart; take at least 2", c.Batch)
	case c.Batch > n:
		return fmt.Errorf("contrastive: a batch of %d is larger than the %d pairs of the data; take a smaller batch", c.Batch, n)
	case c.Chunk < 0:
		return fmt.Errorf("contrastive: chunk %d is negative", c.Chunk)
	case findLoss(c.Loss) == nil:
		return fmt.Errorf("contrastive: no loss %q; there are %s", c.Loss, lossNames())
	case !(c.Scale.Tau > 0) || math.IsInf(c.Scale.Tau, 0) || c.Scale.End < 0 || math.IsInf(c.Scale.End, 0) || math.IsNaN(c.Scale.End):
		return fmt.Errorf("contrastive: temperature %g to %g; want positive numbers", c.Scale.Tau, c.Scale.End)
	case 1/c.Scale.least() > 1e6:
		return fmt.Errorf("contrastive: a logit scale of %.4g overflows the loss in float32; take a temperature of at least 1e-6", 1/c.Scale.least())
	case c.Scale.Learn && c.Scale.End != 0:
		return fmt.Errorf("contrastive: the temperature is either learned or scheduled, not both")
	case !(c.Mismatch >= 0 && c.Mismatch <= 1):
		return fmt.Errorf("contrastive: a mismatch of %g is no share; want 0 to 1", c.Mismatch)
	case !(c.Rate.Rate > 0) || c.Rate.Warmup < 0 || c.Rate.Steps < 0:
		return fmt.Errorf("contrastive: learning rate %g with %d steps of warm-up of %d; want positive numbers", c.Rate.Rate, c.Rate.Warmup, c.Rate.Steps)
	case c.Clip < 0:
		return fmt.Errorf("contrastive: gradients cannot be kept below %g", c.Clip)
	}
	return nil
}
