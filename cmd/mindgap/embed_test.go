package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// Images in folders come out in the order of their paths, each as the network alone gives it.
func TestEmbedImages(t *testing.T) {
	weights := checkpoint(t, buildCLIP, nil)
	dir := drawPictures(t, "b.png", "a/2.png", "a/10.png", "c.png", "d.png")
	order := []string{"a/10.png", "a/2.png", "b.png", "c.png", "d.png"}

	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	f, err := tensorfile.OpenNamed(weights)
	require.NoError(t, err)
	defer f.Close()
	clip, _, err := models.LoadCLIP(s, models.File{Named: f})
	require.NoError(t, err)
	var want [][]float32
	for _, name := range order {
		m, err := preprocess.DecodeFile(filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		pixels := make([]float32, 32*32*3)
		preprocess.CLIP(32).Apply(pixels, m)
		row, err := clip.Image.Forward(nn.Inference(s), nn.Const(s.Upload(pixels, 1, 32, 32, 3))).T.Floats()
		require.NoError(t, err)
		want = append(want, row)
	}
	for _, model := range []string{"clip", "vit"} {
		for _, device := range []string{"host", "gl"} {
			if device == "gl" {
				needGL(t)
			}
			out := filepath.Join(t.TempDir(), "x.npy")
			args := []string{"embed", "--model", model, "--weights", weights, "--images", dir, "--out", out, "--device", device, "--batch", "2"}
			code, stdout, stderr := cli(t, nil, append(args, "--raw")...)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "5 rows of 24 numbers, as the network gives them")
			for i, row := range readRows(t, out, 24) {
				near(t, want[i], row)
			}
			code, _, stderr = cli(t, nil, args...)
			require.Zero(t, code, stderr)
			for i, row := range readRows(t, out, 24) {
				near(t, unit(want[i]), row)
			}
			names, err := os.ReadFile(strings.TrimSuffix(out, "npy") + "txt")
			require.NoError(t, err)
			require.Equal(t, strings.Join(order, "\n")+"\n", string(names))
		}
	}
}

func TestEmbedCaptions(t *testing.T) {
	weights := checkpoint(t, buildCLIP, nil)
	texts := []string{"a red circle", "", "the star", strings.Repeat("banana ", 40)}
	bpe, err := preprocess.OpenBPE(tinyVocabulary, tinyCLIP.Text.Context)
	require.NoError(t, err)
	require.Equal(t, tinyCLIP.Text.Vocab, bpe.Size())
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	f, err := tensorfile.OpenNamed(weights)
	require.NoError(t, err)
	defer f.Close()
	clip, _, err := models.LoadCLIP(s, models.File{Named: f})
	require.NoError(t, err)
	var want [][]float32
	for _, text := range texts {
		row, err := clip.Text.Forward(nn.Inference(s), bpe.Encode(text)).T.Floats()
		require.NoError(t, err)
		want = append(want, row)
	}
	array, err := json.Marshal(texts)
	require.NoError(t, err)
	dir := t.TempDir()
	for name, data := range map[string]string{
		"lines.txt": strings.Join(texts, "\n") + "\n", "windows.txt": "\ufeff" + strings.Join(texts, "\r\n"),
		"array.json": string(array), "array.txt": string(array) + "\n",
	} {
		file, out := filepath.Join(dir, name), filepath.Join(t.TempDir(), "y.npy")
		require.NoError(t, os.WriteFile(file, []byte(data), 0o644))
		for _, model := range []string{"clip", "text"} {
			code, stdout, stderr := cli(t, nil, "embed", "--model", model, "--weights", weights, "--captions", file, "--vocab", tinyVocabulary, "--out", out, "--device", "host", "--batch", "3", "--json")
			require.Zero(t, code, stderr)
			require.Contains(t, stderr, "1 of 4 captions are empty")
			var doc struct{ Rows, Width, Had int }
			require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
			require.Equal(t, []int{4, 24, 0}, []int{doc.Rows, doc.Width, doc.Had})
			for i, row := range readRows(t, out, 24) {
				near(t, unit(want[i]), row)
			}
			names, err := os.ReadFile(embed.NamesFile(out))
			require.NoError(t, err)
			require.Equal(t, strings.Join(texts, "\n")+"\n", string(names), name)
		}
	}
}

// A line of `mindgap scenes` has the picture's name before its caption: that is noticed.
func TestEmbedWarnsOfNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "captions")
	require.NoError(t, os.WriteFile(file, []byte("images/0.png\ta star\nimages/1.png\ta moon\n"), 0o644))
	code, _, stderr := cli(t, nil, "embed", "--model", "text", "--weights", checkpoint(t, buildCLIP, nil), "--captions", file, "--vocab", tinyVocabulary, "--out", file+".npy", "--device", "host")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "every line begins with the name of an image and a tab")
}

// The random networks of the program have the published widths; ReLU leaves nothing below zero.
func TestEmbedRandomInit(t *testing.T) {
	dir := drawPictures(t, "a.png", "b.png")
	rows := map[string][][]float32{}
	for _, seed := range []string{"1", "2"} {
		out := filepath.Join(t.TempDir(), "x.csv")
		code, _, stderr := cli(t, nil, "embed", "--model", "resnet18", "--random-init", "--seed", seed, "--images", dir, "--out", out, "--device", "host", "--raw")
		require.Zero(t, code, stderr)
		rows[seed] = readRows(t, out, 512)
		require.Len(t, rows[seed], 2)
		for _, v := range rows[seed][0] {
			require.GreaterOrEqual(t, v, float32(0))
		}
	}
	require.NotEqual(t, rows["1"], rows["2"])
	require.NotEqual(t, rows["1"][0], rows["1"][1])
}

// A bad image ends the run and costs nothing that was done; --skip-bad goes on.
func TestEmbedBadImage(t *testing.T) {
	weights := checkpoint(t, buildCLIP, nil)
	dir := drawPictures(t, "a.png", "b.png", "d.png")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.png"), []byte("<html>"), 0o644))
	out := filepath.Join(t.TempDir(), "x.npy")
	args := []string{"embed", "--model", "vit", "--weights", weights, "--images", dir, "--out", out, "--device", "host"}
	code, stdout, stderr := cli(t, nil, args...)
	require.Equal(t, 2, code)
	require.Empty(t, stdout)
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], "2 of 4 images are done and kept in "+out+".partial: the same command goes on")
	require.Contains(t, lines[1], "c.png: not a picture that can be read")
	require.Contains(t, lines[1], "--skip-bad")
	require.NoFileExists(t, out)

	code, stdout, stderr = cli(t, nil, append(args, "--skip-bad", "--json")...)
	require.Zero(t, code, stderr)
	var doc embed.Run
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Equal(t, []int{3, 2, 4}, []int{doc.Rows, doc.Had, doc.Done})
	require.Len(t, doc.Bad, 1)
	require.Equal(t, "c.png", doc.Bad[0].Name)
	require.Contains(t, stderr, "left out: "+filepath.Join(dir, "c.png")+": not a picture")
	require.Len(t, readRows(t, out, 24), 3)
}

func TestEmbedInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	file := filepath.Join(t.TempDir(), "x.npy")
	code := newApp(&out, &errs).run(ctx, []string{"embed", "--model", "vit", "--weights", checkpoint(t, buildCLIP, nil), "--images", drawPictures(t, "a.png"), "--out", file, "--device", "host"})
	require.Equal(t, exitInterrupted, code, errs.String())
	require.Equal(t, "mindgap: interrupted\n", errs.String())
	require.NoFileExists(t, file)
}

// Bad input is one line that says what and where, status 2, and no file.
func TestEmbedRefuses(t *testing.T) {
	clip := checkpoint(t, buildCLIP, nil)
	nan := checkpoint(t, buildCLIP, func(name string, values []float32) {
		if name == "visual.proj" {
			values[7] = float32(math.NaN())
		}
	})
	small := checkpoint(t, func(b *nn.Builder) {
		c := tinyCLIP
		c.Text.Vocab = 100
		openAI(b, c)
	}, nil)
	dir, work := drawPictures(t, "a.png"), t.TempDir()
	captions, empty, out := filepath.Join(work, "c.txt"), filepath.Join(work, "empty.txt"), filepath.Join(work, "x.npy")
	require.NoError(t, os.WriteFile(captions, []byte("a star\n"), 0o644))
	require.NoError(t, os.WriteFile(empty, nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(work, "bad.json"), []byte("[1]"), 0o644))
	before := tree(t, work)
	images := "--images " + dir + " --out " + out
	texts := "--captions " + captions + " --out " + out + " --vocab " + tinyVocabulary
	for _, c := range []struct{ args, says string }{
		{"", "embed needs a model: --model clip|resnet18|resnet50|vit|text"},
		{"--model alexnet --random-init " + images, "--model alexnet: no model is called \"alexnet\"; there are clip, resnet18, resnet50, vit, text"},
		{"--model clip --random-init " + images + " --captions " + captions, "--images and --captions: one run embeds one of them"},
		{"--model clip --random-init --out " + out, "embed needs something to embed"},
		{"--model text --random-init " + images, "the model text embeds captions"},
		{"--model vit --random-init " + texts, "the model vit embeds images"},
		{"--model clip " + images, "embed needs weights: --weights FILE, or --random-init"},
		{"--model clip --random-init --weights " + clip + " " + images, "exclude each other"},
		{"--model clip --weights " + clip + " --captions " + captions + " --out " + out, "--captions needs a vocabulary: --vocab FILE"},
		{"--model clip --weights " + clip + " --vocab x " + images, "--vocab is for captions"},
		{"--model clip --weights " + clip + " --images " + dir, "embed needs a file to write: --out X.npy"},
		{"--model clip --weights " + clip + " --images " + dir + " --out x.bin", "--out x.bin: want a name that ends in .npy, .safetensors or .csv"},
		{"--model clip --weights " + clip + " --images " + dir + " --out " + filepath.Join(work, "no", "x.npy"), "make it first"},
		{"--model clip --weights " + clip + " --images " + dir + " --out " + filepath.Join(captions, "x.npy"), "there is no folder"},
		{"--model clip --weights " + clip + " --images " + dir + " --out " + clip, "which is read; name another file"},
		{"--model clip --weights " + clip + " --captions " + captions + " --vocab " + tinyVocabulary + " --out " + filepath.Join(work, "c.npy"), "would overwrite " + captions},
		{"--model clip --weights " + clip + " --batch -1 " + images, "--batch -1: want 1 to 65536"},
		{"--model clip --weights " + clip + " --out " + out + " --images " + work, "no images in this folder or below it"},
		{"--model clip --weights " + clip + " --out " + out + " --images " + work + "/none", "none: cannot be listed: no such file"},
		{"--model clip --weights " + work + "/none " + images, "no such file"},
		{"--model clip --weights " + captions + " " + images, "c.txt: "},
		{"--model resnet18 --weights " + clip + " " + images, "tiny.safetensors: the file does not hold a residual network of torchvision"},
		{"--model clip --weights " + nan + " " + images, "tiny.safetensors: tensor visual.proj: element 7 is NaN; weights must be finite"},
		{"--model clip --weights " + small + " " + texts, "it has 814 ids, and the model reads 100: it belongs to another model"},
		{"--model clip --weights " + clip + " --out " + out + " --vocab " + tinyVocabulary + " --captions " + empty, "empty.txt: no captions"},
		{"--model clip --weights " + clip + " --out " + out + " --vocab " + tinyVocabulary + " --captions " + work + "/bad.json", "element 0 (the first is 0) is 1; want a string"},
		{"--model clip --weights " + clip + " --out " + out + " --vocab none --captions " + captions, "--vocab none: no such file"},
		{"--model clip --weights " + clip + " --seed -1 " + images, "want a whole number from 0"},
		{"--model clip --weights " + clip + " --gelu tanh " + images, "no GELU is called \"tanh\"; there are quick and exact"},
		{"--model clip --random-init --gelu exact " + images, "--gelu is for the weights of a CLIP"},
		{"--model resnet18 --weights " + clip + " --gelu exact " + images, "--gelu is for the weights of a CLIP"},
	} {
		code, stdout, stderr := cli(t, nil, append([]string{"embed", "--device", "host"}, strings.Fields(c.args)...)...)
		require.Equal(t, 2, code, "%s: %s", c.args, stderr)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.says, c.args)
		require.True(t, strings.HasPrefix(stderr, "mindgap: "), stderr)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
	require.Equal(t, before, tree(t, work))
	code, _, stderr := cli(t, nil, append([]string{"embed", "--model", "clip", "--weights", clip, "--device", "gl:99"}, strings.Fields(images)...)...)
	require.Equal(t, exitNoDevice, code, stderr)

	if os.Geteuid() > 0 { // root and Windows write everywhere
		require.NoError(t, os.Chmod(work, 0o555))
		defer os.Chmod(work, 0o755)
		code, _, stderr = cli(t, nil, append([]string{"embed", "--model", "clip", "--weights", clip, "--device", "host"}, strings.Fields(images)...)...)
		require.Equal(t, 2, code)
		require.Contains(t, stderr, "cannot write "+out+".partial: permission denied")
	}
}

// Residual networks are told apart by their blocks.
func TestEmbedOtherResNet(t *testing.T) {
	dir, out := drawPictures(t, "a.png"), filepath.Join(t.TempDir(), "x.npy")
	for _, c := range []struct {
		config models.ResNetConfig
		says   string
	}{
		{models.ResNetConfig{Blocks: [4]int{1, 1, 1, 1}, Width: 8}, "of [1 1 1 1] blocks and 64 features; resnet18 has [2 2 2 2] and 512"},
		{models.ResNetConfig{Blocks: models.ResNet18.Blocks, Width: 4}, "of [2 2 2 2] blocks and 32 features; resnet18 has [2 2 2 2] and 512"},
	} {
		weights := checkpoint(t, func(b *nn.Builder) { models.NewResNet(b, c.config) }, nil)
		code, _, stderr := cli(t, nil, "embed", "--model", "resnet18", "--weights", weights, "--images", dir, "--out", out, "--device", "host")
		require.Equal(t, 2, code)
		require.Contains(t, stderr, "tiny.safetensors: the file holds a residual network "+c.says)
	}
}

// --gelu exact is the network with the exact GELU; where the file leaves it open, that is said
// once, and --gelu is the answer.
func TestEmbedGELU(t *testing.T) {
	dir := drawPictures(t, "a.png")
	weights := checkpoint(t, func(b *nn.Builder) { models.NewCLIP(b, tinyCLIP) }, nil)
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	f, err := tensorfile.OpenNamed(weights)
	require.NoError(t, err)
	defer f.Close()
	clip, _, err := models.LoadCLIP(s, models.File{Named: f})
	require.NoError(t, err)
	m, err := preprocess.DecodeFile(filepath.Join(dir, "a.png"))
	require.NoError(t, err)
	pixels := make([]float32, 32*32*3)
	preprocess.CLIP(32).Apply(pixels, m)
	want := map[bool][]float32{}
	for _, exact := range []bool{false, true} {
		clip.UseGELU(exact)
		want[exact], err = clip.Image.Forward(nn.Inference(s), nn.Const(s.Upload(pixels, 1, 32, 32, 3))).T.Floats()
		require.NoError(t, err)
	}
	require.NotEqual(t, want[false], want[true])
	run := func(args ...string) (row []float32, stderr string) {
		out := filepath.Join(t.TempDir(), "x.npy")
		code, _, stderr := cli(t, nil, append([]string{"embed", "--model", "clip", "--weights", weights, "--images", dir, "--out", out, "--device", "host", "--raw"}, args...)...)
		require.Zero(t, code, stderr)
		return readRows(t, out, 24)[0], stderr
	}
	for _, c := range []struct {
		args  []string
		exact bool
		warns bool
	}{{nil, false, true}, {[]string{"--gelu", "quick"}, false, false}, {[]string{"--gelu", "exact"}, true, false}} {
		row, stderr := run(c.args...)
		near(t, want[c.exact], row)
		require.Equal(t, c.warns, strings.Contains(stderr, "does not say which GELU its network has"), stderr)
		if c.warns {
			require.Contains(t, stderr, "taken: QuickGELU")
			require.Equal(t, 1, strings.Count(stderr, "GELU its network has"))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(weights), "open_clip_config.json"), []byte(`{"model_cfg": {"embed_dim": 24}}`), 0o644))
	row, stderr := run()
	near(t, want[true], row)
	require.NotContains(t, stderr, "GELU")
}
