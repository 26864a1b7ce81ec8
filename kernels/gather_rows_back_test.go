package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Ids as texts have them: a few very often (padding and marks), most of them rarely, against
// a sum in float64; and twice, since the order of summing is fixed.
func TestGatherRowsBack(t *testing.T) {
	const rows, cols, ids = 500, 12, 40_000
	r := rand.New(rand.NewPCG(1, 1))
	index := make([]int32, ids)
	for i := range index {
		switch {
		case i%2 == 0: // 20,000 times: three stages of sums
			index[i] = 7
		case i%5 == 0:
			index[i] = 499
		default:
			index[i] = int32(10 + r.IntN(400)) // about 40 times each; other rows not at all
		}
	}
	grad := normals(2, ids*cols, 0)
	want, size := make([]float64, rows*cols), make([]float64, rows*cols)
	for i, id := range index {
		for c := range cols {
			want[int(id)*cols+c] += float64(grad[i*cols+c])
			size[int(id)*cols+c] += math.Abs(float64(grad[i*cols+c]))
		}
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		plan := NewGatherPlan(s, index, rows)
		require.Len(t, plan.heavy, 3)
		wide := s.Floats(ids, cols+3)
		dy := wide.SliceCols(0, cols)
		dy.Write(grad)
		for _, pad := range []int{0, 4} {
			dtable := s.Floats(rows, cols+pad).SliceCols(0, cols)
			GatherRowsBack(dtable, dy, plan, false)
			first := read(t, dtable)
			GatherRowsBack(dtable, dy, plan, true)
			for i, twice := range read(t, dtable) {
				// Three stages of at most 128 terms, and the sum with what was there.
				bound := engine.Gamma(3*gatherChunk) * size[i]
				require.InDelta(t, want[i], first[i], bound)
				require.InDelta(t, 2*want[i], twice, 2*bound+engine.U*math.Abs(2*want[i]))
			}
			GatherRowsBack(dtable, dy, plan, false)
			require.Equal(t, first, read(t, dtable), "to the bit")
		}
	})
}

// <GatherRows(table), dy> is linear in the table: its gradient along a direction is that of
// the definition, exactly up to rounding.
func TestGatherRowsBackIsTheTranspose(t *testing.T) {
	const rows, cols, ids = 9, 5, 31
	index := make([]int32, ids)
	for i := range index {
		index[i] = int32(i * i % rows)
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		plan := NewGatherPlan(s, index, rows)
		direction, grad := normals(3, rows*cols, 0), normals(4, ids*cols, 0)
		picked, dtable := s.Floats(ids, cols), s.Floats(rows, cols)
		GatherRows(picked, s.Upload(direction, rows, cols), plan.Index)
		GatherRowsBack(dtable, s.Upload(grad, ids, cols), plan, false)
		var left, right, size float64
		for i, x := range read(t, picked) {
			left += float64(x) * float64(grad[i])
			size += math.Abs(float64(x) * float64(grad[i]))
		}
		for i, x := range read(t, dtable) {
			right += float64(x) * float64(direction[i])
		}
		require.InDelta(t, left, right, engine.Gamma(ids)*size)
	})
}

func TestGatherPlanOfNothing(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		plan := NewGatherPlan(s, nil, 3)
		dtable := s.Upload([]float32{1, 2, 3}, 3, 1)
		GatherRowsBack(dtable, s.Floats(0, 1), plan, true)
		require.Equal(t, []float32{1, 2, 3}, read(t, dtable))
		GatherRowsBack(dtable, s.Floats(0, 1), plan, false)
		require.Equal(t, []float32{0, 0, 0}, read(t, dtable))
		require.PanicsWithError(t, "engine: gather_plan: id 3 at position 1 is no row of a table of 3", func() { NewGatherPlan(s, []int32{0, 3}, 3) })
		require.Panics(t, func() { NewGatherPlan(s, []int32{-1}, 3) })
		require.Panics(t, func() { GatherRowsBack(dtable, s.Floats(2, 1), plan, false) })
	})
}
