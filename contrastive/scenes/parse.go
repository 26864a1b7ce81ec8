package scenes

import (
	"fmt"
	"slices"
	"strings"
)

// Parse reads a canonical caption back. The error says where a caption leaves the grammar, or
// why no source draws such a scene.
func Parse(caption string) (Attributes, error) {
	p := parser{caption: caption, words: strings.Fields(caption)}
	var a Attributes
	p.skip("a", "an")
	a.Style = Style(p.one("style", Styles))
	p.skip("drawing")
	p.skip("of")
	a.Kinds[0] = p.kind()
	if p.peek() == "and" {
		p.skip("and")
		a.Kinds[1] = p.kind()
	}
	p.skip("on")
	a.Texture, a.Ground = p.ground()
	if p.err == nil && p.at < len(p.words) {
		p.fail("the end")
	}
	if p.err != nil {
		return Attributes{}, p.err
	}
	if err := a.Valid(); err != nil {
		return Attributes{}, err
	}
	if canonical := a.Caption(); canonical != caption {
		return Attributes{}, fmt.Errorf("scenes: caption %q: want %q", caption, canonical)
	}
	return a, nil
}

// parser walks a caption; after an error it stands still.
type parser struct {
	caption string
	words   []string
	at      int
	err     error
}

func (p *parser) peek() string {
	if p.at < len(p.words) {
		return p.words[p.at]
	}
	return ""
}

func (p *parser) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("scenes: caption %q: word %d is %q: want %s", p.caption, p.at+1, p.peek(), want)
	}
}

// one takes a word of a list and gives its place there.
func (p *parser) one(what string, list []string) int {
	i := slices.Index(list, p.peek())
	if i < 0 || p.err != nil {
		p.fail("a " + what + ": " + strings.Join(list, ", "))
		return 0
	}
	p.at++
	return i
}

func (p *parser) skip(words ...string) {
	if p.err != nil || !slices.Contains(words, p.peek()) {
		p.fail(strings.Join(words, " or "))
		return
	}
	p.at++
}

func (p *parser) kind() Kind {
	k := Kind{Count: 1}
	if w := p.peek(); w == "a" || w == "an" {
		p.at++
	} else {
		k.Count = 1 + p.one("number", Counts)
	}
	k.Size = Size(p.one("size", Sizes))
	k.Color = Color(p.one("colour", Colors))
	names := make([]string, len(shapeWords))
	for i, nouns := range shapeWords {
		names[i] = nouns[0].many
		if k.Count == 1 {
			names[i] = nouns[0].one
		}
	}
	k.Shape = Shape(p.one("shape", names))
	k.Place = p.place()
	return k
}

// place takes the three words of a place.
func (p *parser) place() Place {
	rest := p.words[p.at:]
	for i, synonyms := range placeWords {
		if w := strings.Fields(synonyms[0]); len(rest) >= len(w) && slices.Equal(rest[:len(w)], w) {
			p.at += len(w)
			return Place(i)
		}
	}
	p.fail("a place, such as " + placeWords[Left][0])
	return 0
}

func (p *parser) ground() (Texture, Ground) {
	if before := slices.Index(textured[:Stripes], p.peek()); before >= 0 {
		p.at++
		return Texture(before), Ground(p.one("ground", Grounds))
	}
	ground := Ground(p.one("ground", Grounds))
	return Stripes + Texture(p.one("texture", Textures[Stripes:])), ground
}
