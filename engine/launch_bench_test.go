package engine

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// What one small launch costs from Run to the end of its work, in a list of many: time and
// allocations. On a software device the work itself is part of it.
func BenchmarkLaunch(b *testing.B) {
	for _, name := range []string{"host", "gl"} {
		b.Run(name, func(b *testing.B) {
			if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
				b.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
			}
			d, err := Open(name)
			require.NoError(b, err)
			defer d.Close()
			s := d.Scope()
			defer s.Close()
			k := doubleKernel()
			x, y := s.Zeros(64), s.Floats(64)
			k.Run(doubleParams{64}, y, x) // compiles
			require.NoError(b, d.Sync())
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N { // not b.Loop: the clock runs until the device is done
				k.Run(doubleParams{64}, y, x)
			}
			require.NoError(b, d.Sync())
		})
	}
}

// A temporary tensor: from the pool and back.
func BenchmarkScope(b *testing.B) {
	d, err := Open("host")
	require.NoError(b, err)
	defer d.Close()
	b.ReportAllocs()
	for b.Loop() {
		s := d.Scope()
		s.Floats(8, 8)
		s.Close()
	}
}
