package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pythonHere is a Python of this machine, and what it has: the one with most peers.
var pythonHere = sync.OnceValues(func() (string, map[string]string) {
	best, found := "", map[string]string{}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		dir, err := os.MkdirTemp("", "mindgap-test-")
		if err != nil {
			continue
		}
		c, err := gather(context.Background(), python, dir)
		if err == nil && len(c.versions) > len(found) {
			best, found = python, c.versions
		}
		os.RemoveAll(dir)
	}
	return best, found
})

// realCast is the peers of this machine's Python, in a folder; it skips where one is not there.
func realCast(t *testing.T, needs string) func(ctx context.Context, python, dir string) (*cast, error) {
	t.Helper()
	python, versions := pythonHere()
	if versions[needs] == "" {
		t.Skipf("no Python here has %s: %s", needs, installs[needs])
	}
	return func(_ context.Context, _, dir string) (*cast, error) {
		c := &cast{python: python, dir: dir, versions: versions}
		c.start = c.startPython
		return c, os.CopyFS(dir, peerPrograms)
	}
}

func called(t *testing.T, needs string) *cast {
	t.Helper()
	c, err := realCast(t, needs)(t.Context(), "", t.TempDir())
	require.NoError(t, err)
	return c
}

var smallWorks = []Case{
	{Work: matmulWork{N: 100}, Peer: numpyPeer}, {Work: matmulWork{N: 100, NT: true}, Peer: numpyPeer},
	{Work: pairsWork{N: 300, D: 16}, Peer: numpyPeer}, {Work: histogramWork{N: 300, D: 16, Bins: 32}, Peer: numpyPeer},
	{Work: matmulWork{N: 100, NT: true}, Peer: torchPeer}, {Work: denseWork{100, 32}, Peer: torchPeer},
	{Work: infonceWork{N: 300, D: 16}, Peer: torchPeer}, {Work: histogramWork{N: 300, D: 16, Bins: 32}, Peer: torchPeer},
	{Work: pairsWork{N: 300, D: 16}, Peer: torchPeer}, {Work: rowwiseWork{"softmax", 70, 50}, Peer: torchPeer},
	{Work: rowwiseWork{"layer_norm", 70, 50}, Peer: torchPeer}, {Work: rowwiseWork{"relu", 70, 50}, Peer: torchPeer},
}

// Both sides of every work do what its definition in float64 says. 1e-5 is some hundred units of
// float32, relative to the largest element: sums of at most 300 terms, and logits of at most 100.
// A histogram may have a few of its 44,850 pairs in the neighbouring bin.
func TestPeersAgainstNumPy(t *testing.T) { agree(t, numpyPeer, smallWorks) }

// One of PyTorch's works; all of them take seconds each, to load PyTorch.
func TestPeersAgainstPyTorch(t *testing.T) {
	agree(t, torchPeer, slices.DeleteFunc(slices.Clone(smallWorks), func(c Case) bool { return c.Work.kind() != "infonce" }))
}

func TestLongPeersAgainstPyTorch(t *testing.T) {
	if os.Getenv("MINDGAP_LONG") != "1" {
		t.Skip("make test-long runs this")
	}
	agree(t, torchPeer, smallWorks)
}

func agree(t *testing.T, peer string, works []Case) {
	who := realCast(t, peer)
	var cases []Case
	for _, c := range works {
		if c.Goal, c.Where, c.Measure, c.Want = "C11", onHost, accuracy, 1e-9; c.Peer == peer {
			cases = append(cases, c)
		}
	}
	o := PeersOptions{Devices: []string{"host"}, Python: "found", Step: func(string) {}}
	r, err := runCases(t.Context(), o, cases, Limits{Warm: time.Microsecond, Rounds: 2, Budget: time.Second}, who)
	require.NoError(t, err)
	require.Empty(t, r.Faults)
	for i, row := range r.Rows {
		most := 1e-5
		if cases[i].Work.kind() == "histogram" {
			most = 1e-3
		}
		require.Less(t, float64(row.ErrorOurs), most, row.Case)
		require.Less(t, float64(row.ErrorPeer), most, row.Case)
		require.Positive(t, float64(row.BytesPeer), row.Case)
	}
}

// A pass of PyTorch through small networks gives a time.
func TestFig2bPeer(t *testing.T) {
	c := called(t, torchPeer)
	w := &Fig2bWork{N: 20, Width: 16, Depth: 2, Networks: []Fig2bNetwork{
		{"normal", []string{"linear", "relu"}}, {"uniform", []string{"maxout"}}, {"none", []string{"linear", "quick_gelu", "linear"}},
	}}
	// By layer and row 2 x 16 x 16 flops a map: 1 + 2 + 2 maps.
	require.EqualValues(t, 5*2*20*2*16*16, w.cost().Flops)
	p, err := c.begin(t.Context(), torchPeer, w, t.TempDir(), "cpu")
	require.NoError(t, err)
	defer p.stop()
	s, err := p.seconds(2)
	require.NoError(t, err)
	require.Positive(t, s)
}

// A work beyond the memory that it may take is refused in a line, and the peer lives on.
func TestPeerRefusesWhatIsTooLarge(t *testing.T) {
	c := called(t, numpyPeer)
	folder := t.TempDir()
	w := matmulWork{N: 1024} // 4 MiB of result
	require.NoError(t, writeInputs(w.inputs(), folder))
	p, err := c.start(t.Context(), numpyPeer, nil, []string{"matmul", folder, "cpu", "1", "65536", `{"NT": false}`})
	require.NoError(t, err)
	defer p.stop()
	for range 2 {
		_, err = p.seconds(1)
		require.ErrorAs(t, err, new(refusal))
		require.Empty(t, fault(numpyPeer, "matmul", err))
	}
}

// The programs are Python, and the tiles of the Triton peer are the loss and its gradients, which
// needs no GPU.
func TestPeerPrograms(t *testing.T) {
	c := called(t, numpyPeer)
	files, err := filepath.Glob("peers/*.py")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), c.python, "-c", "import sys; compile(sys.stdin.read(), sys.argv[1], 'exec')", file)
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		go func() { in.Write(text); in.Close() }()
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	out, err := exec.CommandContext(t.Context(), c.python, c.program("triton_infonce.py"), "--self-test").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "dscale: error")
}
