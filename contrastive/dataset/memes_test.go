package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHatefulMemes(t *testing.T) {
	s := open(t, "testdata/hateful_memes", Options{})
	require.Equal(t, []string{"meme", "hatespeech meme"}, s.Classes())
	list := all(t, s)
	require.Equal(t, []string{"img/42953.png", "img/08291.png", "img/46971.png"}, names(list))
	require.Equal(t, []int{0, 1, 0}, labels(list))
	require.Equal(t, []string{`text with "quotes" and ümlauts`}, list[1].Captions)
	for n, e := range list {
		requireColour(t, e, n)
	}
	list = all(t, open(t, "hatefulmemes:testdata/hateful_memes", Options{Split: "test_seen"}))
	require.Equal(t, []int{-1}, labels(list), "no label")
	require.Len(t, all(t, open(t, "testdata/hateful_memes/dev_seen.jsonl", Options{})), 3)
	require.Len(t, all(t, open(t, "testdata/hateful_memes/dev_seen.jsonl", Options{Images: "testdata/hateful_memes"})), 3)
}

func TestHatefulMemesBad(t *testing.T) {
	good := `{"id": 1, "img": "img/1.png", "label": 0, "text": "x"}` + "\n"
	for text, words := range map[string]string{
		"":                               "no memes",
		"\n \n":                          "no memes",
		good + "text":                    "line 2: read a meme",
		good + "\n" + good[:20]:          "line 3: read a meme",
		`{"img": "../1.png"}`:            `line 1: the name "../1.png" leads out`,
		`{"label": 0}`:                   "line 1: the name of the image is empty",
		`{"img": "1.png", "label": 2}`:   "line 1: label 2; want 0 or 1",
		`{"img": "1.png", "label": "1"}`: "line 1: read a meme",
		`{"img": "1.png", "text": " "}`:  `line 1: the text of "1.png" is empty`,
		good:                             `line 1: the image "img/1.png" is not in`,
	} {
		f := write(t, text, t.TempDir(), "dev.jsonl")
		oneLine(t, bad(t, f, Options{}), f, words)
	}
	long := write(t, `{"img": "`+string(make([]byte, longestLine))+`"}`, t.TempDir(), "dev.jsonl")
	oneLine(t, bad(t, long, Options{}), "line 1", "too long")
	oneLine(t, bad(t, "testdata/hateful_memes", Options{Split: "train"}), "no file train.jsonl")
	oneLine(t, bad(t, "testdata/hateful_memes/dev_seen.jsonl", Options{Split: "dev"}), "is one file")
	oneLine(t, bad(t, "hatefulmemes:testdata/coco", Options{}), "no file dev_seen.jsonl or dev.jsonl")
}
