package paper

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/dataset"
	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/nn/models"
)

// tinyOwn is the shape of a model like the program's own that takes no time.
func tinyOwn() models.CLIPConfig {
	return models.CLIPConfig{
		Image: models.ViTConfig{Image: 16, Patch: 8, Width: 32, Layers: 1, Heads: 1, Out: 24},
		Text:  models.TextConfig{Context: scenes.ContextLength, Vocab: scenes.Tokenizer().Size(), Width: 32, Layers: 1, Heads: 1, Out: 24},
	}
}

// onTiny runs an experiment on an untrained tiny model, twice: the same bytes.
func onTiny(t *testing.T, x *Experiment, e *Env, run func(ctx context.Context, e *Env, m *dual) (*report.Result, error)) *report.Result {
	y := *x
	y.Run = func(ctx context.Context, e *Env) (*report.Result, error) {
		s := e.Device.Scope()
		defer s.Close()
		return run(ctx, e, ownDual(e, sceneclip.New(s, tinyOwn(), 5), "a tiny model without training"))
	}
	one, err := y.Do(t.Context(), e)
	require.NoError(t, err)
	require.Zero(t, e.Device.Memory().Live)
	two, err := y.Do(t.Context(), e)
	require.NoError(t, err)
	a, err := one.Encode()
	require.NoError(t, err)
	b, err := two.Encode()
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
	return one
}

func claimOf(t *testing.T, r *report.Result, id string) report.Claim {
	for _, c := range r.Claims {
		if c.ID == id {
			return c
		}
	}
	require.Fail(t, "no claim "+id)
	return report.Claim{}
}

func TestTable1InSmall(t *testing.T) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			e := &Env{Device: open(t, name), Seed: 1, Scale: Quick}
			run := func(ctx context.Context, e *Env, m *dual) (*report.Result, error) {
				return table1At(ctx, e, m, table1Size{60, 30, 0})
			}
			r := onTiny(t, table1, e, run)
			require.Contains(t, r.Inputs, "surrogate: in place of CLIP ViT-B/16, a tiny model without training")
			require.True(t, claimOf(t, r, "device").Holds)
			require.Greater(t, claimOf(t, r, "device").Got, 0.0)
			table := r.Tables["table1"]
			require.Equal(t, []string{"dataset", "default", "modified", "direction", "p_value", "held_out_modified"}, table.Columns)
			require.Equal(t, []string{"dataset", "delta", "distance", "metric", "value"}, r.Tables["sweep"].Columns)
			var names []any
			for i, row := range table.Rows {
				names = append(names, row[0])
				require.GreaterOrEqual(t, row[2], row[1], "the best of 40 shifts, none among them")
				half := r.Tables["held_out"].Rows[i]
				require.Equal(t, row[5], half[7])
				require.Equal(t, []any{30, 30}, half[2:4])
			}
			require.Equal(t, []any{"shape", "color", "count", "position", "size"}, names)
			require.Nil(t, table.Rows[4][4], "no p-value of an area under a curve")
			metrics := map[any]int{}
			for _, row := range r.Tables["sweep"].Rows {
				metrics[row[3]]++
			}
			require.Equal(t, map[any]int{
				"accuracy": 4 * 40, "hit@5": 3 * 40, "auc": 40,
				"r1_image": 40, "r5_image": 40, "r10_image": 40, "r1_text": 40, "r5_text": 40, "r10_text": 40,
			}, metrics)
			if name == "host" {
				e.AsPublished = true
				r = onTiny(t, table1, e, run)
				require.Contains(t, r.Inputs, "the best of 40 shifts on the test data, as published")
				require.NotContains(t, r.Tables, "held_out")
				require.Nil(t, r.Tables["table1"].Rows[0][5])
			}
		})
	}
}

// planted is a data set of two classes in which only a shift can help: the prompt of class 1
// lies nearer to all pictures than that of class 0, until the gap is widened or closed.
func planted(n int) *zeroShot {
	z := &zeroShot{Task: dataset.Task{Name: "planted", Classes: []string{"a", "b"}, Metric: dataset.Accuracy}}
	z.images, z.texts = geometry.Zeros(n, 3), geometry.Zeros(2, 3)
	for i := range n {
		side := float64(i%2)*2 - 1
		copy(z.images.Row(i), []float64{.8, .3 * side, .1 * float64(i%5)})
		z.labels = append(z.labels, i%2)
	}
	copy(z.texts.Row(0), []float64{-.9, -.3, 0})
	copy(z.texts.Row(1), []float64{-.2, .5, 0})
	z.images, _ = z.images.Normalise()
	z.texts, _ = z.texts.Normalise()
	return z
}

// The sweep finds what is planted, and chooses on one half what it scores on the other.
func TestTable1FindsABetterGap(t *testing.T) {
	set := &table1Set{zeroShot: planted(200)}
	require.NoError(t, set.measure(t.Context(), &Env{Device: open(t, "host"), Seed: 3}))
	require.Equal(t, .5, set.all.start)
	require.Equal(t, 1.0, set.all.shifted)
	require.Equal(t, 1.0, set.half.shifted)
	require.Equal(t, set.half.delta, set.all.delta)
	require.Equal(t, []int{100, 100}, []int{set.half.chosenOn, set.half.scoredOn})
	require.Less(t, set.all.p, 1e-20)
	gained := math.Round(100 * (1 - set.half.start))
	require.Equal(t, []int{int(gained), 0}, []int{set.half.gained, set.half.lost})
	require.InDelta(t, math.Pow(2, 1-gained), set.half.paired, 1e-20)
	claims, err := table1Claims(&Env{}, []*table1Set{set})
	require.NoError(t, err)
	for _, c := range claims {
		require.True(t, c.Holds, c.ID)
	}
	// The same pictures with the classes dealt by chance: whatever is chosen on one half has
	// nothing to say of the other, and the check of the device can fail.
	set.labels = nil
	of, err := geometry.DealGroups(200, 2, 9)
	require.NoError(t, err)
	set.labels = of
	require.NoError(t, set.measure(t.Context(), &Env{Device: open(t, "host"), Seed: 3}))
	require.InDelta(t, .5, set.half.shifted, .2) // 4 standard deviations of 100 draws
	set.device = worstShare(math.Inf(1))
	claims, err = table1Claims(&Env{}, []*table1Set{set})
	require.NoError(t, err)
	require.False(t, claims[0].Holds)
}

// Metrics at one shift are those of shifted rows, taken in another way.
func TestZeroShotMetricsAreThoseOfShiftedRows(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	e := &Env{Device: d, Seed: 2}
	m := ownDual(e, sceneclip.New(s, tinyOwn(), 5), "")
	list, err := drawnZeroShot(t.Context(), e, m, drawnTasks(), 50, 20)
	require.NoError(t, err)
	for _, z := range list {
		points, sweep, err := z.sweep(t.Context(), []float64{0, -.75})
		require.NoError(t, err)
		for _, p := range points {
			x, y, err := geometry.Shift(z.images, z.texts, sweep.Direction(), p.delta, geometry.ShiftBoth)
			require.NoError(t, err)
			if z.retrieval != "" {
				rank, err := geometry.Rank(x, y)
				require.NoError(t, err)
				require.InDelta(t, rank.Recall(5), z.value(zeroShotMetric{"", 5}, p, nil), .051, z.Name) // ties count otherwise
			}
			right := 0
			var of []int
			for i := range z.labels {
				best := 0
				for k := range y.N {
					if dot(x.Row(i), y.Row(k)) > dot(x.Row(i), y.Row(best)) {
						best = k
					}
				}
				if best == z.labels[i] {
					right++
				}
				if i < 10 {
					of = append(of, i)
				}
			}
			require.Equal(t, float64(right)/float64(len(z.labels)), z.value(zeroShotMetric{"", 1}, p, nil), z.Name)
			require.Equal(t, 1.0, z.value(zeroShotMetric{"", y.N}, p, of))
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
