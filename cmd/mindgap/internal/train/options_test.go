package train

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOptionsCheck(t *testing.T) {
	require.NoError(t, options().Check())
	for _, c := range []struct {
		change func(*Options)
		says   string
	}{
		{func(o *Options) { o.Loss = "infonec" }, `--loss "infonec": did you mean infonce?`},
		{func(o *Options) { o.Loss = "xyzxyz" }, `--loss "xyzxyz": want infonce`},
		{func(o *Options) { o.Init = "procrustes" }, `--init "procrustes": want original, amended, shared`},
		{func(o *Options) { o.Init = "amend" }, "did you mean amended?"},
		{func(o *Options) { o.Temperature = "learnt" }, "did you mean learned?"},
		{func(o *Options) { o.Temperature = "schedule" }, "say where it ends"},
		{func(o *Options) { o.TauEnd = 0.1 }, "is for --temperature schedule"},
		{func(o *Options) { o.Tau = 0.001 }, "stays at least 0.01"},
		{func(o *Options) { o.Epochs = 3 }, "give one of them"},
		{func(o *Options) { o.Steps = 0 }, "want a positive number"},
		{func(o *Options) { o.Every = -1 }, "not negative"},
		{func(o *Options) { o.HoldOut = -2 }, "or -1"},
		{func(o *Options) { o.HoldOut = 1 }, "at least 2"},
	} {
		o := options()
		c.change(&o)
		require.ErrorContains(t, o.Check(), c.says)
	}
}

func TestWhatSuitsTheData(t *testing.T) {
	for n, want := range map[int]int{5: 0, 19: 0, 20: 2, 500: 50, 50000: 1000} {
		held, err := Options{HoldOut: -1}.held(n)
		require.NoError(t, err)
		require.Equal(t, want, held, "of %d", n)
	}
	o := Options{Epochs: 3, Warmup: -1}.resolve(&Job{Pairs: 200, rate: 0.5})
	require.Equal(t, Options{Epochs: 3, Batch: 64, Steps: 9, Warmup: 0, Every: 1, SaveEvery: 1, Rate: 0.5}, o)
	require.Equal(t, 20, Options{Steps: 1}.resolve(&Job{Pairs: 20}).Batch)
	j := Job{Pairs: 1500}
	require.Len(t, j.measured(), 1000)
	require.Equal(t, "1000 training pairs", j.MeasuredOn())
	j.Held = 3
	require.Equal(t, []int{1500, 1501, 1502}, j.measured())
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	_, err := OpenFolder(dir, true)
	require.ErrorContains(t, err, "holds no run to go on with")
	require.False(t, exists(dir), "a folder that is not there is not made")
	f, err := OpenFolder(dir, false)
	require.NoError(t, err)
	s := &Settings{Kind: KindEmbeddings, Command: "mindgap train a b", Flags: map[string]string{"lr": "1", "seed": "2"}, Inputs: map[string]string{"the data": "x"}}
	require.NoError(t, f.begin(s))
	_, err = OpenFolder(dir, false)
	require.ErrorContains(t, err, "holds a run already (mindgap train a b)")
	f, err = OpenFolder(dir, true)
	require.NoError(t, err)
	require.Equal(t, s, f.Begun)
	now := *s
	require.NoError(t, f.begin(&now))
	now.Inputs = map[string]string{"the data": "y"}
	require.ErrorContains(t, f.begin(&now), "the data (the content has changed)")
	now.Flags = map[string]string{"lr": "3", "seed": "2", "head": "mlp"}
	require.ErrorContains(t, f.begin(&now), "--head ( in the run, mlp now), --lr (1 in the run, 3 now)")
	require.NoError(t, f.Write(SettingsFile, []byte("nonsense")))
	_, err = OpenFolder(dir, true)
	require.ErrorContains(t, err, "run.json is damaged")

	other := t.TempDir()
	saveRows(t, filepath.Join(other, WeightsFile), 2, []float32{1, 2})
	_, err = OpenFolder(other, false)
	require.ErrorContains(t, err, "has weights.safetensors, but no run.json")
}

func ExampleModels() {
	fmt.Println(Models())
	// Output: [tiny small ViT-B/32 ViT-B/16 ViT-L/14]
}
