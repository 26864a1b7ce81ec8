package embed

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mindgap/nn/preprocess"
)

// Pictures are the image files of a folder and of those below it, in the order of their paths.
type Pictures struct {
	Dir   string
	Names []string // paths relative to Dir, with slashes
	Sizes []int64  // in bytes
}

// endings are those of names that are taken for images.
var endings = []string{".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"}

// IsPicture says whether a file's name ends like that of an image.
func IsPicture(name string) bool {
	return slices.Contains(endings, strings.ToLower(filepath.Ext(name)))
}

// ListPictures finds images by the ends of their names. Links are followed; names that begin
// with a dot are left out. A folder without images is an error.
func ListPictures(dir string) (*Pictures, error) {
	p := &Pictures{Dir: dir}
	sizes := map[string]int64{}
	if err := p.list("", sizes); err != nil {
		return nil, err
	}
	if len(p.Names) == 0 {
		return nil, fmt.Errorf("%s: no images in this folder or below it (files that end in %s)", dir, strings.Join(endings, " "))
	}
	slices.Sort(p.Names)
	for _, name := range p.Names {
		p.Sizes = append(p.Sizes, sizes[name])
	}
	return p, nil
}

// list adds the images of one folder below Dir, and of those in it.
func (p *Pictures) list(below string, sizes map[string]int64) error {
	const deepest = 32 // a link to a folder above would never end
	dir := filepath.Join(p.Dir, filepath.FromSlash(below))
	if strings.Count(below, "/") > deepest {
		return fmt.Errorf("%s: more than %d folders within each other; does a link lead back?", dir, deepest)
	}
	all, err := os.ReadDir(dir)
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: cannot be listed: %w", dir, cause.Err)
	}
	if err != nil {
		return err
	}
	for _, e := range all {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !e.IsDir() && e.Type()&fs.ModeSymlink == 0 && !IsPicture(name) {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, name))
		switch {
		case err == nil && info.IsDir():
			if err := p.list(below+name+"/", sizes); err != nil {
				return err
			}
		case IsPicture(name): // a link that leads nowhere is a bad image
			p.Names = append(p.Names, below+name)
			if err == nil {
				sizes[below+name] = info.Size()
			}
		}
	}
	return nil
}

// open decodes a picture. Its error names the file.
func (p *Pictures) open(i int) (*preprocess.Image, error) {
	return preprocess.DecodeFile(filepath.Join(p.Dir, filepath.FromSlash(p.Names[i])))
}

// Job is the work of embedding pictures.
func (e *Images) Job(p *Pictures) *Job {
	h := sha256.New()
	for i, name := range p.Names {
		fmt.Fprintf(h, "%q %d\n", name, p.Sizes[i])
	}
	return &Job{
		Unit: "images", Names: p.Names, Width: e.Width, Batch: e.Batch(),
		Key: Key{Model: e.model, Weights: e.Key, Inputs: hexDigest(h), Device: e.device.Caps().Where()},
		Walk: func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
			return e.walk(ctx, p, from, batch)
		},
	}
}

// walk embeds the pictures from one on.
func (e *Images) walk(ctx context.Context, p *Pictures, from, batch int) iter.Seq2[Rows, error] {
	return e.each(ctx, from, len(p.Names)-from, batch, func(i int) (*preprocess.Image, error) { return p.open(from + i) })
}

// each embeds n pictures, whose rows are counted from first on. They are decoded on all cores,
// ahead of the device.
func (e *Images) each(ctx context.Context, first, n, batch int, open func(i int) (*preprocess.Image, error)) iter.Seq2[Rows, error] {
	return func(yield func(Rows, error) bool) {
		loader := preprocess.Loader{Pipeline: e.Pipeline, Batch: batch}
		for b, err := range loader.Load(ctx, n, open) {
			bad, _ := errors.AsType[preprocess.Failures](err)
			if err != nil && bad == nil {
				yield(Rows{}, err)
				return
			}
			rows := Rows{First: first + b.First, Count: b.Count, Bad: map[int]error{}}
			for _, f := range bad {
				rows.Bad[first+f.Index] = f.Err
			}
			values, err := e.Embed(b.Pixels)
			rows.Values = values
			if !yield(rows, err) || err != nil {
				return
			}
		}
	}
}

// All embeds n pictures, n x Width, not normalised. The first that cannot be opened ends it;
// done, which may be nil, is told of every batch.
func (e *Images) All(ctx context.Context, n int, open func(i int) (*preprocess.Image, error), done func(n int)) ([]float32, error) {
	return gather(e.each(ctx, 0, n, e.Batch(), open), done)
}

// gather puts the rows of a walk into one piece.
func gather(walk iter.Seq2[Rows, error], done func(n int)) ([]float32, error) {
	var out []float32
	for rows, err := range walk {
		if err != nil {
			return nil, err
		}
		if len(rows.Bad) > 0 {
			return nil, rows.Bad[slices.Min(slices.Collect(maps.Keys(rows.Bad)))]
		}
		out = append(out, rows.Values...)
		if done != nil {
			done(rows.Count)
		}
	}
	return out, nil
}
