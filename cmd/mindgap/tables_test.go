package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/nn"
)

// dataSets are small files as their publishers lay them out.
const dataSets = "../../contrastive/dataset/testdata/"

// reproduceWith runs an experiment with a tiny CLIP as --weights and gives its result.
func reproduceWith(t *testing.T, name string, args ...string) *report.Result {
	out := t.TempDir()
	all := append([]string{"reproduce", name, "--device", "host", "--out", out, "--weights", checkpoint(t, buildCLIP, nil), "--vocab", tinyVocabulary}, args...)
	code, stdout, stderr := cli(t, nil, all...)
	require.Zero(t, code, stderr+stdout)
	f, err := report.Open(out)
	require.NoError(t, err)
	r, _, err := f.ReadResult(name)
	require.NoError(t, err)
	return r
}

// The published Table 1: a CLIP's own pictures and texts, every data set under its own name,
// retrieval where there are captions; nothing is called a surrogate.
func TestTable1OnGivenData(t *testing.T) {
	args := []string{"--scale", "paper"}
	for _, spec := range []string{"cifar-10-binary.tar.gz", "cifar-100-binary.tar.gz", "EuroSAT", "svhn/test_32x32.mat", "hateful_memes", "imagenet/val", "fairface", "flickr"} {
		args = append(args, "--data", dataSets+spec)
	}
	r := reproduceWith(t, "table1", args...)
	require.NotContains(t, r.Inputs, "surrogate")
	require.Contains(t, r.Inputs, "CLIP of tiny.safetensors (images of 32 pixels, 24 numbers, QuickGELU) on CIFAR10 (")
	var names []any
	for _, row := range r.Tables["table1"].Rows {
		names = append(names, row[0])
	}
	require.Equal(t, []any{"CIFAR10", "CIFAR100", "EuroSAT", "SVHN", "HatefulMemes", "val"}, names, "no faces here")
	ids := ""
	for _, c := range r.Claims {
		ids += c.ID + " "
	}
	require.Contains(t, ids, "default-CIFAR10 modified-CIFAR10 held-out-CIFAR10")
	require.Contains(t, ids, "default-HatefulMemes")
	metrics := map[string]bool{}
	for _, row := range r.Tables["sweep"].Rows {
		metrics[row[0].(string)+" "+row[3].(string)] = true
	}
	for _, m := range []string{"CIFAR10 hit@5", "CIFAR100 hit@10", "HatefulMemes auc", "flickr r1_image", "flickr r1_text"} {
		require.True(t, metrics[m], "%s in %v", m, metrics)
	}
}

// The published Table 2: FairFace's faces by race, the direction of the gap from captioned
// pictures.
func TestTable2OnFairFace(t *testing.T) {
	r := reproduceWith(t, "table2", "--data", dataSets+"fairface", "--data", dataSets+"flickr")
	require.NotContains(t, r.Inputs, "surrogate")
	require.Regexp(t, `CLIP of tiny.safetensors .* on \d+ pictures of FairFace; images alone are shifted.* \d+ pairs of flickr`, r.Inputs)
	groups := map[any]bool{}
	for _, row := range r.Tables["table2"].Rows {
		groups[row[2]] = true
	}
	require.Contains(t, groups, "Middle Eastern")
	require.Contains(t, r.Tables["table2"].Doc, "a: crime; b: non-human")
	require.Equal(t, []string{"percentages", "accuracies"}, []string{r.Claims[len(r.Claims)-2].ID, r.Claims[len(r.Claims)-1].ID})
	r = reproduceWith(t, "table2", "--data", dataSets+"fairface")
	require.Contains(t, r.Inputs, "for want of captioned pictures")
}

// A CLIP on drawn scenes is a surrogate, too, and says so.
func TestTable1OfACLIPOnScenes(t *testing.T) {
	r := reproduceWith(t, "table1")
	require.Contains(t, r.Inputs, "surrogate: CLIP of tiny.safetensors")
	require.Contains(t, r.Figures[0].Caption, "Surrogate: ")
}

// What is missing or unreadable is said in one line, and nothing stands in for it.
func TestTablesRefuse(t *testing.T) {
	clip := checkpoint(t, buildCLIP, nil)
	nan := checkpoint(t, buildCLIP, func(name string, values []float32) {
		if name == "visual.proj" {
			values[7] = float32(math.NaN())
		}
	})
	other := checkpoint(t, func(b *nn.Builder) { b.Param("fc.weight", nn.Zero, 3, 2) }, nil)
	for _, c := range []struct{ args, says string }{
		{"table1 --weights " + clip, "table1: the CLIP of --weights " + clip + " reads texts: give its vocabulary, --vocab FILE"},
		{"table1 --weights " + clip + " --vocab " + tinyVocabulary + " --data none", "none: "},
		{"table1 --weights " + clip + " --vocab " + filepath.Join(dataSets, "make.py"), "--vocab "},
		{"table1 --weights " + tinyVocabulary, "bpe_tiny.txt: "},
		{"fig2a --weights " + nan + " --vocab " + tinyVocabulary, "tiny.safetensors: tensor visual.proj: element 7 is NaN; weights must be finite"},
		{"norm-off --weights " + nan, "tiny.safetensors: tensor visual.proj: element 7 is NaN"},
		{"fig2a --weights " + other, "--weights " + other + " holds none of the networks that experiments take"},
		{"table1 --weights " + clip + " --gelu tanh", "--gelu tanh: no GELU is called"},
	} {
		code, stdout, stderr := cli(t, nil, append([]string{"reproduce", "--device", "host", "--out", t.TempDir()}, strings.Fields(c.args)...)...)
		require.Equal(t, 2, code, "%s: %s", c.args, stdout)
		require.Contains(t, stderr, c.says)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		require.LessOrEqual(t, len(lines), 2, stderr)
	}
}
