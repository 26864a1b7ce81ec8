package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mindgap/engine"
)

// place is a set of kinds of devices.
type place int

const (
	onHost  place = 1 << iota
	onSoft        // OpenGL on the processor
	onHard        // OpenGL on a GPU
	onCPU   = onHost | onSoft
	onFast  = onHost | onHard
	onEvery = onCPU | onHard
)

func placeOf(c engine.Caps) place {
	switch {
	case c.Kind == "host":
		return onHost
	case c.Software:
		return onSoft
	}
	return onHard
}

// measure is what of a work a case compares.
type measure int

const (
	seconds  measure = iota // of one run
	memory                  // bytes beyond the inputs
	accuracy                // the error against float64
	within                  // the error against float64, beside a bound, which is the case's Bound
	repeats                 // of ten runs those that give the bits of the first
	total                   // of the pairs counted
)

var units = [...]string{"s", "bytes", "max error", "max error", "equal runs of 10", "pairs"}

// Peers that are programs in Python, and those that are a part of this one.
const (
	numpyPeer  = "numpy"
	torchPeer  = "torch"
	tritonPeer = "triton"
	gonumLib   = "gonum"

	ceilingPeer  = "multiply-add ceiling"
	copyPeer     = "copy shader"
	sharedPeer   = "own shared-memory kernel"
	registerPeer = "own register-tile kernel"
	halfGemmPeer = "half of our matmul"
	exactPeer    = "exact"
)

// Case is a goal on a work: ours over the peer's is to be Want at least.
type Case struct {
	Goal    string // of GPU-NOTES, section 10; or fig2b, nets, train
	Work    work
	Where   place
	Peer    string
	Measure measure
	Want    float64 // 0: shown, no goal
	Bound   float64 // of within: the error allowed
	Note    string
}

// Name says work and measure.
func (c Case) Name() string {
	name := c.Work.label()
	switch c.Measure {
	case memory:
		name += ", extra memory"
	case accuracy, within:
		name += ", error"
	case repeats:
		name += ", ten runs"
	case total:
		name += ", total"
	}
	return name
}

// PeerCases lists all cases; without fig2b those of Figure 2(b) are left out.
func PeerCases(fig2b *Fig2bWork) []Case {
	list := []Case{
		{Goal: "C1", Work: matmulWork{N: 1024}, Where: onSoft, Peer: gonumLib, Want: 2.5},
		{Goal: "C1", Work: matmulWork{N: 1024, NT: true}, Where: onSoft, Peer: gonumLib, Want: 2.5},
		{Goal: "C1", Work: matmulWork{N: 2048}, Where: onSoft, Peer: gonumLib, Want: 2.5},
		{Goal: "C1", Work: matmulWork{N: 2048, NT: true}, Where: onSoft, Peer: gonumLib, Want: 2.5},
		{Goal: "C2", Work: matmulWork{N: 1024}, Where: onSoft, Peer: numpyPeer, Want: 0.30},
		{Goal: "C2", Work: matmulWork{N: 1024, NT: true}, Where: onSoft, Peer: numpyPeer, Want: 0.30},
		{Goal: "C2", Work: matmulWork{N: 2048}, Where: onSoft, Peer: numpyPeer, Want: 0.30},
		{Goal: "C2", Work: matmulWork{N: 2048, NT: true}, Where: onSoft, Peer: numpyPeer, Want: 0.30},
		{Goal: "C2", Work: matmulWork{N: 1024}, Where: onHost, Peer: numpyPeer, Want: 0.97},
		{Goal: "C2", Work: matmulWork{N: 1024, NT: true}, Where: onHost, Peer: numpyPeer, Want: 0.97},
		{Goal: "C2", Work: matmulWork{N: 2048}, Where: onHost, Peer: numpyPeer, Want: 0.97},
		{Goal: "C2", Work: matmulWork{N: 2048, NT: true}, Where: onHost, Peer: numpyPeer, Want: 0.97},
		{Goal: "C3", Work: matmulWork{N: 1024}, Where: onSoft, Peer: ceilingPeer, Want: 0.55},
		{Goal: "C4", Work: matmulWork{N: 512}, Where: onSoft, Peer: sharedPeer, Want: 20},
		{Goal: "C4", Work: matmulWork{N: 512}, Where: onSoft, Peer: registerPeer, Want: 20},
		{Goal: "C6", Work: infonceWork{N: 16384, D: 128, once: true}, Where: onCPU, Peer: torchPeer, Measure: memory, Want: 50},
		{Goal: "C6", Work: infonceWork{N: 65536, D: 128, once: true}, Where: onHost, Peer: torchPeer, Measure: memory, Want: 50, Note: tooLarge(65536)},
		{Goal: "C6", Work: infonceWork{N: 65536, D: 128, once: true, long: true}, Where: onSoft, Peer: torchPeer, Measure: memory, Want: 50, Note: tooLarge(65536)},
		{Goal: "C6", Work: infonceWork{N: 131072, D: 128, once: true, long: true}, Where: onCPU, Peer: torchPeer, Measure: memory, Want: 50, Note: tooLarge(131072)},
		{Goal: "C7", Work: infonceWork{N: 4096, D: 128}, Where: onHost, Peer: torchPeer, Want: 1},
		{Goal: "C7", Work: infonceWork{N: 4096, D: 128}, Where: onSoft, Peer: torchPeer, Want: 0.30},
		{Goal: "C7", Work: infonceWork{N: 4096, D: 32}, Where: onSoft, Peer: torchPeer, Want: 0.5},
		{Goal: "C8", Work: pairsWork{N: 20000, D: 128, Mean: true, Whole: true}, Where: onCPU, Peer: numpyPeer, Want: 1000},
		{Goal: "C8", Work: pairsWork{N: 20000, D: 128, Mean: true}, Where: onCPU, Peer: numpyPeer, Want: 1000},
		{Goal: "C8", Work: pairsWork{N: 20000, D: 128}, Where: onCPU, Peer: numpyPeer, Want: 1000},
		{Goal: "C8", Work: pairsWork{N: 4096, D: 128}, Where: onCPU, Peer: "bound 1e-6", Measure: within, Want: 1, Bound: 1e-6},
		{Goal: "C9", Work: histogramWork{N: 16384, D: 128, Bins: 256, ByName: true}, Where: onCPU, Peer: numpyPeer, Want: 3},
		{Goal: "C9", Work: histogramWork{N: 16384, D: 128, Bins: 256}, Where: onCPU, Peer: numpyPeer, Want: 3},
		{Goal: "C9", Work: histogramWork{N: 16384, D: 128, Bins: 256}, Where: onCPU, Peer: torchPeer, Want: 1},
		{Goal: "C9", Work: histogramWork{N: 16384, D: 128, Bins: 256}, Where: onCPU, Peer: exactPeer, Measure: total, Want: 1},
		{Goal: "C10", Work: rowwiseWork{Op: "softmax", Rows: 4096, Cols: 1024}, Where: onCPU, Peer: torchPeer, Want: 0.5},
		{Goal: "C10", Work: rowwiseWork{Op: "layer_norm", Rows: 4096, Cols: 1024}, Where: onCPU, Peer: torchPeer, Want: 0.5},
		{Goal: "C10", Work: rowwiseWork{Op: "relu", Rows: 4096, Cols: 1024}, Where: onCPU, Peer: torchPeer, Want: 0.5},
		{Goal: "C10", Work: rowwiseWork{Op: "relu", Rows: 4096, Cols: 1024}, Where: onCPU, Peer: copyPeer, Want: 0.6},
		{Goal: "C11", Work: matmulWork{N: 1024}, Where: onCPU, Peer: torchPeer, Measure: accuracy, Want: 1},
		{Goal: "C11", Work: matmulWork{N: 1024}, Where: onCPU, Peer: exactPeer, Measure: repeats, Want: 1},
		{Goal: "C11", Work: infonceWork{N: 4096, D: 128}, Where: onCPU, Peer: torchPeer, Measure: accuracy, Want: 1},
		{Goal: "C11", Work: infonceWork{N: 4096, D: 128}, Where: onCPU, Peer: exactPeer, Measure: repeats, Want: 1},
		{Goal: "C11", Work: histogramWork{N: 16384, D: 128, Bins: 256}, Where: onCPU, Peer: exactPeer, Measure: repeats, Want: 1},
	}
	list = append(list, gpuCases()...)
	if fig2b != nil {
		list = append(list, Case{Goal: "fig2b", Work: fig2b, Where: onFast, Peer: torchPeer, Want: 2})
	}
	for _, n := range nets {
		list = append(list, Case{Goal: "nets", Work: netWork{"nets", n.name}, Where: onHost, Peer: torchPeer, Want: 1})
	}
	for _, n := range trained {
		list = append(list, Case{Goal: "train", Work: netWork{"train", n.name}, Where: onHost, Peer: torchPeer, Want: 1})
	}
	return list
}

// tooLarge says what the loss takes in PyTorch: 15.5 bytes a pair, as measured on smaller ones.
func tooLarge(n int) string {
	return fmt.Sprintf("PyTorch would take 15.5 bytes a pair, %.3g GB", 15.5*float64(n)*float64(n)/1e9)
}

// gpuCases are the goals on GPUs (H1 to H13), at their sizes.
func gpuCases() []Case {
	var list []Case
	add := func(goal string, w work, peer string, m measure, want float64) {
		list = append(list, Case{Goal: goal, Work: w, Where: onHard, Peer: peer, Measure: m, Want: want})
	}
	add("H1", matmulWork{N: 4096}, torchPeer, seconds, 0.80)
	add("H1", matmulWork{N: 4096, NT: true}, torchPeer, seconds, 0.80)
	add("H1", matmulWork{N: 8192}, torchPeer, seconds, 0.80)
	add("H3", denseWork{Rows: 16384, D: 512}, torchPeer, seconds, 1.05)
	add("H3", denseWork{Rows: 16384, D: 1024}, torchPeer, seconds, 1.05)
	add("H5", infonceWork{N: 32768, D: 64}, torchPeer, seconds, 1.5)
	add("H5", infonceWork{N: 32768, D: 128}, torchPeer, seconds, 1)
	add("H5", infonceWork{N: 32768, D: 512}, torchPeer, seconds, 0.8)
	add("H6", infonceWork{N: 32768, D: 512}, torchPeer, memory, 100)
	add("H6", infonceWork{N: 262144, D: 512, once: true, long: true}, torchPeer, memory, 100)
	add("H7", infonceWork{N: 32768, D: 64}, tritonPeer, seconds, 1.5)
	add("H7", infonceWork{N: 32768, D: 128}, tritonPeer, seconds, 1.5)
	add("H8", histogramWork{N: 131072, D: 512, Bins: 256}, torchPeer, seconds, 2)
	add("H8", histogramWork{N: 131072, D: 512, Bins: 256}, halfGemmPeer, seconds, 0.80)
	add("H8", histogramWork{N: 131072, D: 512, Bins: 256}, exactPeer, total, 1)
	add("H9", pairsWork{N: 1 << 20, D: 512, First: 65536}, torchPeer, seconds, 1000)
	add("H11", rowwiseWork{Op: "softmax", Rows: 32768, Cols: 4096}, torchPeer, seconds, 0.9)
	add("H11", rowwiseWork{Op: "layer_norm", Rows: 32768, Cols: 4096}, torchPeer, seconds, 0.9)
	add("H11", rowwiseWork{Op: "softmax", Rows: 32768, Cols: 4096}, copyPeer, seconds, 0.75)
	add("H11", rowwiseWork{Op: "layer_norm", Rows: 32768, Cols: 4096}, copyPeer, seconds, 0.75)
	add("H13", matmulWork{N: 4096}, torchPeer, accuracy, 1)
	add("H13", matmulWork{N: 4096}, exactPeer, repeats, 1)
	add("H13", infonceWork{N: 4096, D: 128}, torchPeer, accuracy, 1)
	add("H13", infonceWork{N: 4096, D: 128}, exactPeer, repeats, 1)
	return list
}

// PeerNames are what PeersOptions.Names may hold: goals, then kinds of works.
func PeerNames(cases []Case) []string {
	var goals, kinds []string
	for _, c := range cases {
		if !slices.Contains(goals, c.Goal) {
			goals = append(goals, c.Goal)
		}
		if k := c.Work.kind(); !slices.Contains(goals, k) && !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	goals = append(goals, tuneGoal)
	slices.SortStableFunc(goals, func(a, b string) int { // C1, C2, .. C11, then the others as they come
		var x, y int
		fmt.Sscanf(a, "C%d", &x)
		fmt.Sscanf(b, "C%d", &y)
		if x == 0 || y == 0 {
			return cmp.Compare(min(y, 1), min(x, 1))
		}
		return x - y
	})
	return append(goals, kinds...)
}

// choose gives the cases of some names.
func choose(cases []Case, names []string) ([]Case, error) {
	if len(names) == 0 {
		return cases, nil
	}
	wanted := map[string]bool{}
	for _, name := range names {
		if strings.EqualFold(name, tuneGoal) { // has no case: tune
			continue
		}
		at := slices.IndexFunc(PeerNames(cases), func(s string) bool { return strings.EqualFold(s, name) })
		if at < 0 {
			return nil, fmt.Errorf("no case is called %q; there are %s", name, strings.Join(PeerNames(cases), ", "))
		}
		wanted[PeerNames(cases)[at]] = true
	}
	var out []Case
	for _, c := range cases {
		if wanted[c.Goal] || wanted[c.Work.kind()] {
			out = append(out, c)
		}
	}
	return out, nil
}
