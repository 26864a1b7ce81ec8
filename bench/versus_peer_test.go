package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
)

// arraysPeer answers as the peers in Python do, and multiplies matrices: one run takes it a quarter
// of a second, it says. MINDGAP_TEST_END says at which run it ends, and whether it says why.
func arraysPeer() {
	folder, end := os.Args[2], os.Getenv("MINDGAP_TEST_END")
	var sizes matmulWork
	if err := json.Unmarshal([]byte(os.Args[6]), &sizes); err != nil {
		panic(err)
	}
	read := func(name string) []float32 {
		r, err := tensorfile.OpenNPY(filepath.Join(folder, name+".npy"))
		if err != nil {
			panic(err)
		}
		defer r.Close()
		x, err := r.ReadAll()
		if err != nil {
			panic(err)
		}
		return x
	}
	a, b, n := read("a"), read("b"), sizes.N
	c := make([]float32, n*n)
	fmt.Println(`{"versions": "fake 2.0"}`)
	runs := 0
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch command := strings.Fields(in.Text()); command[0] {
		case "run":
			if runs++; end == fmt.Sprint("die ", runs) {
				return
			}
			if end == fmt.Sprint("refuse ", runs) {
				fmt.Println("error can't allocate memory")
				continue
			}
			for i := range c {
				c[i] = 0
				for k := range n {
					c[i] += a[i/n*n+k] * b[k*n+i%n]
				}
			}
			fmt.Println(0.25)
		case "memory":
			fmt.Println(4 * n * n)
		case "save":
			if err := tensorfile.WriteNPY(filepath.Join(folder, "with_numpy.c.npy"), []int{n, n}, c); err != nil {
				panic(err)
			}
			fmt.Println("c")
		}
	}
}

// fakeCast has arraysPeer for NumPy, or nobody.
func fakeCast(end string, there bool) func(context.Context, string, string) (*cast, error) {
	return func(_ context.Context, python, dir string) (*cast, error) {
		c := &cast{python: python, dir: dir, versions: map[string]string{"python": "found", gonumLib: "1"}}
		if there {
			c.versions[numpyPeer] = "2.0"
		}
		c.start = func(ctx context.Context, _ string, _, arguments []string) (*peer, error) {
			cmd := exec.CommandContext(ctx, os.Args[0], arguments...)
			cmd.Env = append(os.Environ(), "MINDGAP_TEST_PEER=arrays", "MINDGAP_TEST_END="+end)
			return startPeer(cmd, "")
		}
		return c, nil
	}
}

var tinyMatmul = matmulWork{N: 96}

func tinyRun(t *testing.T, who func(context.Context, string, string) (*cast, error), cases ...Case) *PeersReport {
	t.Helper()
	o := PeersOptions{Devices: []string{"host"}, Python: "fake", Step: func(string) {}}
	r, err := runCases(t.Context(), o, cases, Limits{Warm: time.Microsecond, Rounds: 3, Budget: time.Second}, who)
	require.NoError(t, err)
	require.Len(t, r.Rows, len(cases))
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	require.Contains(t, md.String(), "| "+cases[0].Goal+" |")
	return r
}

func TestPeersBesideAFake(t *testing.T) {
	r := tinyRun(t, fakeCast("", true),
		Case{Goal: "C2", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Want: 1e-9},
		Case{Goal: "C1", Work: tinyMatmul, Where: onHost, Peer: gonumLib, Want: 1e9},
		Case{Goal: "C6", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Measure: memory, Want: 1},
		Case{Goal: "C11", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Measure: accuracy, Want: 1},
		Case{Goal: "C11", Work: tinyMatmul, Where: onHost, Peer: exactPeer, Measure: repeats, Want: 1},
	)
	require.Empty(t, r.Faults)
	require.Empty(t, r.Missing())
	require.Equal(t, map[string]string{"numpy": "2.0", "gonum": "1"}, r.Peers)
	timed := r.Rows[0]
	require.InDelta(t, 0.25, float64(timed.Peer), 0)
	require.Positive(t, float64(timed.Ours))
	require.Positive(t, float64(timed.Percent))
	require.NotEmpty(t, timed.Limit)
	require.True(t, *timed.Met)
	require.EqualValues(t, 4*96*96, timed.BytesPeer)
	require.GreaterOrEqual(t, float64(timed.BytesOurs), 4.*96*96)
	// A sum of 96 products of numbers of size 1: errors of some 2^-24, relative to sums of size 10.
	for _, e := range []Figure{timed.ErrorOurs, timed.ErrorPeer, r.Rows[1].ErrorPeer} {
		require.Greater(t, float64(e), 0.)
		require.Less(t, float64(e), engine.Gamma(96))
	}
	require.False(t, *r.Rows[1].Met)
	require.InEpsilon(t, float64(timed.BytesPeer/timed.BytesOurs), float64(r.Rows[2].Ratio), 1e-12)
	require.InEpsilon(t, float64(timed.ErrorPeer/timed.ErrorOurs), float64(r.Rows[3].Ratio), 1e-12)
	require.EqualValues(t, 10, r.Rows[4].Ours)
	require.True(t, *r.Rows[4].Met)
}

func TestPeersWithoutOne(t *testing.T) {
	r := tinyRun(t, fakeCast("", false), Case{Goal: "C2", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Want: 1})
	require.Equal(t, []string{"numpy is missing: apt install python3-numpy libopenblas0-pthread, or pip install numpy"}, r.Missing())
	require.Positive(t, float64(r.Rows[0].Ours))
	require.False(t, r.Rows[0].Ratio.known())
	require.Nil(t, r.Rows[0].Met)
	require.Contains(t, r.Rows[0].Note, "numpy is not here")
	require.Empty(t, r.Faults)
}

// A peer that ends in the middle costs its own ratios alone.
func TestPeersOneEnds(t *testing.T) {
	for _, end := range []string{"die 1", "die 3"} {
		r := tinyRun(t, fakeCast(end, true),
			Case{Goal: "C2", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Want: 1},
			Case{Goal: "C1", Work: tinyMatmul, Where: onHost, Peer: gonumLib, Want: 1e-9},
		)
		require.Len(t, r.Faults, 1)
		require.Contains(t, r.Faults[0], "numpy, matmul NN 96: ")
		require.Contains(t, r.Faults[0], "ended without an answer")
		require.False(t, r.Rows[0].Ratio.known())
		require.Positive(t, float64(r.Rows[0].Ours))
		require.True(t, *r.Rows[1].Met)
	}
}

// A peer that has not memory enough says so: no fault, and where memory is the goal it is met.
func TestPeersOneRefuses(t *testing.T) {
	r := tinyRun(t, fakeCast("refuse 1", true),
		Case{Goal: "C6", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Measure: memory, Want: 50},
		Case{Goal: "C2", Work: tinyMatmul, Where: onHost, Peer: numpyPeer, Want: 1},
	)
	require.Empty(t, r.Faults)
	require.True(t, *r.Rows[0].Met)
	require.Contains(t, r.Rows[0].Note, "numpy: can't allocate memory")
	require.Nil(t, r.Rows[1].Met)
	require.False(t, r.Rows[0].Ratio.known())
}

// Goal C5 tunes kernels and says how far the choices are from the best.
func TestPeersTuneOnGL(t *testing.T) {
	needGL(t)
	o := PeersOptions{Devices: []string{"host", "gl"}, Names: []string{"c5"}, Python: "none", Step: func(string) {}, Tune: []engine.Spec{toy("good", "slow SLOW=900")}}
	r, err := runCases(t.Context(), o, PeerCases(nil), tiny, gather)
	require.NoError(t, err)
	require.Len(t, r.Rows, 2)
	require.Equal(t, "C5", r.Rows[0].Goal)
	require.EqualValues(t, 1, r.Rows[0].Ratio)
	require.True(t, *r.Rows[0].Met)
	require.Positive(t, r.Rows[1].Ratio)
}

// What the device's own kernels are held against, on OpenGL: the variants that are forced are there.
func TestPeersOwnOnGL(t *testing.T) {
	needGL(t)
	var cases []Case
	for _, peer := range []string{ceilingPeer, copyPeer, sharedPeer, registerPeer, halfGemmPeer} {
		cases = append(cases, Case{Goal: "C4", Work: tinyMatmul, Where: onSoft | onHard, Peer: peer, Want: 1e-9})
	}
	o := PeersOptions{Devices: []string{"gl"}, Python: "none", Step: func(string) {}}
	r, err := runCases(t.Context(), o, cases, Limits{Warm: time.Microsecond, Rounds: 2, Budget: time.Second}, gather)
	require.NoError(t, err)
	for _, row := range r.Rows {
		require.True(t, *row.Met, row.PeerName)
	}
	require.Less(t, float64(r.Rows[2].ErrorPeer), engine.Gamma(96))
}

func TestPeersWithoutPython(t *testing.T) {
	_, err := gather(t.Context(), "no-such-python", t.TempDir())
	require.ErrorContains(t, err, "no-such-python is not there: install Python 3")
	c, err := gather(t.Context(), "none", t.TempDir())
	require.NoError(t, err)
	require.False(t, c.has(torchPeer, onHost))
	require.True(t, c.has(gonumLib, onHost))
	said := c.said([]Case{{Work: tinyMatmul, Where: onHost, Peer: numpyPeer}}, onHost)
	require.Equal(t, "left out by --python none", said[numpyPeer])
	_, err = gather(t.Context(), "go", t.TempDir()) // a program that is no Python
	require.ErrorContains(t, err, "does not run the peers' programs")
}
