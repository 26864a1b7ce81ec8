package scenes

import "fmt"

// Split says which attributes a source may draw. Every set of attributes belongs to one split.
type Split uint8

const (
	Train   Split = iota // 15 of 16 sets of attributes
	HeldOut              // the others
)

// Splits names them.
var Splits = []string{"train", "held-out"}

// Content says how much may be in a scene.
type Content uint8

const (
	AnyContent Content = iota // one kind in half of the scenes, else two
	OneKind                   // one to four equal objects
	OneObject
)

// Source is an unlimited sequence of scenes. The zero value is the training split of seed 0.
type Source struct {
	Seed    uint64
	Split   Split
	Content Content
}

// Split gives the split that the attributes belong to.
func (a Attributes) Split() Split {
	if mix(a.Code()*golden+keySplit)>>60 == 0 {
		return HeldOut
	}
	return Train
}

// At gives scene i, whatever was asked for before.
//
// Style, texture and the shape, colour, size, count and place of a scene's only kind are uniform
// and independent, the ground is uniform among those that the colours stand out from, and what
// is not of the split is drawn again. Two kinds differ in shape, colour and place, and have at
// most four objects together.
func (s Source) At(i int) Spec {
	d := newDraws(keyAttributes, s.Seed, uint64(s.Split), uint64(s.Content), uint64(i))
	for {
		spec := Spec{drawAttributes(&d, s.Content), d.next()}
		if spec.Split() == s.Split {
			return spec
		}
	}
}

// twoCounts and the place pairs are what two kinds may be; pairs stand in reading order.
var (
	twoCounts   = [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 3}, {3, 1}}
	sidePairs   = [][2]Place{{Left, Right}, {Top, Bottom}}
	cornerPairs = [][2]Place{
		{TopLeft, TopRight}, {TopLeft, BottomLeft}, {TopLeft, BottomRight},
		{TopRight, BottomLeft}, {TopRight, BottomRight}, {BottomLeft, BottomRight},
	}
)

func drawAttributes(d *draws, content Content) Attributes {
	a := Attributes{Style: Style(d.below(len(Styles))), Texture: Texture(d.below(len(Textures)))}
	if content != AnyContent || d.below(2) == 0 {
		count := 1
		if content != OneObject {
			count += d.below(len(Counts))
		}
		a.Kinds[0] = Kind{
			Shape: Shape(d.below(len(Shapes))), Color: Color(d.below(len(Colors))), Size: Size(d.below(len(Sizes))),
			Count: count, Place: Place(d.below(len(Places))),
		}
	} else {
		a.Kinds = drawTwo(d)
	}
	a.Ground = pick(d, groundsFor(a.All()))
	return a
}

func drawTwo(d *draws) [2]Kind {
	places := sidePairs
	if d.below(2) == 0 {
		places = cornerPairs
	}
	counts, place := pick(d, twoCounts), pick(d, places)
	shape, color := d.below(len(Shapes)), d.below(len(Colors))
	var kinds [2]Kind
	for i := range kinds {
		kinds[i] = Kind{Shape(shape), Color(color), Size(d.below(len(Sizes))), counts[i], place[i]}
		shape = (shape + 1 + d.below(len(Shapes)-1)) % len(Shapes)
		color = (color + 1 + d.below(len(Colors)-1)) % len(Colors)
	}
	return kinds
}

// mostDistinct is how many distinct scenes a source is sure to give without a long search:
// less than half of the attributes that its content and the smaller split have.
var mostDistinct = map[Content]int{AnyContent: 1_000_000, OneKind: 15_000, OneObject: 4_000}

// Distinct gives n scenes of the source, in its order, whose canonical captions all differ. At
// most 1,000,000 are given, 15,000 of one kind, 4,000 of one object.
func (s Source) Distinct(n int) ([]Spec, error) {
	if most := mostDistinct[s.Content]; n < 0 || n > most {
		return nil, fmt.Errorf("scenes: %d distinct scenes: want 0 to %d from this source", n, most)
	}
	specs, seen := make([]Spec, 0, n), make(map[uint64]bool, n)
	for i := 0; len(specs) < n; i++ {
		if spec := s.At(i); !seen[spec.Code()] {
			seen[spec.Code()] = true
			specs = append(specs, spec)
		}
	}
	return specs, nil
}
