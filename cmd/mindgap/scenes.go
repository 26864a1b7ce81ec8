package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mindgap/contrastive/scenes"
)

// mostScenes is how many pictures `mindgap scenes` writes at most: captions.txt is then 35 MB.
const mostScenes = 100_000

// scenesFlags are what `mindgap scenes` is asked for.
type scenesFlags struct {
	n, size     int
	seed        uint64
	split, out  string
	sheet, json bool
}

func (a *app) scenesCmd() *cobra.Command {
	var f scenesFlags
	c := &cobra.Command{
		Use: "scenes", Short: "Draw pictures with captions and class labels from a seed", Args: cobra.NoArgs,
		Long: `scenes draws pictures of one or two kinds of objects on a textured ground, and writes

  images/000000.png ...   the pictures
  captions.txt            picture, tab, caption: five lines for each picture, of which the first
                          says everything and the last one thing
  labels.csv              name,shape,color,count,position,style; where a picture has two kinds
                          of objects, their values are joined by +
  scenes.json             seed, split and size
  sheet.png               the first 64 scenes side by side, with --sheet

Picture i depends on seed, split, size and i alone, not on --n, and is the same on every system.
A folder that was interrupted is completed, and one of the same seed, split and size is grown by
a larger --n. The first captions of --split held-out are in no training split of any seed.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.scenes(c.Context(), f) },
	}
	fl := c.Flags()
	fl.IntVar(&f.n, "n", 64, fmt.Sprintf("how many scenes, 1 to %d", mostScenes))
	fl.IntVar(&f.size, "size", 224, fmt.Sprintf("side of the pictures in pixels, %d to %d", scenes.MinSize, scenes.MaxSize))
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the scenes")
	fl.StringVar(&f.split, "split", scenes.Splits[scenes.Train], strings.Join(scenes.Splits, " or "))
	fl.StringVar(&f.out, "out", "scenes", "folder for the files")
	fl.BoolVar(&f.sheet, "sheet", false, "write sheet.png, too")
	fl.BoolVar(&f.json, "json", false, "print JSON: {\"folder\": ..., \"scenes\": n, \"files\": [...]}")
	return c
}

func (a *app) scenes(ctx context.Context, f scenesFlags) error {
	split := slices.Index(scenes.Splits, f.split)
	switch {
	case f.n < 1 || f.n > mostScenes:
		return fmt.Errorf("--n %d: want 1 to %d scenes", f.n, mostScenes)
	case f.size < scenes.MinSize || f.size > scenes.MaxSize:
		return fmt.Errorf("--size %d: want %d to %d pixels", f.size, scenes.MinSize, scenes.MaxSize)
	case split < 0:
		return fmt.Errorf("--split %s: want %s", f.split, strings.Join(scenes.Splits, " or "))
	}
	w, err := openScenes(f.out, sceneSettings{scenes.Version, f.seed, f.split, f.size}, f.n)
	if err != nil {
		return err
	}
	specs := scenes.Source{Seed: f.seed, Split: scenes.Split(split)}.Take(0, f.n)
	a.progress.Start("scenes", float64(f.n), "scenes")
	had, err := w.images(ctx, specs, func() { a.progress.Add(1) })
	a.progress.Stop()
	if err != nil {
		return err
	}
	files := []string{"images", "captions.txt", "labels.csv", "scenes.json"}
	if f.sheet {
		files = append(files, "sheet.png")
		err = w.sheet(specs)
	}
	if err == nil {
		err = w.texts(specs)
	}
	if err != nil {
		return err
	}
	if f.json {
		return a.writeJSON(map[string]any{"folder": f.out, "scenes": f.n, "had": had, "files": files})
	}
	there := ""
	if had > 0 {
		there = fmt.Sprintf(" (%d were there)", had)
	}
	a.printf("%d scenes of %d x %d pixels%s are in %s: %s\n", f.n, f.size, f.size, there, f.out, strings.Join(files, ", "))
	return nil
}
