package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain becomes a peer when a test starts this binary as one: it answers as
// peers/preprocess.py does.
func TestMain(m *testing.M) {
	role := os.Getenv("MINDGAP_TEST_PEER")
	if role == "" {
		os.Exit(m.Run())
	}
	switch role {
	case "lacking":
		fmt.Println(`{"missing": ["torchvision", "pillow"]}`)
		return
	case "silent":
		return
	case "chatty":
		fmt.Println("Hello")
		return
	case "arrays":
		arraysPeer()
		return
	}
	fmt.Println(`{"versions": "fake 1.0"}`)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if strings.HasPrefix(in.Text(), "hash") {
			fmt.Println(os.Getenv("MINDGAP_TEST_HASHES"))
		} else {
			fmt.Println("0.5 0.25")
		}
	}
}

func fakePeer(t *testing.T, role, hashes string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "MINDGAP_TEST_PEER="+role, "MINDGAP_TEST_HASHES="+hashes)
	return cmd
}

func TestImages(t *testing.T) {
	const round = 3
	names, size, err := writePhotos(t.TempDir(), 2)
	require.NoError(t, err)
	w, err := newImagesWork(names, round)
	require.NoError(t, err)
	hashes := strings.Join(w.hashes(), " ")
	limits := Limits{Rounds: 2}
	for _, equal := range []bool{true, false} {
		answer := hashes
		if !equal {
			answer = hashes[1:]
		}
		r := &ImagesReport{CopyGBs: 10}
		err := r.run(t.Context(), fakePeer(t, "good", answer), names, size, round, limits, func(string) {})
		require.NoError(t, err)
		require.Equal(t, equal, r.Equal)
		require.Equal(t, "fake 1.0", r.Peer)
		require.Len(t, r.Rows, 3)
		for _, row := range r.Rows {
			require.Equal(t, Interval{round / 0.5, round / 0.5, round / 0.5, 2}, row.Theirs)
			require.InDelta(t, 1000*0.25/round, row.PeerCPU, 1e-9)
			require.InEpsilon(t, 100*row.Ours.Median*stageBytes(row.Stage, size)/10e9, row.Percent, 1e-9)
			require.InEpsilon(t, row.Ours.Median/row.Theirs.Median, row.Ratio.Median, 1e-9)
		}
		var text, md bytes.Buffer
		require.NoError(t, r.WriteText(&text))
		require.NoError(t, r.WriteMarkdown(&md))
		require.Contains(t, text.String(), "fake 1.0")
		require.Equal(t, equal, strings.Contains(text.String(), "the same bits"))
		require.Contains(t, md.String(), "| prepare |")
	}
	r := &ImagesReport{CopyGBs: 10}
	err = r.run(t.Context(), nil, names, size, round, limits, func(string) {})
	require.NoError(t, err)
	require.Empty(t, r.Peer)
	require.Positive(t, r.Rows[2].Ours.Median)
	_, err = json.Marshal(r)
	require.NoError(t, err)
}

func TestImagesPeerFails(t *testing.T) {
	names, size, err := writePhotos(t.TempDir(), 1)
	require.NoError(t, err)
	for role, want := range map[string]string{
		"lacking": "lacks torchvision, pillow; install them with `pip install",
		"silent":  "ended without an answer",
		"chatty":  `says "Hello"`,
	} {
		err := new(ImagesReport).run(t.Context(), fakePeer(t, role, ""), names, size, 1, tiny, func(string) {})
		require.ErrorContains(t, err, want)
	}
	_, err = Images(t.Context(), "no-such-python", tiny, func(string) {})
	require.ErrorContains(t, err, "no-such-python is not there: install Python 3, name another with --python")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = new(ImagesReport).run(ctx, nil, names, size, 1, tiny, func(string) {})
	require.ErrorIs(t, err, context.Canceled)
}

// COCO's photographs take 156 kB on average (train2017: 118,287 files, 18 GB): the drawn ones must
// not be easier to decode.
func TestPhotos(t *testing.T) {
	names, size, err := writePhotos(t.TempDir(), 2)
	require.NoError(t, err)
	require.Greater(t, size, 130_000)
	require.Less(t, size, 190_000)
	a, err := os.ReadFile(names[0])
	require.NoError(t, err)
	b, err := os.ReadFile(names[1])
	require.NoError(t, err)
	require.NotEqual(t, a, b)
	c, err := jpeg.DecodeConfig(bytes.NewReader(a))
	require.NoError(t, err)
	require.Equal(t, [2]int{PhotoWidth, PhotoHeight}, [2]int{c.Width, c.Height})
}
