package contrastive

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// runToy trains a toy by a plan and gives its records without times.
func runToy(t *testing.T, d *engine.Device, ctx context.Context, p Plan, resume bool) (records []Record, err error) {
	s := d.Scope()
	defer s.Close()
	tr, err := NewTrainer(d, toy(s, 1, 50), 50, toyConfig())
	require.NoError(t, err)
	defer tr.Close()
	if resume {
		require.NoError(t, tr.Resume(p.Checkpoint))
	}
	p.Report = func(r Record) error {
		r.Seconds, r.PerPairs = 0, 0
		records = append(records, r)
		return nil
	}
	return records, tr.Run(ctx, p)
}

// A run that is interrupted between two records makes, with the one that goes on, the records
// and the checkpoint of one that is not.
func TestRunGoesOn(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		dir := t.TempDir()
		whole := Plan{Steps: 20, Every: 6, SaveEvery: 4, Checkpoint: filepath.Join(dir, "whole.safetensors")}
		want, err := runToy(t, d, t.Context(), whole, false)
		require.NoError(t, err)
		require.Len(t, want, 5, "steps 0, 6, 12, 18 and 20")

		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("enough")
		parts := whole
		parts.Checkpoint = filepath.Join(dir, "parts.safetensors")
		parts.Step = func(done int) {
			if done == 9 {
				cancel(stop)
			}
		}
		first, err := runToy(t, d, ctx, parts, false)
		require.ErrorIs(t, err, stop)
		rest, err := runToy(t, d, t.Context(), parts, true)
		require.NoError(t, err)
		require.Equal(t, want, append(first, rest...))
		a, err := os.ReadFile(whole.Checkpoint)
		require.NoError(t, err)
		b, err := os.ReadFile(parts.Checkpoint)
		require.NoError(t, err)
		require.True(t, string(a) == string(b), "the checkpoints differ")
	})
}

// What cannot be saved at an interrupt is not passed over as a mere interrupt.
func TestInterruptThatCannotSave(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	p := Plan{Steps: 20, Checkpoint: filepath.Join(t.TempDir(), "no-such-folder", "x.safetensors"), Step: func(int) { cancel() }}
	_, err = runToy(t, d, ctx, p, false)
	require.ErrorContains(t, err, "no-such-folder")
	require.NotErrorIs(t, err, context.Canceled)
}

// A step whose loss is finite may still leave parameters that are not: no checkpoint of them
// replaces the last good one.
func TestSaveRefusesParametersThatAreNoNumbers(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	m := toy(s, 1, 50)
	tr, err := NewTrainer(d, m, 50, toyConfig())
	require.NoError(t, err)
	defer tr.Close()
	require.NoError(t, tr.Step())
	file := filepath.Join(t.TempDir(), "run.safetensors")
	require.NoError(t, tr.Save(file, nil))
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	bad := m.Params.Find("image.down.weight").Value.T
	row := make([]float32, bad.Cols())
	row[2] = float32(math.Inf(1))
	bad.Slice(0, 0, 1).Write(row)
	err = tr.Save(file, nil)
	var nan *NotFinite
	require.ErrorAs(t, err, &nan)
	require.Equal(t, NotFinite{Step: 1, Tensor: "image.down.weight"}, *nan)
	require.ErrorContains(t, err, "after step 1 parameter image.down.weight is not finite")
	now, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, good, now)
}

// A full disk ends the run with the name of the checkpoint; /dev/full stands for one.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	_, err = runToy(t, d, t.Context(), Plan{Steps: 9, SaveEvery: 3, Checkpoint: "/dev/full", Step: func(done int) { require.LessOrEqual(t, done, 3) }}, false)
	require.ErrorContains(t, err, "/dev/full")
	require.ErrorContains(t, err, "no space left")
}
