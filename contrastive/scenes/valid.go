package scenes

import (
	"fmt"
	"slices"
)

// Valid says why no source draws these attributes, or nil. [Spec.Render] and the captions take
// valid attributes only.
func (a Attributes) Valid() error {
	if int(a.Style) >= len(Styles) || int(a.Ground) >= len(Grounds) || int(a.Texture) >= len(Textures) {
		return fmt.Errorf("scenes: style %d, ground %d or texture %d is none", a.Style, a.Ground, a.Texture)
	}
	all := a.All()
	for _, k := range all {
		if int(k.Shape) >= len(Shapes) || int(k.Color) >= len(Colors) || int(k.Size) >= len(Sizes) || int(k.Place) >= len(Places) {
			return fmt.Errorf("scenes: shape %d, colour %d, size %d or place %d is none", k.Shape, k.Color, k.Size, k.Place)
		}
		if k.Count < 1 || k.Count > len(Counts) {
			return fmt.Errorf("scenes: %d objects of a kind: want 1 to %d", k.Count, len(Counts))
		}
		if slices.Contains(clashes[a.Ground], k.Color) {
			return fmt.Errorf("scenes: %s objects do not stand out from a %s ground", k.Color, a.Ground)
		}
	}
	if len(all) == 1 {
		if a.Kinds[1] != (Kind{}) {
			return fmt.Errorf("scenes: the second kind has no objects: want Kind{}")
		}
		return nil
	}
	one, two := all[0], all[1]
	switch places := [2]Place{one.Place, two.Place}; {
	case one.Shape == two.Shape || one.Color == two.Color:
		return fmt.Errorf("scenes: two kinds of one shape or colour: want both to differ")
	case !slices.Contains(sidePairs, places) && !slices.Contains(cornerPairs, places):
		return fmt.Errorf("scenes: two kinds, %s and %s: want opposite sides or two corners, in reading order", one.Place, two.Place)
	case one.Count+two.Count > 4:
		return fmt.Errorf("scenes: two kinds of %d and %d objects: want at most 4 together", one.Count, two.Count)
	}
	return nil
}

// mustBeValid panics at attributes that nothing can be drawn of.
func (a *Attributes) mustBeValid() {
	if err := a.Valid(); err != nil {
		panic(err.Error())
	}
}
