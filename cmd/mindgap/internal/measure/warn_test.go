package measure

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

func codes(r *Result) (out []string) {
	for _, w := range r.Warnings {
		out = append(out, w.Code)
	}
	return out
}

func TestWarnings(t *testing.T) {
	o := options(host(t))
	o.Core = true
	a, b := synthetic(400, 12, 14)
	run := func(a, b geometry.Rows) *Result { return measured(t, o, write(t, a), write(t, b)) }
	require.Empty(t, codes(run(a, b)))

	long := a.Clone()
	for i := range long.Data {
		long.Data[i] *= 1.5
	}
	r := run(long, b)
	require.Equal(t, []string{"norms"}, codes(r))
	require.Contains(t, r.Warnings[0].Text, "from 1.5 to 1.5")

	twin := b.Clone()
	copy(twin.Row(17), twin.Row(3))
	r = run(a, twin)
	require.Equal(t, []string{"duplicates"}, codes(r))
	require.Contains(t, r.Warnings[0].Text, "row 17 to row 3")

	shifted := make([]int, b.N)
	for i := range shifted {
		shifted[i] = (i + b.N - 2) % b.N
	}
	r = run(a, b.Take(shifted))
	require.Equal(t, []string{"pairing"}, codes(r))
	require.Contains(t, r.Warnings[0].Text, "row i+2")

	for i := range shifted {
		shifted[i] = b.N - 1 - i
	}
	r = run(a, b.Take(shifted))
	require.Equal(t, []string{"pairing"}, codes(r))
	require.Contains(t, r.Warnings[0].Text, "reverse")

	for i := range shifted { // rows 200 to 399 are paired with others
		shifted[i] = i
		if i >= 200 {
			shifted[i] = 200 + (i-200+77)%200
		}
	}
	r = run(a, b.Take(shifted))
	require.Equal(t, []string{"pairing"}, codes(r))
	require.Contains(t, r.Warnings[0].Text, "rows 200 to 399")

	for i := range shifted {
		shifted[i] = (i + 137) % b.N
	}
	o.Core = false
	r = run(a, b.Take(shifted))
	if r.Pairs[0].find("matched").Floor.P > 0.05 {
		require.Equal(t, []string{"pairing"}, codes(r))
	}
	require.Equal(t, []string{"small n"}, codes(run(a.Slice(0, 60), b.Slice(0, 60))))
}

// Bad rows are named; --drop-bad leaves their pairs out, and the rest is what it would be
// without them.
func TestBadRows(t *testing.T) {
	a, b := synthetic(150, 7, 15)
	o := options(host(t))
	bad := a.Clone()
	bad.Row(40)[3] = math.NaN()
	zero := b.Clone()
	for k := range zero.Row(99) {
		zero.Row(99)[k] = 0
	}
	fa, fb := write(t, bad), write(t, zero)
	_, err := Run(t.Context(), []string{fa, fb}, o)
	require.EqualError(t, err, fa+": row 40 (the first is 0) holds NaN or infinity; --drop-bad leaves such pairs out")
	_, err = Run(t.Context(), []string{write(t, a), fb}, o)
	require.EqualError(t, err, fb+": row 99 (the first is 0) is all zeros: it has no direction; --drop-bad leaves such pairs out")
	o.DropBad = true
	r := measured(t, o, fa, fb)
	require.Equal(t, 148, r.N)
	require.Equal(t, "bad rows", r.Warnings[0].Code)
	var keep []int
	for i := range a.N {
		if i != 40 && i != 99 {
			keep = append(keep, i)
		}
	}
	compare(t, byGeometry(t, a.Take(keep), b.Take(keep), 100), r.Pairs[0], "dropped")
}

func TestFormats(t *testing.T) {
	a, b := synthetic(50, 6, 16)
	dir := t.TempDir()
	stacked := filepath.Join(dir, "both.npy")
	require.NoError(t, tensorfile.WriteNPY(stacked, []int{2, a.N, a.D}, append(append([]float64{}, a.Data...), b.Data...)))
	text := [2]string{filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv")}
	for k, rows := range []geometry.Rows{a, b} {
		w, err := tensorfile.CreateCSV(text[k])
		require.NoError(t, err)
		for i := range rows.N {
			require.NoError(t, w.WriteRow64(rows.Row(i)))
		}
		require.NoError(t, w.Close())
	}
	o := options(host(t))
	o.Core = true
	want := measured(t, o, write(t, a), write(t, b)).Pairs[0].Measures
	require.Equal(t, want, measured(t, o, stacked).Pairs[0].Measures)
	require.Equal(t, want, measured(t, o, text[:]...).Pairs[0].Measures)
	require.Equal(t, want, measured(t, o, write(t, a), text[1]).Pairs[0].Measures)

	safe := filepath.Join(dir, "x.safetensors")
	shape := []int{a.N, a.D}
	w, err := tensorfile.CreateSafetensors(safe, nil, tensorfile.TensorSpec{Name: "a", DType: tensorfile.Float64, Shape: shape}, tensorfile.TensorSpec{Name: "b", DType: tensorfile.Float64, Shape: shape})
	require.NoError(t, err)
	require.NoError(t, w.Write64("a", a.Data))
	require.NoError(t, w.Write64("b", b.Data))
	require.NoError(t, w.Close())
	require.Equal(t, want, measured(t, o, safe).Pairs[0].Measures)
	require.Equal(t, want, measured(t, o, safe+":a", text[1]).Pairs[0].Measures)
}
