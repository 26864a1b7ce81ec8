package measure

import "math"

// lists holds for each of n queries the m candidates with the largest scores, best first; of
// equal scores the first that was offered.
type lists struct {
	m     int
	index []int32 // n x m; -1: nobody
	score []float32
}

func newLists(n, m int) lists {
	l := lists{m, make([]int32, n*m), make([]float32, n*m)}
	for i := range l.index {
		l.index[i], l.score[i] = -1, float32(math.Inf(-1))
	}
	return l
}

// last is the score that a candidate has to exceed to be listed.
func (l *lists) last(query int) float32 { return l.score[(query+1)*l.m-1] }

// insert lists a candidate whose score exceeds the last, and gives the new last.
func (l *lists) insert(query int, candidate int32, score float32) float32 {
	index, scores := l.index[query*l.m:(query+1)*l.m], l.score[query*l.m:(query+1)*l.m]
	at := l.m - 1
	for at > 0 && scores[at-1] < score {
		index[at], scores[at] = index[at-1], scores[at-1]
		at--
	}
	index[at], scores[at] = candidate, score
	return scores[l.m-1]
}

// best is the candidate with the largest score.
func (l *lists) best(query int) int32 { return l.index[query*l.m] }
