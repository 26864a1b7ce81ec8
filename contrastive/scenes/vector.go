package scenes

// kindVector is the length of a kind in a vector: count (none, 1 to 4), size, colour, shape, place.
const kindVector = 5 + 2 + 8 + 8 + 9

// VectorLength is how many numbers Vector gives: style, ground, texture and two kinds.
const VectorLength = 4 + 6 + 6 + 2*kindVector

// Vector writes the attributes into dst[:VectorLength] as groups of one 1 among zeros, in the
// order style, ground, texture, then for each kind count (none first), size, colour, shape and
// place; a kind that is not there has only its count. To each number is added noise times a
// normal number that depends on the spec's seed alone (the sum of 12 uniform numbers, less 6).
// It stands for the picture where an encoder is trained without looking at pixels.
func (s Spec) Vector(dst []float32, noise float64) {
	dst = dst[:VectorLength]
	clear(dst)
	at := 0
	one := func(value, radix int) {
		if value >= 0 {
			dst[at+value] = 1
		}
		at += radix
	}
	one(int(s.Style), len(Styles))
	one(int(s.Ground), len(Grounds))
	one(int(s.Texture), len(Textures))
	for _, k := range s.Kinds {
		one(k.Count, 1+len(Counts))
		if k.Count == 0 {
			at += kindVector - 1 - len(Counts)
			continue
		}
		one(int(k.Size), len(Sizes))
		one(int(k.Color), len(Colors))
		one(int(k.Shape), len(Shapes))
		one(int(k.Place), len(Places))
	}
	if noise == 0 {
		return
	}
	d := newDraws(keyVector, s.Seed)
	for i := range dst {
		dst[i] += float32(noise * d.normal())
	}
}
