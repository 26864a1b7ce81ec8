package measure

import (
	"encoding/json"
	"math"
)

// Schema is the version of the JSON document; it rises when a field changes its meaning.
const Schema = 1

// number is a float64 that JSON writes as null where it is NaN or infinite.
type number float64

// MarshalJSON implements json.Marshaler.
func (x number) MarshalJSON() ([]byte, error) {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

// Result is what was measured.
type Result struct {
	Modalities []Modality
	Device     Device
	Seed       uint64
	Normalised bool
	AllPairs   AllPairs
	Warnings   []Warning
	N, D       int
	Gaps       [][]number // between all modalities
	Cosines    [][]number // mean over pairs i != j within on the diagonal, of mismatched pairs elsewhere
	Pairs      []*Pair    // of modalities
	intervals  bool
}

// Modality is one set of rows.
type Modality struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	DType string `json:"dtype"`
}

// Device names where all-pairs measures were computed.
type Device struct {
	Name     string `json:"name"`
	Renderer string `json:"renderer"`
	Tuning   string `json:"tuning,omitempty"` // the table that chose kernels' variants, by its digest
}

// AllPairs says what the measures over all pairs were taken from.
type AllPairs struct {
	Rows int    `json:"rows"`
	Of   int    `json:"of"`
	How  string `json:"how"`
	Held int    `json:"held"` // rows of separability, spectra and distributions
}

// Pair is all measures of two modalities.
type Pair struct {
	A, B      string
	N, D      int
	Measures  []Measure
	InfoNCE   []Loss
	Retrieval Retrieval
	Cosines   []*Distribution
	Spectra   []Spectrum

	projections []*Distribution
}

// Measure is a number with its 95 % interval and its floor, where it has them.
type Measure struct {
	Key   string
	Value number
	CI    *[2]number
	Floor *Floor
}

// Loss is InfoNCE at one logit scale.
type Loss struct {
	LogitScale float64    `json:"logit_scale"`
	Loss       number     `json:"loss"`
	CI         *[2]number `json:"loss_ci,omitempty"`
	Floor      *Floor     `json:"floor,omitempty"`
}

// Retrieval is what the partners' ranks give beside R@1.
type Retrieval struct {
	R5AB         number `json:"r5_ab"`
	R5BA         number `json:"r5_ba"`
	R10AB        number `json:"r10_ab"`
	R10BA        number `json:"r10_ba"`
	MedianRankAB number `json:"median_rank_ab"`
	MedianRankBA number `json:"median_rank_ba"`
}

func (p *Pair) find(key string) *Measure {
	for i := range p.Measures {
		if p.Measures[i].Key == key {
			return &p.Measures[i]
		}
	}
	panic("measure: no measure " + key)
}

// Value gives a measure by its key.
func (p *Pair) Value(key string) float64 { return float64(p.find(key).Value) }

func newResult(m *measurer) *Result {
	c := m.Device.Caps()
	r := &Result{
		Device: Device{c.Name, c.Renderer, c.Tuning}, Seed: m.Seed, Normalised: !m.Raw, N: m.scan.n, D: m.scan.d, intervals: m.intervals(),
	}
	for _, mod := range m.in.modalities {
		r.Modalities = append(r.Modalities, Modality{mod.name, mod.file, mod.r.DType().String()})
	}
	return r
}

// matrices fills Gaps and Cosines from the pairs.
func (r *Result) matrices() {
	k := len(r.Modalities)
	r.Gaps, r.Cosines = make([][]number, k), make([][]number, k)
	for i := range k {
		r.Gaps[i], r.Cosines[i] = make([]number, k), make([]number, k)
	}
	p := 0
	for i := range k {
		for j := i + 1; j < k; j++ {
			pair := r.Pairs[p]
			p++
			r.Gaps[i][j], r.Gaps[j][i] = pair.find("gap").Value, pair.find("gap").Value
			r.Cosines[i][j], r.Cosines[j][i] = pair.find("mismatched").Value, pair.find("mismatched").Value
			r.Cosines[i][i], r.Cosines[j][j] = pair.find("cos_aa").Value, pair.find("cos_bb").Value
		}
	}
}
