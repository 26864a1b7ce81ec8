package bench

import (
	"errors"
	"fmt"

	"mindgap/engine"
)

// fill writes a row from what its sides did; s is nil where the peer did not take part.
func (v *versus) fill(p *placed, w arrayWork, e *entry, s *side) {
	r := &p.row
	r.ErrorOurs, r.BytesOurs = e.wrong, e.bytes
	if s != nil && s.err == nil {
		r.ErrorPeer, r.BytesPeer = s.wrong, s.bytes
	}
	v.explain(r, p, s)
	switch p.Measure {
	case seconds:
		r.fillSeconds(v.devices[p.device].Roofline, w.cost(), e, s)
	case memory:
		r.Ours, r.Peer = r.BytesOurs, r.BytesPeer
		r.ratioOfOne(float64(r.Peer), float64(r.Ours))
		if w.plan().once {
			r.say(fmt.Sprintf("a run took us %s", Span(e.first)))
		}
	case accuracy:
		r.Ours, r.Peer = r.ErrorOurs, r.ErrorPeer
		r.ratioOfOne(float64(r.Peer), float64(r.Ours))
	case within:
		r.Ours, r.Peer = r.ErrorOurs, Figure(p.Bound)
		r.ratioOfOne(p.Bound, float64(r.Ours))
	case repeats:
		r.Ours, r.Peer = Figure(e.same), 10
		r.ratioOfOne(float64(e.same), 10)
	case total:
		sum, pairs := 0.0, w.(histogramWork).pairs()
		for _, c := range e.ours.values()["counts"] {
			sum += c
		}
		r.Ours, r.Peer = Figure(sum), Figure(pairs)
		r.ratioOfOne(min(sum, pairs), max(sum, pairs))
	}
}

func (r *PeersRow) fillSeconds(roof Roofline, c engine.Cost, e *entry, s *side) {
	mine := Median(e.samples)
	r.Ours = Figure(mine.Median)
	if least := roof.Seconds(c); least > 0 {
		r.Percent = Figure(roof.Percent(c, mine.Median))
		by := "arithmetic"
		if c.Bytes/roof.GBs > c.Flops/roof.GFlops {
			by = "memory"
		}
		r.Limit = fmt.Sprintf("%s by %s", Span(least), by)
	}
	if s == nil || s.err != nil {
		return
	}
	r.Peer = Figure(Median(s.samples).Median)
	ratios := make([]float64, len(s.samples))
	for i := range ratios {
		ratios[i] = s.samples[i] / e.samples[i]
	}
	r.setRatio(Median(ratios))
}

// ratioOfOne is a ratio that was taken once. 0 over 0 is 1: both are as good as can be.
func (r *PeersRow) ratioOfOne(a, b float64) {
	x := a / b
	if a == 0 && b == 0 {
		x = 1
	}
	r.Ratio, r.RatioLo, r.RatioHi = Figure(x), Figure(x), Figure(x)
}

func (r *PeersRow) say(what string) {
	if r.Note != "" {
		r.Note += "; "
	}
	r.Note += what
}

// explain notes why a peer has no figures. A work that is too large for the peer's memory, and done
// by us, is a goal that is met.
func (v *versus) explain(r *PeersRow, p *placed, s *side) {
	switch {
	case s == nil && v.peerKey(p) != "":
		r.say(p.Peer + " is not here")
	case s != nil && s.err != nil:
		r.say(p.Peer + ": " + s.err.Error())
		if errors.As(s.err, new(refusal)) && p.Measure == memory {
			met := true
			r.Met = &met
		}
	}
}
