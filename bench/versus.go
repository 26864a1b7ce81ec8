package bench

import (
	"context"
	"encoding/json"
	"math"

	"mindgap/engine"
)

// PeersReport holds the goals of speed, memory and accuracy, each with what a peer reached in the
// same run.
type PeersReport struct {
	Devices []PeersDevice `json:"device"`
	Load    float64       `json:"machine_load"` // as in Report
	Busy    bool          `json:"busy"`
	// Peers are versions by name; of one that is missing, "missing: " and how to install it.
	Peers map[string]string `json:"peers"`
	Rows  []PeersRow        `json:"rows"`
	// Faults are peers that ended, or answered nonsense, in the middle: a line each. Their rows have
	// no ratio.
	Faults []string `json:"faults,omitempty"`
}

// PeersDevice is a device that took part.
type PeersDevice struct {
	engine.Caps
	Roofline Roofline `json:"roofline"`
}

// PeersRow is one case on one device. A ratio says how many times better we are: the peer's
// seconds, bytes or error over ours, or our rate over the peer's; larger is better.
type PeersRow struct {
	Goal     string `json:"goal"`
	Case     string `json:"case"`
	Device   string `json:"device"`
	Ours     Figure `json:"ours"` // in Unit
	Peer     Figure `json:"peer"`
	PeerName string `json:"peer_name"`
	Unit     string `json:"unit"`
	// Ratio is the median of the ratios of neighbouring runs, with its 95 % interval; what is not
	// timed has one ratio.
	Ratio   Figure `json:"ratio"`
	RatioLo Figure `json:"ratio_lo"`
	RatioHi Figure `json:"ratio_hi"`
	// Errors are max |x - y| / max |y| of a result x whose definition in float64 is y, over up to 64
	// rows of it; of several results the largest.
	ErrorOurs Figure `json:"error_ours"`
	ErrorPeer Figure `json:"error_peer"`
	// Bytes are what a first run takes at most beyond its inputs, results included: what the process
	// grows by, at least what the device's pool does. Of a peer on a GPU, what its allocator says.
	BytesOurs Figure `json:"bytes_ours"`
	BytesPeer Figure `json:"bytes_peer"`

	Wanted  Figure `json:"wanted"` // of Ratio, at least; null: not a goal
	Met     *bool  `json:"met"`    // null: not known, or not a goal
	Percent Figure `json:"percent_of_roofline"`
	Limit   string `json:"limit,omitempty"` // the least time on the measured roofline
	Note    string `json:"note,omitempty"`
}

// settle compares the ratio with what is wanted.
func (r *PeersRow) settle() {
	if r.Wanted.known() && r.Ratio.known() {
		met := r.Ratio >= r.Wanted
		r.Met = &met
	}
}

func (r *PeersRow) setRatio(i Interval) {
	r.Ratio, r.RatioLo, r.RatioHi = Figure(i.Median), Figure(i.Lo), Figure(i.Hi)
}

// Figure is a number that may not be known: NaN, null in JSON.
type Figure float64

var unknown = Figure(math.NaN())

func (f Figure) known() bool { return !math.IsNaN(float64(f)) }

// MarshalJSON implements json.Marshaler.
func (f Figure) MarshalJSON() ([]byte, error) {
	if v := float64(f); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// PeersOptions say what Peers runs.
type PeersOptions struct {
	Devices []string // names as engine.Open takes them
	Names   []string // of goals or of works (PeerNames); none: all
	Python  string   // the interpreter of the peers; "none" leaves them out
	Quick   bool     // fewer rounds, and none of the long works
	Long    bool     // also what takes minutes
	Fig2b   *Fig2bWork
	Options []engine.Option   // of the devices
	Tune    []engine.Spec     // kernels that goal C5 tunes on OpenGL devices; none: without it
	Step    func(what string) // is told what is being measured
}

// Peers runs every case on the devices that it applies to, beside its peers.
func Peers(ctx context.Context, o PeersOptions) (*PeersReport, error) {
	return runCases(ctx, o, PeerCases(o.Fig2b), PeersLimits(o.Quick), gather)
}
