package paper

import (
	"context"
	"fmt"
	"strings"

	"mindgap/contrastive/dataset"
	"mindgap/contrastive/scenes"
	"mindgap/geometry"
	"mindgap/nn/preprocess"
)

// drawnTask is a classification of drawn scenes.
type drawnTask struct {
	dataset.Task
	content scenes.Content
	label   func(scenes.Spec) int
}

// drawnTasks are the stand-ins for the data sets of Table 1: four by class, as CIFAR10,
// CIFAR100, EuroSAT and SVHN are, and one of two classes judged by the area under the ROC
// curve, as HatefulMemes is.
func drawnTasks() []drawnTask {
	var out []drawnTask
	for i := range scenes.Tasks {
		t := &scenes.Tasks[i]
		out = append(out, drawnTask{t.Task, t.Source(0).Content, t.Label})
	}
	size := dataset.Task{Name: "size", Classes: scenes.Sizes, Prompt: "a photo of a {} shape", Metric: dataset.AUC}
	return append(out, drawnTask{size, scenes.OneObject, func(s scenes.Spec) int { return int(s.Kinds[0].Size) }})
}

// drawnZeroShot are the tasks of drawn scenes as a model sees them: n held-out scenes each, and
// retrieval among n of distinct captions. Tasks of the same kind of scene share the pictures.
func drawnZeroShot(ctx context.Context, e *Env, m *dual, tasks []drawnTask, n, pairs int) ([]*zeroShot, error) {
	seen := map[scenes.Content]geometry.Rows{}
	var out []*zeroShot
	for _, t := range tasks {
		list := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut, Content: t.content}.Take(0, n)
		z := &zeroShot{Task: t.Task}
		for _, s := range list {
			z.labels = append(z.labels, t.label(s))
		}
		rows, ok := seen[t.content]
		if !ok {
			var err error
			if rows, err = m.scenes(ctx, list); err != nil {
				return nil, err
			}
			seen[t.content] = rows
		}
		z.images = rows
		var err error
		if z.texts, err = m.texts(ctx, t.Texts()); err != nil {
			return nil, err
		}
		out = append(out, z)
	}
	images, texts, err := embedDrawn(ctx, e, m, pairs)
	if err != nil {
		return nil, err
	}
	return append(out, retrievals("captions", images, texts, false)...), nil
}

// embedDrawn embeds n held-out scenes with distinct captions, and these.
func embedDrawn(ctx context.Context, e *Env, m *dual, n int) (images, texts geometry.Rows, err error) {
	list, err := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut}.Distinct(n)
	if err != nil {
		return images, texts, err
	}
	if images, err = m.scenes(ctx, list); err != nil {
		return images, texts, err
	}
	texts, err = m.texts(ctx, captionsOf(list))
	return images, texts, err
}

// captionsOf are the canonical captions of scenes.
func captionsOf(list []scenes.Spec) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Caption()
	}
	return out
}

// retrievals are both ways of finding partners as classifications.
func retrievals(name string, images, texts geometry.Rows, given bool) []*zeroShot {
	own := make([]int, images.N)
	for i := range own {
		own[i] = i
	}
	task := dataset.Task{Name: name, Classes: make([]string, images.N), Metric: dataset.Accuracy}
	return []*zeroShot{
		{Task: task, images: images, texts: texts, labels: own, retrieval: "image", given: given},
		{Task: task, images: texts, texts: images, labels: own, retrieval: "text", given: given},
	}
}

// givenZeroShot are the data sets of --data: those with classes, but for faces, and retrieval
// in the one with captions. most bounds the pictures of each; 0: all.
func givenZeroShot(ctx context.Context, e *Env, m *dual, most int) ([]*zeroShot, error) {
	specs, sets, err := e.labelled(false)
	if err != nil {
		return nil, err
	}
	var out []*zeroShot
	for i, set := range sets {
		z, err := classesOf(ctx, e, m, specs[i], set, most)
		if err != nil {
			return nil, fmt.Errorf("--data %s: %w", specs[i], err)
		}
		out = append(out, z)
	}
	spec, set, err := e.captioned()
	if err != nil || set == nil {
		return out, err
	}
	const pairs = 5000 // as in Figures 2 and 3: retrieval compares all with all
	if most == 0 || most > pairs {
		most = pairs
	}
	images, texts, err := pairsOf(ctx, e, m, set, most)
	if err != nil {
		return nil, fmt.Errorf("--data %s: %w", spec, err)
	}
	return append(out, retrievals(placeName(spec), images, texts, true)...), nil
}

// placeName is the last part of a data set's path.
func placeName(spec string) string {
	parts := strings.FieldsFunc(spec, func(r rune) bool { return strings.ContainsRune(`/\:`, r) })
	if len(parts) == 0 {
		return spec
	}
	return parts[len(parts)-1]
}

// classesOf embeds the pictures of a data set whose class is known, and the prompts.
func classesOf(ctx context.Context, e *Env, m *dual, spec string, set dataset.Set, most int) (*zeroShot, error) {
	z := &zeroShot{given: true}
	z.Task, _ = dataset.TaskOf(set)
	if z.Name == "" {
		z.Name = placeName(spec)
	}
	list, err := sampled(set, most, e.Seed)
	if err != nil {
		return nil, err
	}
	var known []dataset.Example
	for _, x := range list {
		if x.Label >= 0 {
			known, z.labels = append(known, x), append(z.labels, x.Label)
		}
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("no picture has a class; choose a part of the data set that has")
	}
	if z.images, err = m.pictures(ctx, len(known), func(i int) (*preprocess.Image, error) { return known[i].Image() }); err != nil {
		return nil, err
	}
	z.texts, err = m.texts(ctx, z.Texts())
	return z, err
}

// sampled lists a data set, or as many of its examples as most says, drawn by the seed.
func sampled(set dataset.Set, most int, seed uint64) ([]dataset.Example, error) {
	if n := set.Len(); most > 0 && n > most {
		var err error
		if set, err = dataset.Sample(set, most, seed); err != nil {
			return nil, err
		}
	} else if most > 0 && n < 0 {
		set = dataset.Head(set, most)
	}
	return listOf(set)
}

// pairsOf embeds the first pictures of a data set, each with a caption: its first, or as
// published its last (quirk D13).
func pairsOf(ctx context.Context, e *Env, m *dual, set dataset.Set, most int) (images, texts geometry.Rows, err error) {
	which := dataset.First
	if e.AsPublished {
		which = dataset.Last
	}
	var list []dataset.Pair
	var captions []string
	for p, err := range dataset.Pairs(dataset.Head(set, most), which) {
		if err != nil {
			return images, texts, err
		}
		list, captions = append(list, p), append(captions, p.Text)
	}
	if images, err = m.pictures(ctx, len(list), func(i int) (*preprocess.Image, error) { return list[i].Image() }); err != nil {
		return images, texts, err
	}
	texts, err = m.texts(ctx, captions)
	return images, texts, err
}
