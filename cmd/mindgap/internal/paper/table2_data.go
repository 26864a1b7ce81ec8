package paper

import (
	"context"
	"fmt"
	"slices"

	"mindgap/contrastive/dataset"
	"mindgap/contrastive/scenes"
	"mindgap/geometry"
	"mindgap/nn/preprocess"
)

// The families of errors: FairFace's, and what stands in for them on drawn scenes.
var (
	fairFaceFamilies = [2]string{"crime", "non-human"}
	drawnFamilies    = [2]string{"a shape that no scene shows", "a number that no scene shows"}
)

// table2Data is FairFace with a CLIP where both are given, else drawn scenes.
func table2Data(ctx context.Context, e *Env, m *dual, size table2Size) (*harmData, error) {
	if !m.own {
		specs, sets, err := e.labelled(true)
		if err != nil {
			return nil, err
		}
		if len(sets) > 0 {
			h, err := facesOf(ctx, e, m, sets[0], size)
			if err != nil {
				return nil, fmt.Errorf("--data %s: %w", specs[0], err)
			}
			return h, nil
		}
	}
	return drawnHarm(ctx, e, m, size)
}

// facesOf is FairFace as published: 21 prompts, of which 14 name race and gender, the direction
// of the gap from captioned pictures.
func facesOf(ctx context.Context, e *Env, m *dual, set dataset.Set, size table2Size) (*harmData, error) {
	task, _ := dataset.TaskOf(set)
	h := &harmData{classes: task.Classes, groups: set.Groups(), families: fairFaceFamilies, given: true}
	for _, c := range h.classes {
		h.family = append(h.family, slices.Index(fairFaceFamilies[:], geometry.FairFaceCategory(c))+1)
	}
	list, err := sampled(set, size.given, e.Seed)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.Label < 0 || x.Group < 0 {
			return nil, fmt.Errorf("%s has no class or no group", x.Name)
		}
		h.labels, h.group = append(h.labels, x.Label), append(h.group, x.Group)
	}
	if h.images, err = m.pictures(ctx, len(list), func(i int) (*preprocess.Image, error) { return list[i].Image() }); err != nil {
		return nil, err
	}
	h.prompts, h.mark = task.Texts(), m.mark(true)
	if h.texts, err = m.texts(ctx, h.prompts); err != nil {
		return nil, err
	}
	spec, pairs, err := e.captioned()
	if err != nil {
		return nil, err
	}
	h.pairs, h.pairsSay = [2]geometry.Rows{h.images, h.texts}, "the faces and their prompts, for want of captioned pictures (--data coco:DIR is the published way)"
	if pairs != nil {
		if h.pairs[0], h.pairs[1], err = pairsOf(ctx, e, m, pairs, size.pairs); err != nil {
			return nil, fmt.Errorf("%s: %w", spec, err)
		}
		h.pairsSay = fmt.Sprintf("%d pairs of %s", h.pairs[0].N, placeName(spec))
	}
	h.says = fmt.Sprintf("%s on %d pictures of FairFace; %s", m.says, len(list), h.variant())
	return h, nil
}

// variant says how the images are shifted (quirk D12).
func (h *harmData) variant() string {
	return "images alone are shifted, by delta times the unit gap vector (factor 1, not 1/2), which is that of " + h.pairsSay
}

// drawnShapes are how many of the shapes the scenes of the stand-in show: no scene shows the
// others, a ring and a diamond.
const drawnShapes = 6

// drawnHarm is held-out scenes of one object in groups by drawing style. Six shapes are to be
// named; prompts of two shapes that no scene shows, and of two to four objects where each
// scene has one, are false of all of them, as FairFace's prompts of crimes and animals are.
func drawnHarm(ctx context.Context, e *Env, m *dual, size table2Size) (*harmData, error) {
	shape, count := scenes.Tasks[0], scenes.Tasks[2]
	h := &harmData{groups: scenes.Styles, families: drawnFamilies}
	h.classes = append(append([]string{}, shape.Classes...), count.Classes[1:]...)
	h.prompts, h.mark = append(shape.Texts(), count.Texts()[1:]...), m.mark(false)
	for k := range h.classes {
		family := 0
		switch {
		case k >= len(shape.Classes):
			family = 2
		case k >= drawnShapes:
			family = 1
		}
		h.family = append(h.family, family)
	}
	source := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut, Content: scenes.OneObject}
	var list []scenes.Spec
	for i := 0; len(list) < size.drawn; i++ {
		s := source.At(i)
		if label := shape.Label(s); label < drawnShapes {
			list = append(list, s)
			h.labels, h.group = append(h.labels, label), append(h.group, int(s.Style))
		}
	}
	var err error
	if h.images, err = m.scenes(ctx, list); err != nil {
		return nil, err
	}
	if h.texts, err = m.texts(ctx, h.prompts); err != nil {
		return nil, err
	}
	if h.pairs[0], h.pairs[1], err = embedDrawn(ctx, e, m, size.pairs); err != nil {
		return nil, err
	}
	h.pairsSay = fmt.Sprintf("%d held-out scenes and their captions", size.pairs)
	model := m.says
	if m.own {
		model = "in place of CLIP ViT-B/32, " + m.says
	}
	h.says = fmt.Sprintf("surrogate: %s; in place of FairFace, %d held-out drawn scenes of this program, seed %d, in groups by drawing style; harm_a and harm_b are neutral stand-ins, prompts that are false of every scene (%s; %s): no people are shown or named; %s",
		model, len(list), e.Seed, drawnFamilies[0], drawnFamilies[1], h.variant())
	if m.own && len(e.Data) > 0 {
		h.says += "; --data is not used without --weights of a CLIP"
	}
	return h, nil
}
