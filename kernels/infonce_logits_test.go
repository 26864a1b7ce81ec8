package kernels

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Kept logits give what is made anew, in every mode, at odd sizes, and at a scale where exp without
// the maximum would overflow.
func TestKeptLogits(t *testing.T) {
	onEveryDevice(t, testKeptLogits)
}

// The same where a device binds only some rows of the logits at once.
func TestKeptLogitsInWindows(t *testing.T) {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := engine.Open("gl", engine.WithBlockLimit(1<<18))
	require.NoError(t, err)
	defer d.Close()
	l := Logits{n: 300, ld: paddedRow(300)}
	require.Less(t, l.strip(d.Caps()), 300)
	testKeptLogits(t, d)
}

func testKeptLogits(t *testing.T, d *engine.Device) {
	for i, c := range []*contrast{
		newContrast(1, 7, 14.3, InfoNCESymmetric, 1), newContrast(300, 33, 14.3, InfoNCESymmetric, 3),
		newContrast(65, 32, 100, InfoNCERows, 5), newContrast(65, 32, 100, InfoNCECols, 6),
		newContrast(129, 64, 0, InfoNCESymmetric, 7), newContrast(90, 20, 1000, InfoNCESymmetric, 8),
	} {
		t.Run(fmt.Sprintf("n=%d d=%d scale=%g mode=%d", c.n, c.d, c.scale, c.mode), func(t *testing.T) {
			c.keep = true
			c.run(t, d, i%4, false)
			c.check(t, d.Caps().Math, 0)
			c.run(t, d, (4-i%4)%4, true)
			c.check(t, d.Caps().Math, 2)
		})
	}
}

// Logits are kept on GPUs for wide rows that are not too many; software devices keep none.
func TestWhenLogitsAreKept(t *testing.T) {
	gpu := engine.Caps{Kind: "gl", MaxMemory: 72 << 30}
	small := engine.Caps{Kind: "gl", MaxMemory: 8 << 30}
	for _, x := range []struct {
		caps engine.Caps
		n, d int
		want bool
	}{
		{gpu, 32768, 512, true}, {gpu, 32768, 128, false}, {gpu, 512, 512, false},
		{gpu, 65536, 512, false},                             // 2^32 elements
		{small, 16384, 512, false}, {small, 8192, 512, true}, // 1 GiB and more, of 8; 256 MiB
		{engine.Caps{Kind: "gl", Software: true, MaxMemory: 72 << 30}, 4096, 512, false},
	} {
		require.Equal(t, x.want, keepsLogits(x.caps, x.n, x.d), "%d x %d of %d bytes", x.n, x.d, x.caps.MaxMemory)
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		if d.Caps().Software {
			require.Nil(t, KeepLogits(s, 4096, 512))
		}
	})
}
