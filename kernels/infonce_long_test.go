package kernels

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// N = 65536 pairs have 4.3e9 logits, 16 GiB: forward and backward must finish within 1 GiB of
// process memory. Minutes long: runs with MINDGAP_LONG=1 only, one device per process (name it
// with -run), since the peak is the process's.
func TestLongInfoNCEOf65536(t *testing.T) {
	if os.Getenv("MINDGAP_LONG") != "1" {
		t.Skip("make test-long runs this")
	}
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		c := newContrast(65536, 64, 14.3, InfoNCESymmetric, 13)
		start := time.Now()
		c.run(t, dev, 0, false)
		peak := peakMemory(t)
		t.Logf("%s: n=%d d=%d forward and backward in %v, peak memory %s, loss %g",
			dev.Caps().Renderer, c.n, c.d, time.Since(start).Round(time.Millisecond), engine.Bytes(peak), c.loss)
		require.Less(t, peak, int64(1<<30))
	})
}

// peakMemory is the most memory that this process ever held, in bytes.
func peakMemory(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc/self/status on this system")
	}
	for line := range strings.Lines(string(status)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	t.Fatal("no VmHWM in /proc/self/status")
	return 0
}
