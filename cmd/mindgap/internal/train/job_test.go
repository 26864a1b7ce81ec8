package train

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/geometry"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// heldOut reads the embeddings of the measured pairs of a finished run.
func heldOut(t *testing.T, dir string) (a, b geometry.Rows) {
	x, y, err := readPair([]string{filepath.Join(dir, HeldOutFile)})
	require.NoError(t, err)
	a, err = geometry.FromFloat32(x.rows, x.cols, x.data)
	require.NoError(t, err)
	b, err = geometry.FromFloat32(y.rows, y.cols, y.data)
	require.NoError(t, err)
	return a, b
}

// The weights of an amended run hold its rotation: heads applied to the rows give the embeddings
// that the run measured. The last record is of these embeddings.
func TestWeightsOfHeads(t *testing.T) {
	files := rowFiles(t, 50, 9, 7)
	d := openDevice(t, "host")
	for _, kind := range Heads {
		o := options()
		o.Init, o.Head = "amended", kind
		dir := t.TempDir()
		out, err := runIn(t, d, dir, embeddingsOf(files), o, 0)
		require.NoError(t, err)
		n, err := tensorfile.OpenNamed(filepath.Join(dir, WeightsFile))
		require.NoError(t, err)
		defer n.Close()
		x, y, err := readPair(files)
		require.NoError(t, err)
		order := shuffled(o.Seed, 50)[40:]
		s := d.Scope()
		defer s.Close()
		load := func(name string) *nn.Value {
			info, err := n.Info(name)
			require.NoError(t, err)
			values, err := n.Float32(name)
			require.NoError(t, err)
			return nn.Const(s.Upload(values, info.Shape...))
		}
		apply := func(m *matrix, name string) []float32 {
			h := head{down: &nn.Dense{Weight: &nn.Param{}}}
			if kind == "mlp" {
				h.up = &nn.Dense{Weight: &nn.Param{Value: load(name + ".up.weight")}, Bias: &nn.Param{Value: load(name + ".up.bias")}}
				name += ".down"
			}
			h.down.Weight.Value = load(name + ".weight")
			tp := nn.Inference(s)
			v, err := m.tower(order, h).Embed(tp, span(0, len(order)))
			require.NoError(t, err)
			list, err := nn.Normalise(tp, v).T.Floats()
			require.NoError(t, err)
			return list
		}
		wantA, wantB := heldOut(t, dir)
		require.InDeltaSlice(t, wantA.Data, wide(apply(x, "a")), 1e-5)
		require.InDeltaSlice(t, wantB.Data, wide(apply(y, "b")), 1e-5)
		gap, err := geometry.CentroidGap(wantA, wantB)
		require.NoError(t, err)
		last := out.Records[len(out.Records)-1]
		require.InDelta(t, gap.Distance, last.Gap, 1e-6)
		require.Less(t, out.Records[0].Gap, 0.5, "the beginning is amended")
		digest, err := models.Digest(models.File{Named: n})
		require.NoError(t, err)
		texts := n.Metadata()
		require.Equal(t, digest, texts[models.DigestText])
		require.Equal(t, "3", texts["seed"])
		require.Equal(t, "mindgap train test", texts["command"])
		var first []float64
		require.NoError(t, json.Unmarshal([]byte(texts[contrastive.FirstText]), &first))
		require.Len(t, first, 8)
		require.InDelta(t, *out.Records[1].TrainLoss, (first[0]+first[1]+first[2]+first[3])/4, 1e-12, "the mean of the first record")
	}
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// A trained CLIP is read back with its vocabulary, and embeds as the run measured; an amended
// one too. What one run trained another begins with.
func TestWeightsOfCLIP(t *testing.T) {
	folder := sceneFolder(t, 40)
	d := openDevice(t, "host")
	o := options()
	o.Init, o.Model, o.Dim, o.Steps = "amended", "tiny", 5, 3
	dir := t.TempDir()
	_, err := runIn(t, d, dir, picturesOf(folder), o, 0)
	require.NoError(t, err)
	n, err := tensorfile.OpenNamed(filepath.Join(dir, WeightsFile))
	require.NoError(t, err)
	defer n.Close()
	s := d.Scope()
	defer s.Close()
	m, _, err := models.LoadCLIP(s, models.File{Named: n})
	require.NoError(t, err)
	bpe, err := preprocess.OpenBPE(dir, m.Text.Config.Context)
	require.NoError(t, err)
	require.Equal(t, bpe.Size(), m.Text.Config.Vocab)
	pairs, err := readPairs(t.Context(), folder, o)
	require.NoError(t, err)
	var texts []string
	for _, p := range pairs[30:] {
		texts = append(texts, p.Text)
		require.NotEqual(t, "something else", p.Text, "the first caption")
	}
	tp := nn.Inference(s)
	list, err := nn.Normalise(tp, m.Text.Forward(tp, preprocess.EncodeAll(bpe, texts))).T.Floats()
	require.NoError(t, err)
	wantA, want := heldOut(t, dir)
	require.InDeltaSlice(t, want.Data, wide(list), 1e-5)

	o.Weights, o.Vocab, o.Model, o.Dim, o.Init, o.Rate, o.Steps = filepath.Join(dir, WeightsFile), dir, "", 0, "original", 1e-9, 1
	again := t.TempDir()
	out, err := runIn(t, d, again, picturesOf(folder), o, 0)
	require.NoError(t, err)
	require.False(t, exists(filepath.Join(again, MergesFile)), "the vocabulary was given")
	gotA, got := heldOut(t, again)
	require.InDeltaSlice(t, want.Data, got.Data, 1e-4)
	require.InDeltaSlice(t, wantA.Data, gotA.Data, 1e-4)
	require.Len(t, out.Records, 2)
}

// Shared towers begin as one: rows that are their own partners lie where these lie.
func TestSharedInit(t *testing.T) {
	files := rowFiles(t, 50, 9, 7)
	d := openDevice(t, "host")
	o := options()
	o.Init, o.Steps = "shared", 1
	out, err := runIn(t, d, t.TempDir(), embeddingsOf([]string{files[0], files[0]}), o, 0)
	require.NoError(t, err)
	require.InDelta(t, 0, out.Records[0].Gap, 1e-6)
	require.InDelta(t, 1, out.Records[0].RecallImages, 0)
	_, err = runIn(t, d, t.TempDir(), embeddingsOf(files), o, 0)
	require.ErrorContains(t, err, "rows of 9 numbers")

	s := d.Scope()
	defer s.Close()
	c, err := openCLIP(s, []string{"a red box"}, o)
	require.NoError(t, err)
	same := func(a, b string) bool {
		x, err := c.dual.Params.Find(a).Value.T.Floats()
		require.NoError(t, err)
		y, err := c.dual.Params.Find(b).Value.T.Floats()
		require.NoError(t, err)
		for i := range x {
			if x[i] != y[i] {
				return false
			}
		}
		return len(x) == len(y)
	}
	require.True(t, same("text_projection", "visual.proj"))
	require.True(t, same("transformer.resblocks.1.mlp.c_fc.weight", "visual.transformer.resblocks.1.mlp.c_fc.weight"))
	require.Len(t, c.notes, 2)
	o.Model = "ViT-B/32"
	_, err = openCLIP(s, []string{"a red box"}, o)
	require.ErrorContains(t, err, "take --model tiny or small")
	_, err = OpenScenes(s, Options{Pairs: 10, Init: "shared", Loss: "infonce"})
	require.ErrorContains(t, err, "other widths")
}

// A loss with a bias gets a model that has one.
func TestLossWithBias(t *testing.T) {
	list := contrastive.Losses
	defer func() { contrastive.Losses = list }()
	contrastive.Losses = append([]*contrastive.Loss{{Name: "biased", Bias: true, Of: func(tp *nn.Tape, x, y, scale, bias *nn.Value) *nn.Value {
		return nn.Add(tp, list[0].Of(tp, x, y, scale, nil), bias)
	}}}, list...)
	d := openDevice(t, "host")
	o := options()
	o.Loss, o.Steps = "biased", 2
	dir := t.TempDir()
	_, err := runIn(t, d, dir, embeddingsOf(rowFiles(t, 50, 9, 7)), o, 0)
	require.NoError(t, err)
	n, err := tensorfile.OpenNamed(filepath.Join(dir, WeightsFile))
	require.NoError(t, err)
	defer n.Close()
	bias, err := n.Float32("logit_bias")
	require.NoError(t, err)
	require.Less(t, bias[0], float32(-10), "it falls where it is added to the loss")
}

func TestRowsThatCannotBeTrainedOn(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	good := saveRows(t, at("good.npy"), 2, []float32{1, 2, 3, 4, 5, 6})
	for _, c := range []struct {
		files []string
		says  string
	}{
		{[]string{good, saveRows(t, at("short.npy"), 2, []float32{1, 2, 3, 4})}, "short.npy: 2 rows, but " + good + " has 3; row i of one"},
		{[]string{good, saveRows(t, at("nan.npy"), 2, []float32{1, 2, float32(math.NaN()), 4, 1, float32(math.Inf(1))})}, "nan.npy: row 1 has NaN or Inf (2 of 3 rows have)"},
		{[]string{good, saveRows(t, at("zero.npy"), 2, []float32{1, 2, 3, 4, 0, 0})}, "zero.npy: row 2 is all zeros"},
		{[]string{good, saveRows(t, at("thin.npy"), 1, []float32{1, 2, 3})}, "thin.npy: rows of 1 number"},
		{[]string{good}, "one modality of shape [3 2]"},
		{[]string{good, at("absent.npy")}, "absent.npy"},
	} {
		_, _, err := readPair(c.files)
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, err.Error(), "\n")
	}
	require.NoError(t, writeRows(at("both.npy"), 3, 2, []float32{1, 0, 0, 1, 2, 0}, []float32{0, 3, 1, 0, 0, 1}))
	a, b, err := readPair([]string{at("both.npy")})
	require.NoError(t, err)
	require.Equal(t, []float32{1, 0, 0, 1, 1, 0}, a.data, "of length 1")
	require.Equal(t, []float32{0, 1, 1, 0, 0, 1}, b.data)
	require.NotEqual(t, a.digest(), b.digest())

	two := at("two.safetensors") // tensors in the order of the file: images, texts
	w, err := tensorfile.CreateSafetensors(two, nil, tensorfile.TensorSpec{Name: "images", DType: tensorfile.Float32, Shape: []int{2, 2}}, tensorfile.TensorSpec{Name: "texts", DType: tensorfile.Float32, Shape: []int{2, 3}})
	require.NoError(t, err)
	require.NoError(t, w.Write("images", []float32{1, 0, 0, 1}))
	require.NoError(t, w.Write("texts", []float32{1, 0, 0, 0, 0, 1}))
	require.NoError(t, w.Close())
	a, b, err = readPair([]string{two})
	require.NoError(t, err)
	require.Equal(t, []int{2, 3}, []int{a.cols, b.cols})
	b, a, err = readPair([]string{two + ":texts", two + ":images"})
	require.NoError(t, err)
	require.Equal(t, []int{2, 3}, []int{a.cols, b.cols})
	_, _, err = readPair([]string{two, good})
	require.ErrorContains(t, err, "2 arrays (images, texts); name one of them")
}

func TestPairsThatCannotBeTrainedOn(t *testing.T) {
	d := openDevice(t, "host")
	s := d.Scope()
	defer s.Close()
	folder := sceneFolder(t, 4)
	o := options()
	o.HoldOut = 0
	open := picturesOf(folder)
	_, err := open(s, o)
	require.NoError(t, err)
	o.HoldOut = 3
	_, err = open(s, o)
	require.ErrorContains(t, err, "--hold-out 3 leaves 1 of 4 pairs")
	o.HoldOut, o.Model = 0, "smal"
	_, err = open(s, o)
	require.ErrorContains(t, err, "did you mean small?")
	o.Model, o.Weights = "", "w.safetensors"
	_, err = open(s, o)
	require.ErrorContains(t, err, "give --vocab FILE")
	o.Weights, o.Vocab = "", filepath.Join(folder, "no-vocab")
	_, err = open(s, o)
	require.ErrorContains(t, err, "--vocab")
	o.Vocab = ""
	require.NoError(t, os.WriteFile(filepath.Join(folder, "2.png"), []byte("no picture"), 0o644))
	_, err = open(s, o)
	require.ErrorContains(t, err, "2.png")
	require.NoError(t, os.Remove(filepath.Join(folder, "2.png")))
	_, err = open(s, o)
	require.ErrorContains(t, err, "2.png")
	_, err = picturesOf(t.TempDir())(s, o)
	require.ErrorContains(t, err, "no data set that is known")

	classes := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(classes, "cat"), 0o755))
	data, err := os.ReadFile(filepath.Join(folder, "0.png"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(classes, "cat", "0.png"), data, 0o644))
	_, err = picturesOf(classes)(s, o)
	require.ErrorContains(t, err, "the image has no caption")
}

// Pictures beyond what is kept in memory are read again, and are the same.
func TestPicturesBeyondMemory(t *testing.T) {
	pairs, err := readPairs(t.Context(), sceneFolder(t, 5), options())
	require.NoError(t, err)
	x, err := readPictures(t.Context(), pairs, preprocess.CLIP(8), nil)
	require.NoError(t, err)
	require.Len(t, x.kept, 5)
	which := []int{4, 1, 3}
	want, err := x.batch(which)
	require.NoError(t, err)
	x.kept = x.kept[:2]
	got, err := x.batch(which)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Scenes: the last examples are held out, with the caption that says everything.
func TestScenes(t *testing.T) {
	d := openDevice(t, "host")
	o := SceneRecipe()
	require.NoError(t, o.Check())
	o.Pairs, o.HoldOut, o.Batch, o.Steps, o.Every = 30, 20, 6, 2, 1
	dir := t.TempDir()
	out, err := runIn(t, d, dir, func(s *engine.Scope, o Options) (*Job, error) { return OpenScenes(s, o) }, o, 0)
	require.NoError(t, err)
	require.Equal(t, 20, out.Records[0].PairsMeasured)
	a, _ := heldOut(t, dir)
	require.Equal(t, 20, a.N)
	require.True(t, strings.Contains(contents(t, filepath.Join(dir, PageFile)), "20 held-out pairs"))
}
