package scenes

// Style is how a scene is drawn: the neutral group of the fairness experiment.
type Style uint8

// Ground is the colour family behind the objects, Texture its pattern.
type (
	Ground  uint8
	Texture uint8
)

// What the objects of a kind have in common.
type (
	Shape uint8
	Color uint8
	Size  uint8
	Place uint8
)

const (
	Flat Style = iota
	Outlined
	Hatched
	Shaded
)

const (
	Cream Ground = iota
	Rose
	Sky
	Navy
	Moss
	Wine
)

const (
	Plain Texture = iota
	Fading
	Stripes
	Dots
	Checks
	Clouds
)

const (
	Circle Shape = iota
	Square
	Triangle
	Star
	Heart
	Cross
	Ring
	Diamond
)

const (
	Red Color = iota
	Orange
	Yellow
	Green
	Blue
	Purple
	Black
	White
)

const (
	Small Size = iota
	Large
)

// Places in reading order: where two kinds share a scene, the first is the earlier one.
const (
	TopLeft Place = iota
	Top
	TopRight
	Left
	Centre
	Right
	BottomLeft
	Bottom
	BottomRight
)

// Names of all attributes, in the order of their constants: as captions and labels have them.
var (
	Styles   = []string{"flat", "outlined", "hatched", "shaded"}
	Grounds  = []string{"cream", "rose", "sky", "navy", "moss", "wine"}
	Textures = []string{"plain", "fading", "stripes", "dots", "checks", "clouds"}
	Shapes   = []string{"circle", "square", "triangle", "star", "heart", "cross", "ring", "diamond"}
	Colors   = []string{"red", "orange", "yellow", "green", "blue", "purple", "black", "white"}
	Sizes    = []string{"small", "large"}
	Counts   = []string{"one", "two", "three", "four"} // Counts[n-1] is the word for n
	Places   = []string{"top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right"}
)

func (s Style) String() string   { return Styles[s] }
func (g Ground) String() string  { return Grounds[g] }
func (t Texture) String() string { return Textures[t] }
func (s Shape) String() string   { return Shapes[s] }
func (c Color) String() string   { return Colors[c] }
func (s Size) String() string    { return Sizes[s] }
func (p Place) String() string   { return Places[p] }

// Kind is one to four equal objects that stand together.
type Kind struct {
	Shape Shape
	Color Color
	Size  Size
	Count int // 0: there is no such kind
	Place Place
}

// Attributes are what a canonical caption says of a scene, no more and no less. They compare
// with ==.
type Attributes struct {
	Style   Style
	Ground  Ground
	Texture Texture
	Kinds   [2]Kind // the second may be missing; otherwise it differs in shape, colour and place
}

// Spec is one scene: its attributes, and a seed for all that captions leave open (where
// exactly, how turned, which tint, how worded).
type Spec struct {
	Attributes
	Seed uint64
}

// All gives the kinds that are there: one or two.
func (a Attributes) All() []Kind {
	if a.Kinds[1].Count == 0 {
		return a.Kinds[:1]
	}
	return a.Kinds[:]
}

// Code is a number below 2^33 that no other attributes have.
func (a Attributes) Code() uint64 {
	code := uint64(0)
	digit := func(value, radix int) { code = code*uint64(radix) + uint64(value) }
	digit(int(a.Style), len(Styles))
	digit(int(a.Ground), len(Grounds))
	digit(int(a.Texture), len(Textures))
	for _, k := range a.Kinds {
		digit(int(k.Shape), len(Shapes))
		digit(int(k.Color), len(Colors))
		digit(int(k.Size), len(Sizes))
		digit(k.Count, 1+len(Counts))
		digit(int(k.Place), len(Places))
	}
	return code
}
