package paper

import (
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/scenes"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// trained are the experiments that train, on a lab.
var trained = []struct {
	of *Experiment
	at func(context.Context, *Env, *lab) (*report.Result, error)
}{{finetune, finetuneAt}, {initVsOpt, initVsOptAt}, {dims, dimsAt}}

// smallLab trains for as few steps as there are shapes and bytes to look at, not claims.
func smallLab(e *Env) *lab {
	l := attributesLab(e, pairSizes{48, 20, 16})
	l.config.Batch, l.on.Batch, l.epochs, l.chunk = 16, 16, 2, 20
	return l
}

func runTrained(t *testing.T, k int, e *Env, l *lab) *report.Result {
	x := *trained[k].of
	x.Run = func(ctx context.Context, e *Env) (*report.Result, error) { return trained[k].at(ctx, e, l) }
	r, err := x.Do(t.Context(), e)
	require.NoError(t, err)
	return r
}

func TestTrainingTablesAreTheContract(t *testing.T) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			e := &Env{Device: open(t, name), Seed: 3, Scale: Quick}
			tables := map[string]*report.Table{}
			for k, x := range trained {
				r := runTrained(t, k, e, smallLab(e))
				require.Contains(t, r.Inputs, "surrogate: ")
				require.Contains(t, r.Inputs, "seed 3")
				for name, table := range r.Tables {
					tables[x.of.Name+"/"+name] = table
				}
				for _, f := range r.Figures {
					require.Contains(t, f.Caption, "surrogate")
				}
				for _, c := range r.Claims {
					require.Equal(t, report.Observation, c.Kind, c.ID)
				}
				folder, err := report.Open(t.TempDir())
				require.NoError(t, err)
				_, err = folder.WriteResult(r) // draws every figure
				require.NoError(t, err)
			}
			for name, want := range map[string]struct {
				columns []string
				rows    int
			}{
				"finetune/temperature": {[]string{"tau", "learn_scale", "seed", "gap", "r1_image", "r1_text", "zero_shot", "loss", "step"}, 6 * 3},
				"init-vs-opt/gap":      {[]string{"init", "seed", "gap_before", "gap_after"}, 2 * 3},
				"init-vs-opt/interval": {[]string{"init", "when", "mean", "half_width"}, 2 * 2},
				"init-vs-opt/mismatch": {[]string{"rate", "seed", "gap", "r1_image", "r1_text"}, 4 * 3},
				"dims/dims":            {[]string{"dim", "seed", "gap"}, 4 * 3},
			} {
				require.Equal(t, want.columns, tables[name].Columns)
				require.Len(t, tables[name].Rows, want.rows, name)
				for _, row := range tables[name].Rows {
					require.NotContains(t, row, nil, name)
				}
			}
			row := tables["finetune/temperature"].Rows[0]
			require.Equal(t, []any{1., false, uint64(3)}, row[:3])
			require.Equal(t, 6, row[8], "two epochs of three batches")
			// Section 4.4: both initialisations of a seed are one network, amended or not.
			for i, row := range tables["init-vs-opt/gap"].Rows {
				require.Equal(t, []string{original, amended}[i%2], row[0])
				require.Equal(t, uint64(3+i/2), row[1])
			}
			gap := tables["init-vs-opt/other_pairs"].Rows // of training pairs, which W is made of
			require.Greater(t, gap[0][2], .5)
			require.Less(t, gap[1][2], .1)
		})
	}
}

func TestTrainingIsDeterministic(t *testing.T) {
	d := open(t, "host")
	for k, x := range trained {
		bytes := func(seed uint64) string {
			e := &Env{Device: d, Seed: seed, Scale: Quick}
			data, err := runTrained(t, k, e, smallLab(e)).Encode()
			require.NoError(t, err)
			return string(data)
		}
		first := bytes(7)
		require.Equal(t, first, bytes(7), x.of.Name)
		require.NotEqual(t, first, bytes(8), x.of.Name)
	}
}

// Quirks D8 and D9: the temperature is learned, and the first epoch counts; in init-vs-opt the
// gap is that of training pairs.
func TestTrainingAsPublished(t *testing.T) {
	e := &Env{Device: open(t, "host"), Seed: 3, Scale: Quick, AsPublished: true}
	r := runTrained(t, 0, e, smallLab(e))
	require.Contains(t, r.Inputs, "as published")
	for i, row := range r.Tables["temperature"].Rows {
		require.Equal(t, true, row[1])
		require.Equal(t, 3, row[8], "one epoch of three batches")
		require.NotEqual(t, row[0], r.Tables["training_pairs"].Rows[i][4], "the temperature moves")
	}
	r = runTrained(t, 1, e, smallLab(e))
	require.Contains(t, r.Tables["gap"].Doc, "training pairs")
	require.Contains(t, r.Inputs, "3 steps")
	require.Less(t, r.Tables["gap"].Rows[1][2], r.Tables["other_pairs"].Rows[1][2], "the amendment is made of training pairs")
}

// A run that is stopped again and again goes on where it was, and ends with the bytes of one that
// was not; what was kept is what the next call reads.
func TestTrainingGoesOn(t *testing.T) {
	d := open(t, "host")
	for k, x := range trained {
		e := &Env{Device: d, Seed: 5, Scale: Quick}
		want, err := runTrained(t, k, e, smallLab(e)).Encode()
		require.NoError(t, err)
		dir := t.TempDir()
		e.Scratch = func() (string, error) { return dir, nil }
		stops := 0
		for {
			l := smallLab(e)
			l.saveEvery = 0
			ctx := &counted{Context: t.Context()}
			ctx.left.Store(45)
			part := *x.of
			part.Run = func(ctx context.Context, e *Env) (*report.Result, error) { return x.at(ctx, e, l) }
			r, err := part.Do(ctx, e)
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				require.Zero(t, d.Memory().Live)
				stops++
				require.Less(t, stops, 100, "it gets on")
				continue
			}
			got, err := r.Encode()
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), x.of.Name)
			break
		}
		require.Greater(t, stops, 3, x.of.Name)
		left, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
		require.NoError(t, err)
		for _, name := range left {
			require.Contains(t, name, "start-", "checkpoints of finished runs are gone")
		}
	}
}

// A file that was damaged between two calls is named.
func TestTrainingNamesABrokenFile(t *testing.T) {
	dir := t.TempDir()
	e := &Env{Device: open(t, "host"), Seed: 5, Scale: Quick, Scratch: func() (string, error) { return dir, nil }}
	file := filepath.Join(dir, "dim-64-5.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o644))
	_, err := dimsAt(t.Context(), e, smallLab(e))
	require.ErrorContains(t, err, file)
}

// The paper's scale says beforehand how long it will take.
func TestTrainingSaysHowLong(t *testing.T) {
	var said []string
	e := &Env{Device: open(t, "host"), Seed: 3, Scale: Paper, Say: func(s string) { said = append(said, s) }}
	runTrained(t, 2, e, smallLab(e))
	require.Len(t, said, 1)
	require.Contains(t, said[0], "dims: 12 training runs, 72 steps of 16 pairs in all, at ")
	e.Scale = Quick
	runTrained(t, 2, e, smallLab(e))
	require.Len(t, said, 1)
}

// The paper's scale on drawn scenes trains the image and text transformers.
func TestScenesLab(t *testing.T) {
	e := &Env{Device: open(t, "host"), Seed: 3, Scale: Paper}
	l := scenesLab(e, pairSizes{8, 6, 4})
	l.config.Batch, l.on.Batch, l.epochs = 4, 4, 1
	r := runTrained(t, 2, e, l)
	require.Contains(t, r.Inputs, "image and text transformers")
	require.Len(t, r.Tables["dims"].Rows, 12)
	same, err := labOf(e, false)
	require.NoError(t, err)
	require.Equal(t, paperPairs, pairSizes{same.train, same.held, len(same.labels)})
}

// pairsFolder is a data set of small pictures with captions.
func pairsFolder(t *testing.T, n int) string {
	dir := t.TempDir()
	var lines []string
	for i, s := range (scenes.Source{Seed: 2}).Take(0, n) {
		m := s.Render(40)
		img := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
		for y := range m.Height {
			for x := range m.Width {
				p := m.At(x, y)
				copy(img.Pix[img.PixOffset(x, y):], []uint8{p[0], p[1], p[2], 255})
			}
		}
		f, err := os.Create(filepath.Join(dir, scenes.Name(i)))
		require.NoError(t, err)
		require.NoError(t, png.Encode(f, img))
		require.NoError(t, f.Close())
		lines = append(lines, scenes.Name(i)+"\t"+s.Caption())
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "captions.txt"), []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	return dir
}

// asFile gives parameters the shapes that files of OpenAI have: a convolution is O x I x K x K. What
// its numbers are does not matter here.
func asFile(p *nn.Params) (list []*nn.Param) {
	for _, x := range p.All() {
		if shape := x.Value.T.Shape(); x.Kernel {
			x = &nn.Param{Name: x.Name, Value: nn.Const(x.Value.T.Reshape(shape[0], shape[3], shape[1], shape[2]))}
		}
		list = append(list, x)
	}
	return list
}

// With CLIP's weights, data and vocabulary the published configuration runs: here from a tiny
// CLIP in OpenAI's names. Without weights finetune stays a surrogate and says so.
func TestFinetuneOfGivenWeights(t *testing.T) {
	d := open(t, "host")
	file := filepath.Join(t.TempDir(), "clip.safetensors")
	s := d.Scope()
	p := nn.NewParams(s)
	models.NewCLIP(nn.NewBuilder(p, kernels.NewRandom(4, 1)), models.CLIPConfig{
		Image: models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 1, Heads: 1, Out: 32},
		Text:  models.TextConfig{Context: 24, Vocab: 900, Width: 64, Layers: 1, Heads: 1, Out: 32},
	})
	err := nn.WriteFile(file, nil, asFile(p))
	s.Close()
	require.NoError(t, err)
	e := &Env{
		Device: d, Seed: 3, Scale: Paper, Weights: []string{file}, Data: []string{pairsFolder(t, 22)},
		Vocab: filepath.Join("..", "..", "..", "..", "nn", "preprocess", "testdata", "bpe_tiny.txt"),
	}
	l, err := labOf(e, true)
	require.NoError(t, err)
	require.Equal(t, [2]int{20, 2}, [2]int{l.train, l.held})
	l.config.Batch, l.on.Batch, l.on.Chunk, l.epochs = 10, 10, 4, 1
	r := runTrained(t, 0, e, l)
	require.NotContains(t, r.Inputs, "surrogate")
	require.Contains(t, r.Inputs, "from CLIP of clip.safetensors")
	rows := r.Tables["temperature"].Rows
	require.Len(t, rows, 18)
	require.Nil(t, rows[0][6], "the data have no classes")
	start := r.Tables["start"].Rows
	require.InDelta(t, .07, start[0][5], 1e-6, "CLIP's own temperature to begin with")
	require.Equal(t, start[0][1], start[2][1], "one model for all seeds")

	// The experiments from scratch need no weights.
	l, err = clipLab(e, "", e.Data[0], models.CLIPConfig{
		Image: models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 1, Heads: 1, Out: 32},
		Text:  models.TextConfig{Context: 24, Vocab: 900, Width: 64, Layers: 1, Heads: 1, Out: 32},
	})
	require.NoError(t, err)
	l.config.Batch, l.config.Chunk, l.epochs = 10, 4, 1
	for k := range trained[1:] {
		r := runTrained(t, 1+k, e, l)
		require.Contains(t, r.Inputs, "CLIP with random weights, 32 pixels in patches of 16, on 20 pairs of ")
		require.Contains(t, r.Inputs, "measured with 2 of the rest")
	}

	e.Vocab = ""
	_, err = finetuneAt(t.Context(), e, l)
	require.ErrorContains(t, err, "--vocab")
	e.Weights = nil
	l, err = labOf(e, true)
	require.NoError(t, err)
	require.True(t, l.own)
	e.Weights = []string{"absent.pt"}
	_, err = labOf(e, true)
	require.ErrorContains(t, err, "absent.pt")
}

// Claims must be able to fail: a gap that is the same at every temperature, one that training
// closes, and one that grows with the dimension.
func TestTrainingClaimsCanFail(t *testing.T) {
	gap := func(g float64) *outcome { o := &outcome{}; o.Held.Gap = g; return o }
	f := &finetuned{lab: &lab{}, start: []*outcome{gap(.37), gap(.38), gap(.39)}}
	for k := range trainingSeeds {
		for i, tau := range taus {
			f.runs = append(f.runs, &finetuneRun{tau: tau, seed: k, leg: &leg{}, outcome: gap(.4 - .01*float64(i))})
		}
	}
	for _, c := range f.claims() {
		require.False(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	x := &initOpt{lab: &lab{}, out: map[*leg]*outcome{}}
	for k := range trainingSeeds {
		for i, init := range []string{original, amended} {
			r := &initRun{init: init, before: &leg{}, after: &leg{}}
			x.out[r.before], x.out[r.after] = gap(.1), gap(.1+.1*float64(i)+.01*float64(k))
			x.runs = append(x.runs, r)
		}
		for _, rate := range mismatchRates {
			g := &leg{}
			x.mismatch, x.out[g] = append(x.mismatch, &mismatchRun{rate: rate, leg: g}), gap(.3-rate/10)
		}
	}
	for _, c := range x.claims() {
		require.False(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	grows := map[int][]float64{}
	for i, dim := range dimensions {
		grows[dim] = []float64{.1 * float64(1+i), .1 * float64(1+i), .1*float64(1+i) + .001}
	}
	for _, c := range dimsClaims(grows) {
		require.False(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
}
