package preprocess

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lowerCase is Python's str.lower. It differs from Go's strings.ToLower in the two rules of
// Unicode's SpecialCasing that hold in every language: U+0130 becomes i and a combining dot,
// and a capital sigma at the end of a word becomes the final form.
func lowerCase(s string) string {
	if !strings.ContainsAny(s, "\u0130\u03a3") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 1)
	for i, r := range s {
		switch {
		case r == '\u0130':
			b.WriteString("i\u0307")
		case r == '\u03a3' && finalSigma(s, i):
			b.WriteRune('\u03c2')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// finalSigma reports whether the capital sigma at s[i] stands behind a cased letter and not
// before one, characters without case of their own being passed over.
func finalSigma(s string, i int) bool {
	before := strings.TrimRightFunc(s[:i], caseIgnorable)
	last, _ := utf8.DecodeLastRuneInString(before)
	if before == "" || !cased(last) {
		return false
	}
	after := strings.TrimLeftFunc(s[i+len("\u03a3"):], caseIgnorable)
	first, _ := utf8.DecodeRuneInString(after)
	return after == "" || !cased(first)
}

// cased is Unicode's property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseIgnorable is Unicode's property Case_Ignorable; the characters written out are those of
// Word_Break MidLetter, MidNumLet and Single_Quote.
func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("':.\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
