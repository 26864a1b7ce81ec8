package kernels

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

// played is a kernel with its variants over subgroups alone, in which shared memory plays subgroups
// of so many lanes.
func played[P any](k *engine.Kernel[P], lanes int) engine.Spec {
	own := *k
	own.Name, own.Variants = fmt.Sprintf("%s_%d", k.Name, lanes), nil
	for _, v := range k.Variants {
		if v.Subgroup {
			i := slices.Index(v.Defines, "SUBGROUP=0")
			v.Defines = slices.Clone(v.Defines)
			v.Defines[i], v.Subgroup = fmt.Sprintf("SUBGROUP=%d", lanes), false
			own.Variants = append(own.Variants, v)
		}
	}
	return &own
}

// What is built upon subgroups is right for any size of them, also where one is larger than a group.
func TestGLSubgroupsPlayed(t *testing.T) {
	d := openGL(t)
	for _, lanes := range []int{8, 32, 64, 128} {
		enginetest.Suite(t, d, []engine.Spec{
			played(softmaxRows, lanes), played(layerNorm, lanes), played(layerNormBack, lanes), played(rowDot, lanes),
			played(rowSum, lanes), played(rowMean, lanes), played(rowMax, lanes), played(rowLogSumExp, lanes), played(rowNorm, lanes),
		})
	}
}

// Maxima go by way of integers of the same order: of numbers of either sign and any size, and of NaN
// of either sign, which counts as the largest.
func TestGLSubgroupsPlayedMaxima(t *testing.T) {
	d := openGL(t)
	s := d.Scope()
	defer s.Close()
	inf, nan := float32(math.Inf(1)), math.Float32frombits(0xFFC00001)
	rows := [][]float32{
		{-3, -2, -2.5, -1e-38}, {-inf, -math.MaxFloat32, -inf, -inf}, {-1, 0, -2, -inf}, {1, 2, 1.5, -5}, {2, math.MaxFloat32, -inf, 1},
		{1, inf, 2, -inf}, {-inf, -inf, -inf, -inf}, {1, nan, inf, -1}, {-1, -nan, -inf, -2},
	}
	want := []string{"-1e-38", "-3.4028235e+38", "0", "2", "3.4028235e+38", "+Inf", "-Inf", "NaN", "NaN"}
	const cols = 64
	data := make([]float32, 0, len(rows)*cols)
	for i, row := range rows {
		at := len(data)
		data = slices.Grow(data, cols)[:at+cols]
		for c := range cols {
			data[at+c] = row[0]
		}
		copy(data[at+13*i%(cols-3):], row)
	}
	y, x := s.Floats(len(rows)), s.Upload(data, len(rows), cols)
	p := ReduceParams{Rows: int32(len(rows)), Cols: cols, Chunk: cols, LdY: 1, LdX: cols}
	for _, lanes := range []int{8, 32} {
		played(rowMax, lanes).Launch(p, y, x)
		got := read(t, y)
		for i, w := range want {
			require.Equal(t, w, fmt.Sprint(got[i]), "row %d, subgroups of %d", i, lanes)
		}
	}
}

// Variants over subgroups can run where the device has them, and nowhere else; nothing but a
// measurement chooses one.
func TestSubgroupVariants(t *testing.T) {
	with := engine.Caps{Kind: "gl", Subgroup: 32, MaxShared: 48 << 10, MaxInvocations: 1024, MaxTexels: 1 << 27}
	without := with
	without.Subgroup = 0
	found := 0
	for _, s := range Table {
		for _, v := range s.Info().Variants {
			require.Equal(t, v.Subgroup, slices.Contains(v.Defines, "SUBGROUP=0"), "%s, %s", s.Info().Name, v.Name)
			if !v.Subgroup {
				continue
			}
			found++
			require.True(t, slices.ContainsFunc(s.TestCases(), func(p any) bool { return s.CanRun(v.Name, p, &with) }))
			require.True(t, slices.ContainsFunc(s.TuneCases(&with), func(p any) bool { return s.CanRun(v.Name, p, &with) }), "%s: %s is never measured", s.Info().Name, v.Name)
			for _, p := range append(s.TestCases(), s.TuneCases(&with)...) {
				require.False(t, s.CanRun(v.Name, p, &without), "%s, %s", s.Info().Name, v.Name)
				require.False(t, s.Prefers(v.Name, p, &with), "%s, %s", s.Info().Name, v.Name)
			}
		}
	}
	require.Positive(t, found)
}

// A device without subgroups refuses a variant over them where it is forced, and passes over it
// where a table of another machine chooses it.
func TestGLSubgroupsAbsent(t *testing.T) {
	c := openGL(t).Caps()
	if c.Subgroup > 0 {
		t.Skipf("%s has subgroups", c.Renderer)
	}
	table := &engine.Tuning{Schema: engine.TuningSchema}
	p := RowwiseParams{16, 512, 512, 512}
	table.Put(c.Renderer, c.Version, []engine.Pick{{Kernel: "softmax_rows", Bucket: p.bucket().String(), Variant: "subgroup_hold4"}})
	d, err := engine.Open("gl", engine.WithTuning(nil, table))
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x := s.Upload(normals(1, 16*512, 0), 16, 512)
	records, err := d.Trace(func() { softmaxOfRows(x, x) })
	require.NoError(t, err)
	require.Len(t, records, 1)
	require.NotContains(t, records[0].Variant, "subgroup")

	d.Force("softmax_rows", "subgroup_hold4")
	softmaxOfRows(x, x)
	err = d.Sync()
	require.True(t, errors.Is(err, engine.ErrLimit), "%v", err)
	require.ErrorContains(t, err, "subgroup_hold4")
}
