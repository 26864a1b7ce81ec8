package train

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive"
)

// A run that is interrupted, twice, and goes on ends with the bytes of one that was not: log,
// checkpoint, weights, embeddings, page.
func TestRunGoesOnToTheSameBytes(t *testing.T) {
	rows, pictures := embeddingsOf(rowFiles(t, 50, 9, 9)), picturesOf(sceneFolder(t, 40))
	for _, name := range devices() {
		d := openDevice(t, name)
		for _, c := range []struct {
			name   string
			open   opener
			change func(*Options)
		}{
			{"linear heads", rows, func(o *Options) {}},
			{"mlp heads, amended, chunks, mismatched, scheduled", rows, func(o *Options) {
				o.Head, o.Init, o.Chunk, o.Mismatch, o.Temperature, o.TauEnd = "mlp", "amended", 3, 0.3, "schedule", 0.01
			}},
			{"a CLIP, amended", pictures, func(o *Options) { o.Init, o.Steps, o.Every = "amended", 5, 2 }},
		} {
			if name != "host" && strings.HasPrefix(c.name, "a CLIP") {
				continue // the heads show that another device goes on alike
			}
			t.Run(name+" "+c.name, func(t *testing.T) {
				o := options()
				c.change(&o)
				whole, parts := t.TempDir(), t.TempDir()
				out, err := runIn(t, d, whole, c.open, o, 0)
				require.NoError(t, err)
				require.Equal(t, o.Steps, out.Steps)
				out, err = runIn(t, d, parts, c.open, o, 2)
				require.ErrorIs(t, err, errEnough)
				require.Equal(t, 2, out.Steps)
				require.True(t, exists(filepath.Join(parts, PageFile)), "an interrupted run has its page")
				_, err = runIn(t, d, parts, c.open, o, 1)
				require.ErrorIs(t, err, errEnough)
				out, err = runIn(t, d, parts, c.open, o, 0)
				require.NoError(t, err)
				require.Equal(t, o.Steps, out.Steps)
				for _, file := range []string{LogFile, CheckpointFile, WeightsFile, HeldOutFile, PageFile} {
					require.True(t, contents(t, filepath.Join(whole, file)) == contents(t, filepath.Join(parts, file)), "%s differs", file)
				}
			})
		}
		require.Zero(t, d.Memory().Live, "tensors left behind")
	}
}

// What a killed run recorded after its last checkpoint is dropped and recorded again.
func TestKilledRunGoesOn(t *testing.T) {
	d, open, o := openDevice(t, "host"), embeddingsOf(rowFiles(t, 50, 9, 9)), options()
	whole, killed := t.TempDir(), t.TempDir()
	_, err := runIn(t, d, whole, open, o, 0)
	require.NoError(t, err)
	_, err = runIn(t, d, killed, open, o, 5)
	require.ErrorIs(t, err, errEnough)
	log, err := os.OpenFile(filepath.Join(killed, LogFile), os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = log.WriteString(`{"step":8,"gap":77}` + "\n" + `{"step":12,"ga`)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	_, err = runIn(t, d, killed, open, o, 0)
	require.NoError(t, err)
	require.Equal(t, contents(t, filepath.Join(whole, LogFile)), contents(t, filepath.Join(killed, LogFile)))
	require.Equal(t, 4, strings.Count(contents(t, filepath.Join(whole, LogFile)), "\n"), "records at 0, 4, 8 and 12")
}

// Without a checkpoint a run begins anew.
func TestRunWithoutCheckpointBeginsAnew(t *testing.T) {
	d, open, o := openDevice(t, "host"), embeddingsOf(rowFiles(t, 50, 9, 9)), options()
	dir := t.TempDir()
	_, err := runIn(t, d, dir, open, o, 3)
	require.ErrorIs(t, err, errEnough)
	require.NoError(t, os.Remove(filepath.Join(dir, CheckpointFile)))
	out, err := runIn(t, d, dir, open, o, 0)
	require.NoError(t, err)
	require.Equal(t, 12, out.Steps)
	require.Len(t, out.Records, 4)
}

// A loss that is no number ends the run, by step and tensor, and the last good checkpoint stays.
func TestLossThatIsNoNumber(t *testing.T) {
	d, open, o := openDevice(t, "host"), embeddingsOf(rowFiles(t, 50, 9, 9)), options()
	o.Clip, o.Rate, o.Warmup, o.SaveEvery, o.Steps, o.Every = 0, 1e38, 40, 1, 40, 100
	o.Decay = 1e6
	dir := t.TempDir()
	out, err := runIn(t, d, dir, open, o, 0)
	var nan *contrastive.NotFinite
	require.True(t, errors.As(err, &nan), "%v", err)
	require.NotEmpty(t, nan.Tensor)
	require.Positive(t, out.Steps)
	require.Less(t, out.Steps, 40)
	if nan.Step > 1 {
		require.True(t, exists(filepath.Join(dir, CheckpointFile)))
	}
	require.True(t, exists(filepath.Join(dir, PageFile)))
	require.False(t, exists(filepath.Join(dir, WeightsFile)))
}

// A full disk ends the run with the name of the file; /dev/full stands for it.
func TestFullDisk(t *testing.T) {
	if !exists("/dev/full") {
		t.Skip("no /dev/full on this system")
	}
	d, open, o := openDevice(t, "host"), embeddingsOf(rowFiles(t, 50, 9, 9)), options()
	dir := t.TempDir()
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(dir, HeldOutFile)))
	_, err := runIn(t, d, dir, open, o, 0)
	require.ErrorContains(t, err, HeldOutFile)
	require.ErrorContains(t, err, "no space left")
	require.True(t, exists(filepath.Join(dir, CheckpointFile)), "what was saved before is kept")
	require.NoError(t, os.Remove(filepath.Join(dir, HeldOutFile)))
	out, err := runIn(t, d, dir, open, o, 0)
	require.NoError(t, err, "with room again the run ends")
	require.Equal(t, 12, out.Steps)

	l, err := openLog(filepath.Join(t.TempDir(), LogFile), 0)
	require.NoError(t, err)
	l.close()
	l.f, err = os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	err = l.add(Record{Step: 7})
	l.close()
	require.ErrorContains(t, err, LogFile+": cannot be written at step 7: no space left")
	require.Empty(t, l.Records)
}

func TestOpenLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), LogFile)
	require.NoError(t, os.WriteFile(name, []byte("{\"step\":0}\n{\"step\":5}\n{\"step\":10}\n{\"st"), 0o644))
	l, err := openLog(name, 7)
	require.NoError(t, err)
	l.close()
	require.Len(t, l.Records, 2)
	require.Equal(t, "{\"step\":0}\n{\"step\":5}\n", contents(t, name))
	require.NoError(t, os.WriteFile(name, []byte("{\"step\":0}\nnonsense\n{\"step\":10}\n"), 0o644))
	_, err = openLog(name, 7)
	require.ErrorContains(t, err, "line 2 is no record")
	l, err = openLog(name, 0)
	require.NoError(t, err, "a run from the beginning keeps nothing")
	l.close()
	require.Empty(t, contents(t, name))
}
