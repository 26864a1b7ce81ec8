package scenes

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// Scene i is the same however it is asked for.
func TestScenesDoNotDependOnOrder(t *testing.T) {
	s := Source{Seed: 9}
	specs := s.Take(0, 50)
	for i := 49; i >= 0; i-- {
		require.Equal(t, specs[i], s.At(i))
	}
	require.Equal(t, specs[10:30], s.Take(10, 20))
	require.NotEqual(t, specs[0], Source{Seed: 10}.At(0))
	require.NotEqual(t, specs[0].Seed, specs[1].Seed)
}

func TestScenesAreValid(t *testing.T) {
	for _, content := range []Content{AnyContent, OneKind, OneObject} {
		for i := range 3000 {
			s := Source{Seed: 2, Content: content}.At(i)
			require.NoError(t, s.Valid())
			require.False(t, content != AnyContent && len(s.All()) > 1)
			require.False(t, content == OneObject && s.Kinds[0].Count > 1)
		}
	}
}

func TestDistinct(t *testing.T) {
	for _, s := range []Source{{Seed: 1, Split: HeldOut}, {Seed: 1, Content: OneObject}, {Seed: 1, Split: HeldOut, Content: OneObject}} {
		const n = 4000
		specs, err := s.Distinct(n)
		require.NoError(t, err)
		captions := map[string]bool{}
		for _, spec := range specs {
			captions[spec.Caption()] = true
			require.Equal(t, s.Split, spec.Split())
		}
		require.Len(t, captions, n)
		require.Equal(t, s.At(0), specs[0])
	}
	_, err := Source{Content: OneObject}.Distinct(4001)
	require.EqualError(t, err, "scenes: 4001 distinct scenes: want 0 to 4000 from this source")
	_, err = Source{}.Distinct(-1)
	require.Error(t, err)
}

// everyOneKind calls f with all valid attributes of one kind.
func everyOneKind(f func(a Attributes)) {
	for i := range len(Styles) * len(Grounds) * len(Textures) * len(Shapes) * len(Colors) * len(Sizes) * len(Counts) * len(Places) {
		digit := func(radix int) int { d := i % radix; i /= radix; return d }
		a := Attributes{Style: Style(digit(len(Styles))), Ground: Ground(digit(len(Grounds))), Texture: Texture(digit(len(Textures)))}
		a.Kinds[0] = Kind{Shape(digit(len(Shapes))), Color(digit(len(Colors))), Size(digit(len(Sizes))), 1 + digit(len(Counts)), Place(digit(len(Places)))}
		if a.Valid() == nil {
			f(a)
		}
	}
}

// The most that Distinct gives is less than half of what there is, also in the smaller split.
func TestDistinctEnds(t *testing.T) {
	here := map[Content]int{}
	everyOneKind(func(a Attributes) {
		if a.Split() == HeldOut {
			here[OneKind]++
			if a.Kinds[0].Count == 1 {
				here[OneObject]++
			}
		}
	})
	require.Greater(t, here[OneKind], 2*mostDistinct[OneKind])
	require.Greater(t, here[OneObject], 2*mostDistinct[OneObject])
}

// Sets of attributes are dealt to the splits by chance, one of 16 to HeldOut, and no source of
// one split draws from the other.
func TestSplits(t *testing.T) {
	const n = 20_000
	all, held := map[uint64]bool{}, 0
	d := newDraws(1)
	for len(all) < n {
		a := drawAttributes(&d, AnyContent)
		if all[a.Code()] {
			continue
		}
		all[a.Code()] = true
		if a.Split() == HeldOut {
			held++
		}
	}
	// Binomial: mean n/16, standard deviation sqrt(n 15) / 16; five of them are 1 in 1.7 million.
	require.InDelta(t, n/16, held, 5*34.3)
	train := map[uint64]bool{}
	for seed := range uint64(5) {
		for i := range 4000 {
			train[Source{Seed: seed}.At(i).Code()] = true
		}
	}
	for i := range 4000 {
		require.False(t, train[Source{Seed: 1, Split: HeldOut}.At(i).Code()])
	}
}

// chiSquare wants counts that agree with probabilities, but for 1 in a million experiments.
func chiSquare(t *testing.T, what string, counts []int, share func(i int) float64) {
	t.Helper()
	total, sum := 0, 0.
	for _, c := range counts {
		total += c
	}
	cells := 0
	for i, c := range counts {
		want := share(i) * float64(total)
		if want == 0 {
			require.Zero(t, c, what)
			continue
		}
		cells++
		sum += (float64(c) - want) * (float64(c) - want) / want
	}
	require.Less(t, sum, distuv.ChiSquared{K: float64(cells - 1)}.Quantile(1-1e-6), "%s: %v", what, counts)
}

func uniform(n int) func(int) float64 { return func(int) float64 { return 1 / float64(n) } }

// values are the attributes of a scene of one kind, and how many values each has.
func values(a Attributes) [8]int {
	k := a.Kinds[0]
	return [8]int{int(a.Style), int(a.Ground), int(a.Texture), int(k.Shape), int(k.Color), int(k.Size), k.Count - 1, int(k.Place)}
}

var radix = [8]int{len(Styles), len(Grounds), len(Textures), len(Shapes), len(Colors), len(Sizes), len(Counts), len(Places)}

// Scenes of one kind are drawn with the probabilities of At's comment, for each attribute and
// all pairs of them: every set of attributes with the same weight, shared out among the grounds
// that its colour stands out from, given that it is of the split.
func TestBalanceOfOneKind(t *testing.T) {
	var want [2][8][8][]float64
	var got [2][8][8][]int
	pairs := func(f func(i, j int)) {
		for i := range radix {
			for j := range i {
				f(i, j)
			}
		}
	}
	for split := range want {
		pairs(func(i, j int) {
			want[split][i][j], got[split][i][j] = make([]float64, radix[i]*radix[j]), make([]int, radix[i]*radix[j])
		})
	}
	total := [2]float64{}
	everyOneKind(func(a Attributes) {
		weight, v, split := 1/float64(len(groundsFor(a.All()))), values(a), a.Split()
		total[split] += weight
		pairs(func(i, j int) { want[split][i][j][v[i]*radix[j]+v[j]] += weight })
	})
	for split := range Split(2) {
		for i := range 10_000 {
			v := values(Source{Seed: 5, Split: split, Content: OneKind}.At(i).Attributes)
			pairs(func(i, j int) { got[split][i][j][v[i]*radix[j]+v[j]]++ })
		}
		pairs(func(i, j int) {
			chiSquare(t, fmt.Sprint(split, i, j), got[split][i][j], func(cell int) float64 { return want[split][i][j][cell] / total[split] })
		})
	}
	// Uniform, but for what the split's hash takes, and the grounds.
	for i := range radix {
		for j := range i {
			for _, w := range want[Train][i][j] {
				if i != 1 && j != 1 {
					require.InEpsilon(t, 1/float64(radix[i]*radix[j]), w/total[Train], .02)
				}
			}
		}
	}
}

// In scenes of any content, half have two kinds; those share out shapes, colours, sizes, count
// pairs and place pairs evenly.
func TestBalanceOfTwoKinds(t *testing.T) {
	kinds, shapes, colors := make([]int, 2), make([]int, 64), make([]int, 64)
	counts, sides, corners := make([]int, len(twoCounts)), make([]int, len(sidePairs)), make([]int, len(cornerPairs))
	sizes := make([]int, 4)
	for i := range 20_000 {
		s := Source{Seed: 6}.At(i)
		kinds[len(s.All())-1]++
		if len(s.All()) == 1 {
			continue
		}
		a, b := s.Kinds[0], s.Kinds[1]
		shapes[int(a.Shape)*8+int(b.Shape)]++
		colors[int(a.Color)*8+int(b.Color)]++
		sizes[int(a.Size)*2+int(b.Size)]++
		for j, pair := range twoCounts {
			if pair == [2]int{a.Count, b.Count} {
				counts[j]++
			}
		}
		for j, pair := range sidePairs {
			if pair == [2]Place{a.Place, b.Place} {
				sides[j]++
			}
		}
		for j, pair := range cornerPairs {
			if pair == [2]Place{a.Place, b.Place} {
				corners[j]++
			}
		}
	}
	chiSquare(t, "kinds", kinds, uniform(2))
	for i := range 8 {
		require.Zero(t, shapes[i*9]+colors[i*9])
	}
	off := func(pairs []int) (rest []int) {
		for i, n := range pairs {
			if i%9 != 0 {
				rest = append(rest, n)
			}
		}
		return rest
	}
	chiSquare(t, "shapes", off(shapes), uniform(56))
	chiSquare(t, "colours", off(colors), uniform(56))
	chiSquare(t, "sizes", sizes, uniform(4))
	chiSquare(t, "counts", counts, uniform(len(counts)))
	chiSquare(t, "sides", sides, uniform(len(sides)))
	chiSquare(t, "corners", corners, uniform(len(corners)))
}

// The generator is the published one: SplitMix64 from state 1234567 (test values of Rosetta
// Code's "Pseudo-random numbers/Splitmix64").
func TestDrawsAreSplitMix64(t *testing.T) {
	d := draws{1234567}
	for _, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		require.Equal(t, want, d.next())
	}
}

func TestDraws(t *testing.T) {
	d := newDraws(1, 2)
	e := newDraws(2, 1)
	require.NotEqual(t, d.next(), e.next())
	counts := make([]int, 7)
	sum, squares := 0., 0.
	const n = 20_000
	for range n {
		counts[d.below(7)]++
		u := d.unit()
		require.True(t, u >= 0 && u < 1)
		x := d.normal()
		sum, squares = sum+x, squares+x*x
	}
	chiSquare(t, "below", counts, uniform(7))
	// Mean 0 with standard deviation 1/sqrt(n) = .0071; the square's is sqrt(1.9/n) = .0097 about 1
	// (kurtosis 2.9). Five of each.
	require.InDelta(t, 0, sum/n, .036)
	require.InDelta(t, 1, squares/n, .049)
}
