package bench

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Chains in vector registers and those in plain Go differ by rounding alone: both are within the
// kernel's bound of the closed form, whole blocks and what is left beside them.
func TestChainsInVectors(t *testing.T) {
	defer func(k chainKind) { hostChains = k }(hostChains)
	kinds := append(vectorChains(), chainKind{name: "plain"})
	for _, kind := range kinds {
		hostChains = kind
		for _, p := range []MultiplyAddParams{{16, 0}, {16, 8}, {96, 4}, {256, 4}, {2 * 768, 128}, {768 + 48, 64}} {
			x := randomFloats(int(p.N))
			b := [][]float64{make([]float64, p.N), make([]float64, p.N)}
			for i, v := range x {
				b[1][i] = float64(v)
			}
			multiplyAdd.Ref(p, b)
			bound := multiplyAdd.Bound(p, engine.MathErrors{}, b)[0]
			y := make([]float32, p.N)
			kind.run(y, x, int(p.Steps))
			for i := range y {
				require.InDelta(t, b[0][i], y[i], bound[i], "%s, %+v, element %d", kind.name, p, i)
			}
		}
	}
}

// Sums of rows in vectors are those of plain Go to the bit: each is one sum from top to bottom.
func TestSumRowsInVectors(t *testing.T) {
	if !hasSumRows {
		t.Skip("this processor has no AVX: plain Go sums")
	}
	for _, rows := range []int{1, 4, 63} {
		x := randomFloats(rows * readRow)
		want, got := make([]float32, readRow), make([]float32, readRow)
		sumRowsGo(want, x)
		sumRows(&got[0], &x[0], rows)
		require.Equal(t, want, got)
	}
}

func TestBetterRoofline(t *testing.T) {
	a := Roofline{GFlops: 10, FlopsBy: "a", GBs: 5, CopyGBs: 5, ReadGBs: 1, LaunchUS: 3, MatmulGFlops: 9, Cached: []Cached{{1 << 20, 60}}}
	b := Roofline{GFlops: 20, FlopsBy: "b", GBs: 4, CopyGBs: 4, ReadGBs: 3, LaunchUS: 4, MatmulGFlops: 8, Cached: []Cached{{1 << 20, 70}}}
	want := Roofline{GFlops: 20, FlopsBy: "b", GBs: 5, CopyGBs: 5, ReadGBs: 3, LaunchUS: 3, MatmulGFlops: 9, Cached: []Cached{{1 << 20, 70}}}
	require.Equal(t, want, a.Better(b))
	require.Equal(t, want, b.Better(a))
	data, err := json.Marshal(want)
	require.NoError(t, err)
	require.JSONEq(t, `{"gflops": 20, "flops_by": "b", "gb_s": 5, "copy_gb_s": 5, "read_gb_s": 3, "launch_us": 3, "matmul_gflops": 9,
		"cached": [{"bytes": 1048576, "gb_s": 70}]}`, string(data))
}

// Bytes are held to the bandwidth of buffers of their size: those in memory to that of memory, those
// between two probes to the smaller, faster one.
func TestRooflineOfCaches(t *testing.T) {
	r := Roofline{GFlops: 1, GBs: 10, Cached: []Cached{{1 << 20, 80}, {8 << 20, 40}, {32 << 20, 5}}}
	for bytes, want := range map[float64]float64{1e3: 80, 1 << 20: 80, 8<<20 - 1: 80, 8 << 20: 40, 64 << 20: 10, 1e9: 10} {
		require.InEpsilon(t, bytes/want/1e9, r.Seconds(engine.Cost{Bytes: bytes}), 1e-12, "%g bytes", bytes)
	}
	report := Report{Roofline: r, Rows: []Row{
		{Seconds: Interval{Median: 1}, Rate: rate(engine.Cost{Flops: 5e8}, 1, r)}, {Seconds: Interval{Median: 1}}}}
	require.InDelta(t, 50, report.Rows[0].Percent, 1e-9)
	report.Judge(Roofline{GFlops: 2})
	require.InDelta(t, 25, report.Rows[0].Percent, 1e-9)
	require.Zero(t, report.Rows[1].Percent, "a peer's row stays without")
}

// Probes never see equal rows, nor a zero.
func TestRepeatedFloats(t *testing.T) {
	x := repeatedFloats(3 << 20)
	require.NotContains(t, x[:1000], float32(0))
	require.NotEqual(t, x[:64], x[1<<20:][:64])
	require.Equal(t, x[:64], x[1<<20-3:][:64])
	require.False(t, math.IsNaN(float64(x[len(x)-1])))
}
