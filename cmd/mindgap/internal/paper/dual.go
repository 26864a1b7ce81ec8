package paper

import (
	"context"
	"fmt"
	"path/filepath"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/nn/preprocess"
)

// dual is a trained dual encoder as the experiments ask it: unit rows of scenes, of pictures
// and of texts.
type dual struct {
	says string // which model, for results
	own  bool   // the program's own, a surrogate for CLIP: pictures is nil, it reads scenes alone

	scenes   func(ctx context.Context, list []scenes.Spec) (geometry.Rows, error)
	pictures func(ctx context.Context, n int, open func(i int) (*preprocess.Image, error)) (geometry.Rows, error)
	texts    func(ctx context.Context, list []string) (geometry.Rows, error)
}

// mark is a caption's sentence on what was run: a surrogate, unless a published model saw given
// data.
func (m *dual) mark(given bool) string {
	if given {
		return "Run here: " + m.says + "."
	}
	return "Surrogate: " + m.says + ", on drawn scenes."
}

// openDual gives the first CLIP among --weights; where there is none, the program's own model.
// It lives in scope s.
func openDual(e *Env, s *engine.Scope) (*dual, error) {
	file, err := clipFile(e.Weights)
	if err != nil {
		return nil, err
	}
	if file != "" {
		return openCLIP(e, s, file)
	}
	m, says, err := ownModel(s)
	if err != nil {
		return nil, err
	}
	return ownDual(e, m, says), nil
}

// ownModel is the program's own dual encoder of drawn scenes, and which it is.
func ownModel(s *engine.Scope) (*sceneclip.Model, string, error) {
	m, err := sceneclip.Pretrained(s)
	return m, sceneclip.PretrainedSays(), err
}

// ownChunk is how many scenes or texts the program's own model embeds at once.
const ownChunk = 100

// ownDual asks the program's own model.
func ownDual(e *Env, m *sceneclip.Model, says string) *dual {
	d := &dual{says: says, own: true}
	d.scenes = func(ctx context.Context, list []scenes.Spec) (geometry.Rows, error) {
		return inChunks(ctx, e, list, func(some []scenes.Spec) (geometry.Rows, error) {
			return m.EmbedScenes(e.Device, some, ownChunk)
		})
	}
	d.texts = func(ctx context.Context, list []string) (geometry.Rows, error) {
		return inChunks(ctx, e, list, func(some []string) (geometry.Rows, error) {
			return m.EmbedTexts(e.Device, some, ownChunk)
		})
	}
	return d
}

// inChunks embeds a list piece by piece, so that it can be interrupted.
func inChunks[T any](ctx context.Context, e *Env, list []T, embed func([]T) (geometry.Rows, error)) (geometry.Rows, error) {
	var all geometry.Rows
	for lo := 0; lo < len(list); lo += ownChunk {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		some := list[lo:min(lo+ownChunk, len(list))]
		rows, err := embed(some)
		if err != nil {
			return all, err
		}
		all = geometry.Rows{N: all.N + rows.N, D: rows.D, Data: append(all.Data, rows.Data...)}
		e.Progress.Add(float64(len(some)))
	}
	return all, nil
}

// openCLIP asks a published CLIP, with its own preprocessing of pictures.
func openCLIP(e *Env, s *engine.Scope, file string) (*dual, error) {
	texts, words, err := textTower(e, s, "clip", file)
	if err != nil {
		return nil, err
	}
	images, err := embed.Model{Name: "clip", Weights: file, GELU: e.GELU}.OpenImages(s)
	if err != nil {
		return nil, err
	}
	d := &dual{says: fmt.Sprintf("CLIP of %s (images of %d pixels, %d numbers, %s)", filepath.Base(file), images.Pipeline.Crop, images.Width, images.GELU)}
	d.pictures = func(ctx context.Context, n int, open func(i int) (*preprocess.Image, error)) (geometry.Rows, error) {
		list, err := images.All(ctx, n, open, e.told)
		return unitRows(n, images.Width, list, err)
	}
	d.scenes = func(ctx context.Context, list []scenes.Spec) (geometry.Rows, error) {
		return d.pictures(ctx, len(list), func(i int) (*preprocess.Image, error) { return list[i].Render(images.Pipeline.Crop), nil })
	}
	d.texts = func(ctx context.Context, list []string) (geometry.Rows, error) {
		rows, err := texts.All(ctx, list, words, e.told)
		return unitRows(len(list), texts.Width, rows, err)
	}
	return d, nil
}

// unitRows normalises a device's rows in float64.
func unitRows(n, d int, list []float32, err error) (geometry.Rows, error) {
	if err != nil {
		return geometry.Rows{}, err
	}
	rows, err := geometry.FromFloat32(n, d, list)
	if err != nil {
		return rows, err
	}
	return rows.Normalise()
}
