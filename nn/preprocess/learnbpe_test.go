package preprocess

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The example of Sennrich, Haddow and Birch (2016), Algorithm 1: low x 5, lower x 2,
// newest x 6, widest x 3. Their run merges e s, es t, est </w>, l o, lo w first; here the end of
// a word is part of its last letter, as in CLIP's vocabulary: "s t</w>" (9 times) is one merge.
func TestLearnMerges(t *testing.T) {
	texts := []string{strings.Repeat("low ", 5) + "lower LOWER", strings.Repeat("newest ", 6), "widest widest\twidest"}
	got := strings.Split(strings.TrimSpace(string(LearnMerges(texts, 6))), "\n")
	require.Equal(t, []string{
		"#version: 0.2",
		"e s",        // 9, as s t</w> and the first of both
		"es t</w>",   // 9
		"l o",        // 7
		"e w",        // 6: n e, e w and w est</w>; e w is the first
		"ew est</w>", // 6
		"n ewest</w>",
	}, got)
}

// The merges are those of a vocabulary that OpenBPE reads; frequent words become one id each, and
// the end mark has the largest.
func TestLearntVocabularyOpens(t *testing.T) {
	texts := []string{"a red circle", "two red circles", "a blé circle &amp; a red box"}
	dir := t.TempDir()
	data := LearnMerges(texts, 100)
	slices.Reverse(texts)
	require.Equal(t, data, LearnMerges(texts, 100), "the order of texts does not matter")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "merges.txt"), data, 0o644))
	bpe, err := OpenBPE(dir, 8)
	require.NoError(t, err)
	same, err := BPEOfMerges(data, 8)
	require.NoError(t, err)
	row := bpe.Encode("a red circle")
	require.Equal(t, row, same.Encode("a red circle"))
	require.Len(t, row, 8)
	require.Equal(t, []int32{int32(bpe.Size() - 2), bpe.Encode("a")[1], bpe.Encode("red")[1], bpe.Encode("circle")[1], int32(bpe.Size() - 1), 0, 0, 0}, row)
	require.Equal(t, "#version: 0.2\n", string(LearnMerges(nil, 10)))
	_, err = BPEOfMerges([]byte("nonsense"), 8)
	require.ErrorContains(t, err, "#version")
	require.Equal(t, "#version: 0.2\n", string(LearnMerges([]string{"abc"}, 10)), "no pair occurs twice")
}
