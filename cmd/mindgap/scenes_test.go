package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive/dataset"
	"mindgap/contrastive/scenes"
)

// tree gives the contents of all files of a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator)))] = string(data)
		return err
	}))
	return files
}

func TestScenesWritesWhatItDraws(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	code, stdout, stderr := cli(t, nil, "scenes", "--n", "12", "--size", "40", "--seed", "3", "--out", dir, "--sheet")
	require.Zero(t, code, stderr)
	require.Equal(t, "12 scenes of 40 x 40 pixels are in "+dir+": images, captions.txt, labels.csv, scenes.json, sheet.png\n", stdout)
	files := tree(t, dir)
	require.Len(t, files, 12+4)
	specs := scenes.Source{Seed: 3}.Take(0, 12)
	captions := strings.Split(strings.TrimSuffix(files["captions.txt"], "\n"), "\n")
	require.Len(t, captions, 12*scenes.CaptionsPerScene)
	rows, err := csv.NewReader(strings.NewReader(files["labels.csv"])).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"name", "shape", "color", "count", "position", "style"}, rows[0])
	require.Len(t, rows, 13)
	for i, s := range specs {
		name := "images/" + scenes.Name(i)
		m, err := png.Decode(strings.NewReader(files[name]))
		require.NoError(t, err)
		want := s.Render(40)
		for p := range 40 * 40 {
			r, g, b, _ := m.At(p%40, p/40).RGBA()
			require.Equal(t, want.At(p%40, p/40), []uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)})
		}
		for j, c := range s.Captions() {
			require.Equal(t, name+"\t"+c, captions[i*scenes.CaptionsPerScene+j])
		}
		row := rows[1+i]
		require.Equal(t, name, row[0])
		require.Equal(t, s.Style.String(), row[5])
		kinds := s.All()
		require.Len(t, strings.Split(row[3], "+"), len(kinds))
		require.True(t, strings.HasPrefix(row[1], kinds[0].Shape.String()))
		require.True(t, strings.HasSuffix(row[2], kinds[len(kinds)-1].Color.String()))
	}
	sheet, err := png.Decode(strings.NewReader(files["sheet.png"]))
	require.NoError(t, err)
	require.Equal(t, 8*48+8, sheet.Bounds().Dx())
}

// The folder is a data set of captions.
func TestScenesCanBeReadBack(t *testing.T) {
	dir := t.TempDir()
	code, _, stderr := cli(t, nil, "scenes", "--n", "5", "--size", "24", "--out", dir)
	require.Zero(t, code, stderr)
	set, err := dataset.Open(dir, dataset.Options{Label: "color"})
	require.NoError(t, err)
	require.Equal(t, 5, set.Len())
	i := 0
	for x, err := range set.Examples() {
		require.NoError(t, err)
		s := scenes.Source{Seed: 1}.At(i)
		require.Equal(t, s.Captions(), x.Captions)
		require.Equal(t, s.Style.String(), set.Groups()[x.Group])
		if len(s.All()) > 1 { // of two colours
			require.Equal(t, -1, x.Label)
		} else {
			require.Equal(t, s.Kinds[0].Color.String(), set.Classes()[x.Label])
		}
		m, err := x.Image()
		require.NoError(t, err)
		require.Equal(t, s.Render(24), m)
		i++
	}
	require.Equal(t, 5, i)
}

// The same call gives the same bytes; a folder goes on where it stopped, and grows.
func TestScenesGoesOn(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	draw := func(dir, n string) string {
		t.Helper()
		code, stdout, stderr := cli(t, nil, "scenes", "--n", n, "--size", "16", "--split", "held-out", "--out", dir, "--json")
		require.Zero(t, code, stderr)
		return stdout
	}
	draw(one, "9")
	draw(two, "4")
	require.NoError(t, os.Remove(filepath.Join(two, "captions.txt")))
	require.NoError(t, os.Remove(filepath.Join(two, "images", "000002.png")))
	kept := filepath.Join(two, "images", "000001.png")
	before, err := os.Stat(kept)
	require.NoError(t, err)
	require.NoError(t, os.Chtimes(kept, time.Unix(1, 0), time.Unix(1, 0)))
	var doc struct {
		Folder      string
		Scenes, Had int
		Files       []string
	}
	require.NoError(t, json.Unmarshal([]byte(draw(two, "9")), &doc))
	require.Equal(t, 9, doc.Scenes)
	require.Equal(t, 3, doc.Had)
	after, err := os.Stat(kept)
	require.NoError(t, err)
	require.NotEqual(t, before.ModTime(), after.ModTime())
	require.Equal(t, time.Unix(1, 0), after.ModTime(), "what was there was not written again")
	require.Equal(t, tree(t, one), tree(t, two))
	first, err := scenes.Parse(strings.Split(strings.Split(tree(t, one)["captions.txt"], "\n")[0], "\t")[1])
	require.NoError(t, err)
	require.Equal(t, scenes.HeldOut, first.Split())
}

func TestScenesInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs bytes.Buffer
	code := newApp(io.Discard, &errs).run(ctx, []string{"scenes", "--n", "3", "--size", "16", "--out", dir})
	require.Equal(t, exitInterrupted, code, errs.String())
	require.Equal(t, "mindgap: interrupted\n", errs.String())
	require.NoFileExists(t, filepath.Join(dir, "captions.txt"))
	code, _, stderr := cli(t, nil, "scenes", "--n", "3", "--size", "16", "--out", dir)
	require.Zero(t, code, stderr)
	require.Len(t, tree(t, dir), 3+3)
}

// Wrong use is one line that says what to do, and leaves what was there as it was.
func TestScenesRefuses(t *testing.T) {
	dir := t.TempDir()
	code, _, stderr := cli(t, nil, "scenes", "--n", "4", "--size", "16", "--out", dir)
	require.Zero(t, code, stderr)
	other, damaged := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "labels.csv"), []byte("mine"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(damaged, "scenes.json"), []byte("{"), 0o644))
	blocked := t.TempDir() // a file is where the folder of images should be made
	require.NoError(t, os.WriteFile(filepath.Join(blocked, "scenes.json"), []byte(`{"version":1,"seed":1,"split":"train","size":16}`), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(blocked, "images"), nil, 0o644))
	before := tree(t, dir)
	for _, c := range []struct{ args, says string }{
		{"--n 0", "--n 0: want 1 to 100000 scenes"},
		{"--n 100001", "want 1 to 100000"},
		{"--n x", "want a whole number"},
		{"--size 15", "--size 15: want 16 to 2048 pixels"},
		{"--size 2049", "want 16 to 2048"},
		{"--split dev", "--split dev: want train or held-out"},
		{"--seed -1", "want a whole number from 0"},
		{"extra", "unknown command"},
		{"--out=", "the folder has no name"},
		{"--out " + filepath.Join(dir, "labels.csv"), "cannot write to"},
		{"--out " + filepath.Join(dir, "labels.csv", "below"), "cannot write to"},
		{"--n 4 --size 17 --out " + dir, "size 16, not 1, 1, train and 17; name another folder"},
		{"--n 4 --size 16 --seed 2 --out " + dir, "seed 1, split train and size 16, not 1, 2"},
		{"--n 3 --size 16 --out " + dir, "has more than 3 scenes"},
		{"--out " + other, "has labels.csv, but no scenes.json"},
		{"--out " + damaged, "scenes.json is damaged"},
		{"--n 2 --size 16 --out " + blocked, "cannot write to"},
	} {
		code, stdout, stderr := cli(t, nil, append([]string{"scenes"}, strings.Fields(c.args)...)...)
		require.Equal(t, 2, code, "%s: %s", c.args, stderr)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.says, c.args)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
	require.Equal(t, before, tree(t, dir))
	require.Equal(t, map[string]string{"labels.csv": "mine"}, tree(t, other))
}
