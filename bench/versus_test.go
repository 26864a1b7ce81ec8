package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every goal of GPU-NOTES's section 10 that is measured here has a case, C5 being the autotuner's;
// no two rows of a device have one name; and every peer is known.
func TestPeerCases(t *testing.T) {
	cases := PeerCases(&Fig2bWork{})
	goals, rows := map[string]bool{}, map[string]bool{}
	own := []string{gonumLib, ceilingPeer, copyPeer, sharedPeer, registerPeer, halfGemmPeer, exactPeer}
	for _, c := range cases {
		goals[c.Goal] = true
		require.Positive(t, c.Want, c.Name())
		require.True(t, programs[c.Peer] != "" || slices.Contains(own, c.Peer) || c.Measure == within, "%s: peer %q", c.Name(), c.Peer)
		for _, on := range []place{onHost, onSoft, onHard} {
			if c.Where&on != 0 {
				key := fmt.Sprint(on, c.Goal, c.Name(), c.Peer)
				require.False(t, rows[key], "two rows %s %s beside %s", c.Goal, c.Name(), c.Peer)
				rows[key] = true
			}
		}
	}
	for _, goal := range strings.Fields("C1 C2 C3 C4 C6 C7 C8 C9 C10 C11 H1 H3 H5 H6 H7 H8 H9 H11 H13 fig2b nets train") {
		require.True(t, goals[goal], goal)
	}
	require.Len(t, goals, 22)
	for _, c := range PeerCases(nil) {
		require.NotEqual(t, "fig2b", c.Goal)
	}
}

func TestChoose(t *testing.T) {
	cases := PeerCases(nil)
	all, err := choose(cases, nil)
	require.NoError(t, err)
	require.Len(t, all, len(cases))
	some, err := choose(cases, []string{"c3", "relu"})
	require.NoError(t, err)
	for _, c := range some {
		require.True(t, c.Goal == "C3" || c.Work.kind() == "relu", c.Name())
	}
	require.GreaterOrEqual(t, len(some), 3)
	_, err = choose(cases, []string{"C99"})
	require.ErrorContains(t, err, `no case is called "C99"; there are C1, C2,`)
}

// The fields of a row are a contract, in this order.
func TestPeersRowJSON(t *testing.T) {
	row := PeersRow{Goal: "C1", Ours: 2, Ratio: unknown, BytesOurs: 1 << 40, Wanted: 1}
	text, err := json.Marshal(row)
	require.NoError(t, err)
	var names []string
	d := json.NewDecoder(bytes.NewReader(text))
	_, err = d.Token()
	require.NoError(t, err)
	for d.More() {
		name, err := d.Token()
		require.NoError(t, err)
		names = append(names, name.(string))
		var value any
		require.NoError(t, d.Decode(&value))
	}
	require.Equal(t, strings.Fields(`goal case device ours peer peer_name unit ratio ratio_lo ratio_hi
		error_ours error_peer bytes_ours bytes_peer wanted met percent_of_roofline`), names)
	require.Contains(t, string(text), `"ratio":null`)
	require.Contains(t, string(text), `"bytes_ours":1099511627776`)
	text, err = json.Marshal(PeersReport{Rows: []PeersRow{row}})
	require.NoError(t, err)
	for _, name := range []string{"device", "machine_load", "busy", "peers", "rows"} {
		require.Contains(t, string(text), `"`+name+`":`)
	}
}

// A ratio is the peer's seconds over ours, of neighbouring rounds: we are four times as fast in each
// but one round, which does not move the median.
func TestRatios(t *testing.T) {
	e := &entry{side: side{samples: []float64{1, 2, 1, 1, 1}}}
	s := &side{samples: []float64{4, 8, 4, 1, 4}}
	row := PeersRow{Wanted: 4}
	row.fillSeconds(Roofline{}, matmulWork{N: 8}.cost(), e, s)
	row.settle()
	require.Equal(t, []Figure{1, 4, 4, 1, 4}, []Figure{row.Ours, row.Peer, row.Ratio, row.RatioLo, row.RatioHi})
	require.True(t, *row.Met)
	row.Wanted, row.Met = 4.5, nil
	row.settle()
	require.False(t, *row.Met)
	row.ratioOfOne(0, 0)
	require.EqualValues(t, 1, row.Ratio)
	row.ratioOfOne(6, 3)
	require.Equal(t, []Figure{2, 2, 2}, []Figure{row.Ratio, row.RatioLo, row.RatioHi})
	row = PeersRow{Wanted: 1, Ratio: unknown}
	row.settle()
	require.Nil(t, row.Met)
}

// Sides take turns; a peer that fails is left out, ours is an error.
func TestTakeTurns(t *testing.T) {
	var order []string
	make := func(name string, ours bool, fails int) *side {
		n := 0
		return &side{name: name, mine: ours, first: 1, run: func(int) (float64, error) {
			order = append(order, name)
			if n++; n == fails {
				return 0, errors.New(name + " is gone")
			}
			return 0.5, nil
		}}
	}
	a, b, c := make("a", true, 0), make("b", false, 2), make("c", false, 0)
	l := Limits{Rounds: 3, Budget: time.Hour}
	require.NoError(t, takeTurns(t.Context(), l, []*side{a, b, c}))
	count := map[string]int{}
	for _, name := range order {
		count[name]++
	}
	require.Equal(t, map[string]int{"a": 3, "b": 2, "c": 3}, count)
	require.ElementsMatch(t, strings.Fields("a b c"), order[:3])
	require.ErrorContains(t, b.err, "b is gone")
	require.Equal(t, []float64{.5, .5, .5}, c.samples)
	require.ErrorContains(t, takeTurns(t.Context(), l, []*side{make("d", true, 1)}), "d is gone")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, takeTurns(ctx, l, []*side{make("e", false, 0)}), context.Canceled)
	// Rounds that take long are fewer, but five.
	f := make("f", true, 0)
	require.NoError(t, takeTurns(t.Context(), Limits{Rounds: 12, Budget: time.Second}, []*side{f}))
	require.Len(t, f.samples, 5)
}

func TestFar(t *testing.T) {
	want := results{"x": {1, -4}, "y": {0.5}}
	for _, c := range []struct {
		got  results
		want Figure
	}{
		{results{"x": {1, -4}, "y": {0.5}}, 0},
		{results{"x": {1.5, -4}, "y": {0.5}}, 0.125}, // 0.5 of 4
		{results{"x": {1.5, -4}, "y": {0.75}}, 0.5},  // 0.25 of 0.5
	} {
		got, err := far(c.got, want)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	nan, err := far(results{"x": {1, 0 / zero}, "y": {0.5}}, want)
	require.NoError(t, err)
	require.Greater(t, float64(nan), 1e300)
	_, err = far(results{"x": {1}}, want)
	require.Error(t, err)
	none, err := far(nil, nil)
	require.NoError(t, err)
	require.False(t, none.known())
}

var zero float64
