package tensorfile

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every binary16 number against its definition in float64.
func TestHalfIsExact(t *testing.T) {
	for u := range 1 << 16 {
		h := uint16(u)
		s, e, f := 1.0, int(h>>10&31), float64(h&1023)
		if h&0x8000 != 0 {
			s = -1
		}
		got := float64(halfToFloat32(h))
		switch {
		case e == 31 && f != 0:
			require.True(t, math.IsNaN(got), "%#04x", h)
			continue
		case e == 31:
			require.Equal(t, math.Inf(int(s)), got, "%#04x", h)
			continue
		}
		want := s * math.Ldexp(f/1024, -14)
		if e > 0 {
			want = s * math.Ldexp(1+f/1024, e-15)
		}
		require.Equal(t, math.Float64bits(want), math.Float64bits(got), "%#04x: got %g, want %g", h, got, want)
	}
}

// Landmarks of IEEE 754-2008, table 3.5 (binary16).
func TestHalfLandmarks(t *testing.T) {
	for h, want := range map[uint16]float32{
		0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3c00: 1, 0x3c01: 1 + 0x1p-10,
		0x7bff: 65504, 0xc000: -2, 0x3555: 0.333251953125,
	} {
		require.Equal(t, want, halfToFloat32(h), "%#04x", h)
	}
	require.True(t, math.Signbit(float64(halfToFloat32(0x8000))))
}
