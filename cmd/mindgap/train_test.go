package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/train"
	"mindgap/engine/tensorfile"
)

// randomRows writes n random rows of d numbers.
func randomRows(t *testing.T, name string, n, d int) string {
	r := rand.New(rand.NewPCG(uint64(n), uint64(d)))
	rows := make([]float32, n*d)
	for i := range rows {
		rows[i] = float32(r.NormFloat64())
	}
	file := filepath.Join(t.TempDir(), name)
	w, err := tensorfile.CreateNPY(file, tensorfile.Float32, d)
	require.NoError(t, err)
	require.NoError(t, w.WriteRows(rows))
	require.NoError(t, w.Close())
	return file
}

// Each fault is one line, exit status 2, and leaves no run behind.
func TestTrainWrongUse(t *testing.T) {
	a, b := randomRows(t, "a.npy", 20, 4), randomRows(t, "b.npy", 20, 3)
	short := randomRows(t, "short.npy", 19, 3)
	for _, c := range []struct{ args, says string }{
		{"", "a folder of images with captions, two files of embeddings, or scenes"},
		{a + " " + b + " " + b, "accepts at most 2"},
		{a + " " + short, "short.npy: 19 rows, but "},
		{a + " " + b + " --batch 1", "a batch of 1 has no other pair to tell apart"},
		{a + " " + b + " --batch 19", "a batch of 19 is larger than the 18 pairs"},
		{a + " " + b + " --temperature fixed --tau 1e-9", "a logit scale of 1e+09 overflows"},
		{a + " " + b + " --tau 0", "want positive numbers"},
		{a + " " + b + " --loss infonse", "did you mean infonce?"},
		{a + " " + b + " --init amnded", "did you mean amended?"},
		{a + " " + b + " --init shared", "rows of 4 numbers"},
		{a + " " + b + " --temperature lerned", "did you mean learned?"},
		{a + " " + b + " --head linaer", "did you mean linear?"},
		{a + " " + b + " --head resnet", "want linear, mlp"},
		{a + " " + b + " --model tiny", "--model is for images with captions; this is a run on embeddings"},
		{a + " " + b + " --pairs 3", "--pairs is for drawn scenes"},
		{a + " " + b + " --mismatch 2", "want 0 to 1"},
		{a + " " + b + " --lr -1", "learning rate -1"},
		{a + " " + b + " --hold-out 19", "leaves 1 of 20 pairs"},
		{a + " " + b + " --epochs x", "`mindgap train --help`"},
		{a + " " + b + " --resume", "holds no run to go on with"},
		{"/no/such/folder", "no such file"},
		{"/no/such/folder --head mlp", "--head is for embeddings"},
		{"scenes --pairs 1", "at least 2 scenes"},
		{"scenes --init shared", "other widths"},
		{"scenes extra", "extra"},
	} {
		out := filepath.Join(t.TempDir(), "run")
		code, stdout, stderr := cli(t, nil, append(strings.Fields("train "+c.args), "--device", "host", "--out", out)...)
		require.Equal(t, 2, code, "%s: %s", c.args, stderr)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.says, c.args)
		require.Equal(t, 1, strings.Count(stderr, "\n"), "%s: %s", c.args, stderr)
		require.NoFileExists(t, filepath.Join(out, train.SettingsFile), c.args)
	}
	code, _, stderr := cli(t, nil, "train", a, b, "--device", "gl:99", "--out", t.TempDir())
	require.Equal(t, 3, code, stderr)
}

// A run of a few steps, its document, and what is refused afterwards.
func TestTrain(t *testing.T) {
	a, b := randomRows(t, "a.npy", 40, 4), randomRows(t, "b.npy", 40, 6)
	out := filepath.Join(t.TempDir(), "a run")
	args := []string{"train", a, b, "--device", "host", "--out", out}
	few := append(args, "--steps", "6", "--batch", "9", "--every", "3", "--temperature", "fixed", "--tau", "0.5")
	code, stdout, stderr := cli(t, nil, append(few, "--json")...)
	require.Zero(t, code, stderr)
	var doc struct {
		Page, Weights string
		HeldOut       string `json:"held_out"`
		Settings      train.Settings
		Steps, Of     int
		Records       []train.Record
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Equal(t, 6, doc.Steps)
	require.Len(t, doc.Records, 3)
	require.InDelta(t, 2, doc.Records[2].LogitScale, 1e-6, "1/0.5, fixed")
	require.Equal(t, 4, doc.Records[0].PairsMeasured, "a tenth is held out")
	require.Equal(t, "mindgap train "+a+" "+b+" --batch 9 --epochs 0 --every 3 --steps 6 --tau 0.5 --temperature fixed", doc.Settings.Command)
	for _, file := range []string{doc.Page, doc.Weights, doc.HeldOut} {
		require.FileExists(t, file)
	}
	require.Contains(t, stderr, "step 3 of 6  loss")
	code, stdout, _ = cli(t, nil, "inspect", doc.Weights, "--json")
	require.Zero(t, code)
	require.Contains(t, stdout, `"seed": "1"`)
	require.Contains(t, stdout, "a.weight")

	log, err := os.ReadFile(filepath.Join(out, train.LogFile))
	require.NoError(t, err)
	code, _, stderr = cli(t, nil, few...)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "holds a run already")
	code, _, stderr = cli(t, nil, append(args, "--resume", "--lr", "0.5", "--seed", "2")...)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--lr (0 in the run, 0.5 now), --seed (1 in the run, 2 now)")
	code, _, stderr = cli(t, nil, "train", "scenes", "--resume", "--out", out, "--device", "host")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "is on embeddings")
	code, _, stderr = cli(t, nil, "train", b, a, "--resume", "--out", out, "--device", "host")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "the first modality (the content has changed)")

	code, stdout, stderr = cli(t, nil, "train", "--resume", "--out", out, "--device", "host")
	require.Zero(t, code, "a finished run is finished: %s", stderr)
	require.Contains(t, stdout, "6 steps on a and b")
	now, err := os.ReadFile(filepath.Join(out, train.LogFile))
	require.NoError(t, err)
	require.Equal(t, string(log), string(now))
}

// Ctrl-C saves, says how to go on, and gives 130; going on needs nothing but the folder.
func TestTrainInterrupted(t *testing.T) {
	a, b := randomRows(t, "a.npy", 40, 4), randomRows(t, "b.npy", 40, 6)
	out := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { // as soon as the run has begun
		for {
			if data, _ := os.ReadFile(filepath.Join(out, train.LogFile)); bytes.Count(data, []byte("\n")) > 2 || ctx.Err() != nil {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var stdout, stderr bytes.Buffer
	code := newApp(&stdout, &stderr).run(ctx, []string{"train", a, b, "--device", "host", "--out", out, "--steps", "1000000", "--every", "1", "--save-every", "1000000"})
	require.Equal(t, 130, code, stderr.String())
	require.Contains(t, stderr.String(), "of 1000000 is saved; go on with: mindgap train --resume --out "+out)
	require.FileExists(t, filepath.Join(out, train.CheckpointFile))

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	stderr.Reset()
	code = newApp(&stdout, &stderr).run(ctx, []string{"train", "--resume", "--device", "host", "--out", out})
	require.Equal(t, 130, code, stderr.String())
	require.Contains(t, stderr.String(), "going on after step")
	require.Empty(t, stdout.String())
}

// A run on scenes goes on like any other.
func TestTrainScenes(t *testing.T) {
	out := t.TempDir()
	code, stdout, stderr := cli(t, nil, "train", "scenes", "--device", "host", "--out", out, "--pairs", "6", "--batch", "3", "--steps", "2", "--every", "1", "--hold-out", "2", "--warmup", "0")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "2 steps on drawn scenes, measured on 2 held-out pairs")
	code, again, stderr := cli(t, nil, "train", "--resume", "--out", out)
	require.Zero(t, code, stderr)
	require.Equal(t, stdout, again)
	code, _, stderr = cli(t, nil, "train", "scenes", "--resume", "--out", out, "--pairs", "7")
	require.Equal(t, 2, code, stderr)
	require.Contains(t, stderr, "--pairs (6 in the run, 7 now)")
}

// A loss that is no number is a check that does not hold.
func TestTrainNaN(t *testing.T) {
	a, b := randomRows(t, "a.npy", 40, 4), randomRows(t, "b.npy", 40, 6)
	out := t.TempDir()
	code, stdout, stderr := cli(t, nil, "train", a, b, "--device", "host", "--out", out, "--steps", "30", "--warmup", "0", "--every", "1",
		"--lr", "3e38", "--clip", "0", "--weight-decay", "0")
	require.Equal(t, 1, code, stderr)
	require.Empty(t, stdout)
	last := stderr[strings.LastIndex(strings.TrimSpace(stderr), "\n")+1:]
	require.Regexp(t, `^mindgap: (the loss of|after) step \d+ .*parameter \S+ is not finite`, last)
	require.NoFileExists(t, filepath.Join(out, train.WeightsFile))
}
