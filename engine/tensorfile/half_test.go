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

// Every binary16 and every bfloat16 number comes back from its value.
func TestNarrowIsTheInverse(t *testing.T) {
	for u := range 1 << 16 {
		h := uint16(u)
		if v := float64(halfToFloat32(h)); v == v {
			require.Equal(t, h, narrow(v, 5, 10), "%#04x", h)
		} else {
			require.Equal(t, h|0x200, narrow(v, 5, 10), "%#04x", h) // quiet
		}
		if v := float64(math.Float32frombits(uint32(h) << 16)); v == v {
			require.Equal(t, h, narrow(v, 8, 7), "%#04x", h)
		} else {
			require.Equal(t, h|0x40, narrow(v, 8, 7), "%#04x", h)
		}
	}
}

// Between two neighbours the nearer one, at the middle the even one, also where a float32
// on the way would round twice.
func TestNarrowRoundsToNearestEven(t *testing.T) {
	for u := range 0x7c00 {
		h := uint16(u)
		a, b := float64(halfToFloat32(h)), float64(halfToFloat32(h+1))
		if u == 0x7bff {
			b = 65536 // where the next number would be; Inf stands for it
		}
		middle := (a + b) / 2
		require.Equal(t, h, narrow(math.Nextafter(middle, a), 5, 10), "below the middle of %#04x", h)
		require.Equal(t, h+1, narrow(math.Nextafter(middle, b), 5, 10), "above the middle of %#04x", h)
		require.Equal(t, h+h&1, narrow(middle, 5, 10), "the middle of %#04x", h)
		require.Equal(t, 0x8000|(h+h&1), narrow(-middle, 5, 10), "minus the middle of %#04x", h)
	}
	for u := range 0x7f80 {
		h := uint16(u)
		a := float64(math.Float32frombits(uint32(h) << 16))
		b := float64(math.Float32frombits(uint32(h+1) << 16))
		if u == 0x7f7f {
			b = 0x1p128
		}
		require.Equal(t, h+h&1, narrow((a+b)/2, 8, 7), "the middle of %#04x", h)
		require.Equal(t, h, narrow(math.Nextafter((a+b)/2, a), 8, 7), "below the middle of %#04x", h)
	}
	for v, want := range map[float64]uint16{1e300: 0x7c00, -1e300: 0xfc00, 1e-300: 0, 5e-324: 0, 0x1p-25: 0, 0x1.8p-25: 1} {
		require.Equal(t, want, narrow(v, 5, 10), "%g", v)
	}
}
