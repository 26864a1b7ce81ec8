package bench

import (
	"math"
	"slices"
)

// racer is a candidate in a race.
type racer struct {
	samples []float64 // one of each round, until it fell behind
	out     bool
}

// best is the shortest sample: whatever else a machine does makes samples longer, never shorter,
// and of a handful the shortest says most.
func (r *racer) best() float64 {
	if len(r.samples) == 0 {
		return math.Inf(1)
	}
	return slices.Min(r.samples)
}

// beats says whether r was the faster in at least two of three rounds that both ran.
func (r *racer) beats(o *racer) bool {
	rounds, won := min(len(r.samples), len(o.samples)), 0
	for i := range rounds {
		if r.samples[i] < o.samples[i] {
			won++
		}
	}
	return 3*won >= 2*rounds
}

// raceRules say how long a race goes on.
type raceRules struct {
	Least, Most int // rounds
	// Whoever takes Drop times as long as the best is out, in the first round twice as many. Two
	// always stay.
	Drop  float64
	Bound float64 // seconds that no candidate can beat: within 10 % of them nothing is left to find
	Clear float64 // after Least rounds a lead by such a factor ends the race; 0: never
}

// Rules for a short tuning and for a thorough one.
var (
	quickRace    = raceRules{Least: 4, Most: 10, Drop: 1.5, Clear: 1.3}
	thoroughRace = raceRules{Least: 6, Most: 12, Drop: 1.5, Clear: 1.3}
	fullRace     = raceRules{Least: 7, Most: 7, Drop: 3}
)

// race times n candidates round by round. It is not done when more says that time is up.
func race(n int, rules raceRules, sample func(i int) (float64, error), more func() bool) (list []racer, done bool, err error) {
	list = make([]racer, n)
	for round := 1; round <= rules.Most; round++ {
		for j := range n {
			i := (round + j) % n // nobody always follows the same other
			if list[i].out {
				continue
			}
			if !more() {
				return list, false, nil
			}
			s, err := sample(i)
			if err != nil {
				return list, false, err
			}
			list[i].samples = append(list[i].samples, s)
		}
		first, second := leaders(list)
		best, drop := list[first].best(), rules.Drop
		if round == 1 { // one sample may be long by chance
			drop *= 2
		}
		for i := range list {
			if i != first && i != second && list[i].best() > drop*best {
				list[i].out = true
			}
		}
		if round >= 2 && best <= 1.1*rules.Bound && best >= rules.Bound/1.1 { // what is faster proves the bound wrong
			break
		}
		if lead := second < 0 || rules.Clear > 0 && list[second].best() > rules.Clear*best; round >= rules.Least && lead {
			break
		}
	}
	return list, true, nil
}

// leaders gives the two that are fastest so far; second is -1 where there is one alone.
func leaders(list []racer) (first, second int) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := list[a].best(), list[b].best(); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	if len(order) < 2 {
		return order[0], -1
	}
	return order[0], order[1]
}

// keepDefault is how much faster another variant must be to take the default's place: less
// is within the noise of a good measurement, and choices should not change with it.
const keepDefault = 1.03

// winner gives who is chosen; candidate 0 is the default.
func winner(list []racer) int {
	first, _ := leaders(list)
	if list[0].best() <= keepDefault*list[first].best() || !list[first].beats(&list[0]) {
		return 0
	}
	return first
}
