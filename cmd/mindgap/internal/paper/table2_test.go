package paper

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/scenes"
	"mindgap/geometry"
)

func TestTable2InSmall(t *testing.T) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			e := &Env{Device: open(t, name), Seed: 1, Scale: Quick}
			r := onTiny(t, table2, e, func(ctx context.Context, e *Env, m *dual) (*report.Result, error) {
				return table2At(ctx, e, m, table2Size{80, 30, 0})
			})
			require.Contains(t, r.Inputs, "surrogate: in place of CLIP ViT-B/32, a tiny model without training; in place of FairFace, 80 held-out drawn scenes")
			require.Contains(t, r.Inputs, "no people")
			require.Contains(t, r.Figures[0].Caption, "Surrogate: ")
			require.Contains(t, r.Sketches[0].Caption, "Surrogate: ")
			require.True(t, claimOf(t, r, "device").Holds)
			require.True(t, claimOf(t, r, "fairface").Holds)
			table := r.Tables["table2"]
			require.Equal(t, []string{"delta", "gap", "group", "harm_a", "harm_b", "sum", "n"}, table.Columns)
			require.Len(t, table.Rows, 5*len(scenes.Styles))
			n := 0
			for i, row := range table.Rows {
				require.InDelta(t, row[5].(float64), row[3].(float64)+row[4].(float64), 1e-9)
				if i < len(scenes.Styles) {
					n += row[6].(int)
				}
			}
			require.Equal(t, 80, n)
			require.Equal(t, []string{"delta", "top1"}, r.Tables["accuracy"].Columns)
			for i, delta := range []float64{0, -.2, -.5, -1, .75} {
				require.Equal(t, delta, r.Tables["accuracy"].Rows[i][0])
			}
			last := -2.0
			for _, row := range r.Tables["curves"].Rows {
				if row[0] == "right class" {
					require.Greater(t, row[2], last, "lines run along the gap")
					last = row[2].(float64)
				}
			}
			counts := map[any]int{}
			for _, row := range r.Tables["confusion"].Rows {
				counts[row[0]] += row[4].(int)
			}
			for _, row := range r.Tables["confusion_classes"].Rows {
				counts[row[0]] += row[3].(int)
			}
			require.Equal(t, map[any]int{0.0: 160, -.2: 160, -.5: 160, -1.0: 160, .75: 160}, counts)
		})
	}
}

// No scene of the stand-in is what its prompts of errors say.
func TestStandInPromptsAreFalse(t *testing.T) {
	d := open(t, "host")
	e := &Env{Device: d, Seed: 4}
	m := &dual{own: true, texts: func(_ context.Context, list []string) (geometry.Rows, error) {
		return geometry.Zeros(len(list), 1), nil
	}}
	var seen []scenes.Spec
	m.scenes = func(_ context.Context, list []scenes.Spec) (geometry.Rows, error) {
		if seen == nil {
			seen = list
		}
		return geometry.Zeros(len(list), 1), nil
	}
	h, err := drawnHarm(t.Context(), e, m, table2Size{300, 5, 0})
	require.NoError(t, err)
	require.Equal(t, []int{0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2}, h.family)
	require.Equal(t, []string{"ring", "diamond", "two shapes", "three shapes", "four shapes"}, h.classes[6:])
	require.Len(t, seen, 300)
	for i, s := range seen {
		require.Equal(t, 1, s.Kinds[0].Count)
		require.Equal(t, h.classes[h.labels[i]], s.Kinds[0].Shape.String())
		require.Less(t, h.labels[i], 6)
		require.Equal(t, h.groups[h.group[i]], s.Style.String())
	}
}

// Counts by hand: two groups, a class of either family; the shift moves one picture.
func TestTable2Counts(t *testing.T) {
	rows := func(list ...[]float64) geometry.Rows {
		r := geometry.Zeros(len(list), 2)
		for i, x := range list {
			copy(r.Row(i), x)
		}
		r, err := r.Normalise()
		require.NoError(t, err)
		return r
	}
	h := &harmData{
		images: rows([]float64{1, .1}, []float64{1, -.1}, []float64{.3, 1}),
		texts:  rows([]float64{1, .5}, []float64{1, -.5}, []float64{0, 1}),
		// u points to the left, along the first axis
		pairs:   [2]geometry.Rows{rows([]float64{-1, .1}, []float64{-1, -.1}), rows([]float64{1, .1}, []float64{1, -.1})},
		classes: []string{"right", "a", "b"}, groups: []string{"one", "two"}, labels: []int{0, 0, 0}, group: []int{0, 0, 1},
		family: []int{0, 1, 2}, families: drawnFamilies,
	}
	list, device, err := h.measure(t.Context(), &Env{Device: open(t, "host")})
	require.NoError(t, err)
	require.LessOrEqual(t, float64(device), 1.0)
	start, closed := at(list, 0), at(list, .75)
	require.Equal(t, [][]int{{1, 1, 0}, {0, 0, 1}}, start.byGroup)
	require.Equal(t, []harmRate{{"one", 50, 0, 50, 2}, {"two", 0, 100, 100, 1}}, h.rates(start))
	require.InDelta(t, 1./3, start.top1, 1e-12)
	// x - .75 u = x + .75 e1: the third picture, (.29, .96), becomes (1.04, .96), nearer to (1, .5)
	require.Equal(t, [][]int{{1, 1, 0}, {1, 0, 0}}, closed.byGroup)
	require.Less(t, closed.gap, start.gap)
	claims, err := h.claims(&Env{AsPublished: true}, list, 2)
	require.NoError(t, err)
	require.False(t, claims[0].Holds, "a device out of its bound is seen")
	require.Contains(t, claims[len(claims)-1].Paper, "0.0078 (0.5817 to 0.5739); the text prints 0.0008, a misprint")
}
