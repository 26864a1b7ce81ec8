package preprocess

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CLIP's marks, as its vocabulary and its pattern have them.
const (
	startMark = "<|startoftext|>"
	endMark   = "<|endoftext|>"
)

// contractions are words of their own at the beginning of what is left of a text.
var contractions = []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// nextWord cuts the first word off a clean text; "" at its end. It is CLIP's pattern
//
//	<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
//
// regardless of case: marks, contractions, runs of letters, single digits, runs of the rest.
func nextWord(s string) (word, rest string) {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return kindOf(r) == gap })
	if s == "" {
		return "", ""
	}
	n := 0
	switch s[0] {
	case '<':
		if n = foldedPrefix(s, startMark); n == 0 {
			n = foldedPrefix(s, endMark)
		}
	case '\'':
		for _, c := range contractions {
			if n = foldedPrefix(s, c); n > 0 {
				break
			}
		}
	}
	if n == 0 {
		r, width := utf8.DecodeRuneInString(s)
		n = width
		if kind := kindOf(r); kind != digit {
			n = len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return kindOf(r) == kind }))
		}
	}
	return s[:n], s[n:]
}

// Kinds of characters in CLIP's pattern.
const (
	other = iota
	letter
	digit
	gap
)

func kindOf(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return asciiKinds[r]
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	// U+0345 is no letter, but has one (iota) as its other case. Looking regardless of case, the
	// module regex finds it neither among letters nor among what are no letters.
	case unicode.IsSpace(r), r == '\u0345':
		return gap
	}
	return other
}

var asciiKinds = func() (kinds [utf8.RuneSelf]int) {
	for c := range kinds {
		switch r := rune(c); {
		case unicode.IsLetter(r):
			kinds[c] = letter
		case unicode.IsNumber(r):
			kinds[c] = digit
		case unicode.IsSpace(r):
			kinds[c] = gap
		}
	}
	return kinds
}()

// foldedPrefix gives the length of the beginning of s that is prefix regardless of case; 0:
// it begins otherwise. In lower case only the long s is left that is the same letter as another.
func foldedPrefix(s, prefix string) int {
	n := 0
	for _, c := range []byte(prefix) {
		switch {
		case n < len(s) && s[n] == c:
			n++
		case c == 's' && strings.HasPrefix(s[n:], "\u017f"):
			n += len("\u017f")
		default:
			return 0
		}
	}
	return n
}
