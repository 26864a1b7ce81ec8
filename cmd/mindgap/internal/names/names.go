// Package names finds what a person meant who wrote a name that is none.
package names

import (
	"math"
	"strings"
)

// Nearest is the name of a list that is nearest to a word, or "" where none is near: where more
// than half of its letters would have to change. A name that contains the word is near.
func Nearest(list []string, word string) string {
	best, nearest := math.MaxInt, ""
	for _, name := range list {
		d := distance(strings.ToLower(word), name)
		if word != "" && strings.Contains(name, strings.ToLower(word)) {
			d = 1
		}
		if d < best && 2*d <= len(word) {
			best, nearest = d, name
		}
	}
	return nearest
}

// distance is the number of insertions, deletions and replacements between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
