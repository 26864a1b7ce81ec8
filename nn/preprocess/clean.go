package preprocess

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText is what CLIP's tokenizer does to a text before it looks for words: HTML character
// references are resolved twice, white space is trimmed and each run of it becomes one
// space, and all is lower case, in each step as Python does it. Bytes that are no UTF-8
// become U+FFFD. The repair of mojibake by ftfy, which CLIP calls first where that library is
// installed, is not made; nor is Unicode normalisation, which other readers of CLIP's
// vocabulary add.
func cleanText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = unescapeHTML(unescapeHTML(s))
	}
	return lowerCase(oneSpace(strings.TrimFunc(s, trimmed)))
}

// trimmed reports whether Python's str.strip takes a character: more than Unicode's White_Space,
// which is what CLIP's pattern (of the module regex) takes for \s.
func trimmed(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// oneSpace makes each run of white space one space.
func oneSpace(s string) string {
	before := false
	if strings.IndexFunc(s, func(r rune) bool {
		again := before
		before = unicode.IsSpace(r)
		return before && (again || r != ' ')
	}) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	before = false
	for _, r := range s {
		space := unicode.IsSpace(r)
		switch {
		case !space:
			b.WriteRune(r)
		case !before:
			b.WriteByte(' ')
		}
		before = space
	}
	return b.String()
}

// unescapeHTML is Python's html.unescape. Named references are those of HTML 5, as in Go's
// html, which lacks the two that are longer resolved than written. Numeric ones differ: Go
// keeps control characters and noncharacters, which Python drops, and lets numbers overflow.
func unescapeHTML(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '&')
		if at < 0 {
			break
		}
		b.WriteString(s[:at])
		s = s[at:]
		if text, n := numericReference(s); n > 0 {
			b.WriteString(text)
			s = s[n:]
			continue
		}
		next := 1 + strings.IndexByte(s[1:], '&')
		if next == 0 {
			next = len(s)
		}
		switch {
		case strings.HasPrefix(s, "&nGt;"):
			b.WriteString("\u226b\u20d2" + s[5:next])
		case strings.HasPrefix(s, "&nLt;"):
			b.WriteString("\u226a\u20d2" + s[5:next])
		case strings.HasPrefix(s, "&#"):
			b.WriteString(s[:next])
		default:
			b.WriteString(html.UnescapeString(s[:next]))
		}
		s = s[next:]
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s)
	return b.String()
}

// numericReference resolves &#N; or &#xN; at the beginning of s, the semicolon being optional,
// and gives its length; 0: there is none.
func numericReference(s string) (text string, n int) {
	if !strings.HasPrefix(s, "&#") {
		return "", 0
	}
	base, n := 10, 2
	if len(s) > 2 && s[2]|0x20 == 'x' {
		base, n = 16, 3
	}
	from := n
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || base == 16 && s[n]|0x20 >= 'a' && s[n]|0x20 <= 'f') {
		n++
	}
	if n == from {
		return "", 0
	}
	code, err := strconv.ParseUint(s[from:n], base, 32)
	if n < len(s) && s[n] == ';' {
		n++
	}
	switch c := rune(code); {
	case err != nil || code > unicode.MaxRune || code == 0 || code >= 0xD800 && code <= 0xDFFF:
		return string(utf8.RuneError), n
	case c >= 0x80 && c <= 0x9F: // Windows-1252; its five holes stay
		return html.UnescapeString("&#" + strconv.Itoa(int(c)) + ";"), n
	case c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r', c == 0x7F, c >= 0xFDD0 && c <= 0xFDEF, c&0xFFFE == 0xFFFE:
		return "", n
	default:
		return string(c), n
	}
}
