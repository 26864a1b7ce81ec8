package embed

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// double is an encoder of pairs of numbers that multiplies them by 2.
func double(d *engine.Device) *Encoder[float32] {
	return &Encoder[float32]{Width: 2, Size: 2, Bytes: 16, device: d, forward: func(tp *nn.Tape, in []float32, n int) *nn.Value {
		x := tp.Scope().Upload(in, n, 2)
		kernels.Scale(x, 2, x)
		return nn.Const(x)
	}}
}

func TestEncoder(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	e := double(d)
	rows, err := e.Embed([]float32{1, 2, 3, 4, 5, 6})
	require.NoError(t, err)
	require.Equal(t, []float32{2, 4, 6, 8, 10, 12}, rows)
	require.Zero(t, d.Memory().Live, "a batch leaves nothing on the device")
	require.Panics(t, func() { e.Embed([]float32{1, 2, 3}) })
}

// Batches are what half of the free memory holds.
func TestEncoderBatch(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	e := double(d)
	require.Equal(t, 64, e.Batch())
	e.Bytes = d.Caps().MaxMemory / 20
	require.Equal(t, 10, e.Batch())
	e.Bytes = math.MaxInt64
	require.Equal(t, 1, e.Batch())
}

// The digest of an index covers its shards: their bytes are the weights.
func TestWeightsDigest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644))
		return filepath.Join(dir, name)
	}
	file := write("one", "abc")
	digest, err := weightsDigest(file, false)
	require.NoError(t, err)
	// FIPS 180-2, appendix B.1: the SHA-256 of "abc".
	require.Equal(t, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest)

	write("two", "x")
	index := write("index.json", `{"weight_map":{"a":"one","b":"two","c":"one"}}`)
	before, err := weightsDigest(index, true)
	require.NoError(t, err)
	write("two", "y")
	after, err := weightsDigest(index, true)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}
