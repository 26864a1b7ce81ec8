package nn

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSchedule(t *testing.T) {
	s := Schedule{Rate: 2, Warmup: 4, Steps: 12, Floor: 0.1}
	require.InDelta(t, 0.5, s.At(0), 1e-15)
	require.InDelta(t, 2, s.At(3), 1e-15)
	require.InDelta(t, 2, s.At(4), 1e-15)
	require.InDelta(t, 2*(0.1+0.9/2), s.At(8), 1e-12) // half of the way down the cosine
	require.InDelta(t, 0.2, s.At(12), 1e-12)
	require.InDelta(t, 0.2, s.At(100), 1e-12)
	require.InDelta(t, 2, Schedule{Rate: 2}.At(1000), 0)
}
