package dataset

import (
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPairsTakeFirstOrLastCaption(t *testing.T) {
	s := open(t, "testdata/coco", Options{})
	texts := map[Caption][]string{}
	for _, which := range []Caption{First, Last} {
		for p, err := range Pairs(Head(s, 3), which) {
			require.NoError(t, err)
			texts[which] = append(texts[which], p.Text)
			_, err = p.Image()
			require.NoError(t, err)
		}
	}
	require.Equal(t, []string{"Café tables under trees – nobody there.", "A kitchen with a stove.", "A man with a red helmet on a small moped on a dirt road. "}, texts[First])
	require.Equal(t, []string{"Café tables under trees – nobody there.", "The last caption of the kitchen", "Man riding a motor bike on a dirt road\n"}, texts[Last])
}

func TestPairsNeedCaptions(t *testing.T) {
	n := 0
	for _, err := range Pairs(open(t, "testdata/coco", Options{}), First) { // the fourth image has none
		if n++; n == 4 {
			oneLine(t, err, "000000087038.jpg", "no caption")
		}
	}
	require.Equal(t, 4, n)
}

func TestHead(t *testing.T) {
	s := tinySet(5)
	require.Equal(t, []string{"a", "b"}, names(all(t, Head(s, 2))))
	require.Len(t, all(t, Head(s, 9)), 5)
	require.Empty(t, all(t, Head(s, 0)))
	require.Empty(t, all(t, Head(s, -1)))
	require.Equal(t, -1, Head(open(t, "testdata/wds", Options{}), 3).Len())
}

// A sample is part of the set, in its order, the same for the same seed and another for another.
func TestSample(t *testing.T) {
	s := tinySet(50)
	draw := func(seed uint64) []string {
		sub, err := Sample(s, 20, seed)
		require.NoError(t, err)
		return names(all(t, sub))
	}
	one := draw(1)
	require.Len(t, one, 20)
	require.Equal(t, one, draw(1))
	require.NotEqual(t, one, draw(2))
	whole := names(s)
	at := -1
	for _, name := range one {
		i := slices.Index(whole, name)
		require.Greater(t, i, at)
		at = i
	}
	for _, n := range []int{0, 50} {
		sub, err := Sample(s, n, 3)
		require.NoError(t, err)
		require.Len(t, all(t, sub), n)
	}
	_, err := Sample(s, 51, 1)
	oneLine(t, err, "51", "50")
	_, err = Sample(s, -1, 1)
	require.Error(t, err)
}

// Every example is drawn about equally often: 400 draws of 5 of 20 are 100 +- 8.7 each
// (binomial, p = 1/4); five deviations are allowed.
func TestSampleIsFair(t *testing.T) {
	s := tinySet(20)
	times := map[string]int{}
	for seed := range uint64(400) {
		sub, err := Sample(s, 5, seed)
		require.NoError(t, err)
		for e := range sub.Examples() {
			times[e.Name]++
		}
	}
	for _, e := range s {
		require.InDelta(t, 100, times[e.Name], 5*8.7, e.Name)
	}
}

func TestHalvesPartTheSet(t *testing.T) {
	for _, n := range []int{0, 1, 7, 30} {
		s := tinySet(n)
		a, b, err := Halves(s, 5)
		require.NoError(t, err)
		require.Equal(t, (n+1)/2, a.Len())
		require.Equal(t, n/2, b.Len())
		both := append(names(all(t, a)), names(all(t, b))...)
		slices.Sort(both)
		whole := names(s)
		slices.Sort(whole)
		require.Equal(t, whole, both)
	}
}

// A set that does not know its length is walked first.
func TestSampleOfArchives(t *testing.T) {
	s := open(t, "testdata/wds", Options{})
	sub, err := Sample(s, 2, 1)
	require.NoError(t, err)
	require.Len(t, all(t, sub), 2)
	_, err = Sample(s, 9, 1)
	oneLine(t, err, "the set has 4")
}

func TestStoppingEarly(t *testing.T) {
	for _, spec := range []string{"testdata/coco", "testdata/cifar-10-binary.tar.gz", "testdata/cifar-10-python.tar.gz", "testdata/svhn", "testdata/mnist", "testdata/wds", "testdata/scenes"} {
		s := open(t, spec, Options{})
		n := 0
		for _, err := range s.Examples() {
			require.NoError(t, err)
			n++
			break
		}
		require.Equal(t, 1, n)
		for range Head(s, 2).Examples() {
			n++
			break
		}
		require.Equal(t, 2, n)
	}
}

// shrunk has fewer examples than when it was opened.
type shrunk struct {
	tiny
	lost *int
}

func (s shrunk) Examples() iter.Seq2[Example, error] {
	return s.tiny[:len(s.tiny)-*s.lost].Examples()
}

func TestSampleOfASetThatShrinks(t *testing.T) {
	lost := 0
	sub, err := Sample(shrunk{tinySet(4), &lost}, 4, 1)
	require.NoError(t, err)
	require.Len(t, all(t, sub), 4)
	lost = 1
	_, err = walkAll(sub)
	oneLine(t, err, "has 3 examples and had 4")
}
