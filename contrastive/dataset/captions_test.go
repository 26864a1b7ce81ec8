package dataset

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCaptionsWithTabs(t *testing.T) {
	for _, path := range []string{"testdata/captions", "captions:testdata/captions", "folder:testdata/captions", "testdata/captions/captions.txt"} {
		s := open(t, path, Options{})
		list := all(t, s)
		require.Equal(t, []string{"b.jpg", "a.png"}, names(list))
		require.Equal(t, []string{"second name, first line", "second caption"}, list[0].Captions)
		require.Equal(t, []string{"other"}, list[1].Captions)
		require.Nil(t, s.Classes())
		requireColour(t, list[0], 0)
		requireColour(t, list[1], 1)
	}
}

func TestCaptionsAsCSV(t *testing.T) {
	list := all(t, open(t, "testdata/flickr", Options{}))
	require.Equal(t, []string{"x.jpg", "y.jpg"}, names(list))
	require.Equal(t, []string{"A dog, running", `He said "no"`}, list[0].Captions)
	requireColour(t, list[1], 1)
	// Another name of the file and of its columns, images in a folder of their own.
	f := write(t, "\ufeffid,File_Name,Text\n1,x.jpg,one\n2,y.jpg,two\n", t.TempDir(), "data.csv")
	list = all(t, open(t, f, Options{Images: "testdata/flickr/Images"}))
	require.Equal(t, []string{"two"}, list[1].Captions)
}

// Flickr30k's results_20130124.token.
func TestFlickrTokens(t *testing.T) {
	dir := copied(t, "flickr")
	f := write(t, "x.jpg#0\tone\nx.jpg#1\ttwo\ny.jpg#0\tthree\n", dir, "captions.tsv")
	list := all(t, open(t, f, Options{}))
	require.Equal(t, []string{"x.jpg", "y.jpg"}, names(list))
	require.Equal(t, []string{"one", "two"}, list[0].Captions)
}

func TestScenesFolder(t *testing.T) {
	s := open(t, "scenes:testdata/scenes", Options{})
	require.Equal(t, []string{"circle", "square", "star"}, s.Classes())
	require.Equal(t, []string{"flat", "outline"}, s.Groups())
	list := all(t, s)
	require.Equal(t, []string{"0.png", "1.png", "10.png"}, names(list))
	require.Equal(t, []int{0, 1, 2}, labels(list))
	require.Equal(t, []int{0, 1, 0}, []int{list[0].Group, list[1].Group, list[2].Group})
	requireColour(t, list[2], 10)
	s = open(t, "testdata/scenes", Options{Label: "count", Group: "position"})
	require.Equal(t, []string{"1", "2", "10"}, s.Classes(), "numbers by size")
	require.Equal(t, []string{"left", "right"}, s.Groups())
	require.Equal(t, []int{1, 0, 2}, labels(all(t, s)))
	task, ok := TaskOf(s)
	require.True(t, ok)
	require.Equal(t, "count", task.Name)
}

func TestCaptionsBad(t *testing.T) {
	for text, words := range map[string]string{
		"":                            "the file is empty",
		"\n\n":                        "the file is empty",
		"a.jpg\tx\nb.jpg x\n":         "line 2: no tab",
		"a.jpg\tx\nb.jpg\t \n":        `line 2: the caption of "b.jpg" is empty`,
		"\tx\n":                       "line 1: the name of the image is empty",
		"a.jpg\tx\n../b.jpg\ty\n":     `line 2: the name "../b.jpg" leads out`,
		"/etc/passwd\ty\n":            `line 1: the name "/etc/passwd" leads out`,
		"a/../../b.jpg\ty\n":          "leads out",
		"..\\b.jpg\ty\n":              "leads out",
		"a\x00.jpg\ty\n":              "zero byte",
		"a.jpg\tx\nb.jpg\t\xff\xfe\n": "line 2: not UTF-8",
		"a.jpg\tx\n":                  `line 1: the image "a.jpg" is not in`,
		"hello world\n":               "line 1: neither a tab nor a header",
		"image,caption\n":             "no captions",
		"image,caption\na.jpg,\n":     `line 2: the caption of "a.jpg" is empty`,
		"image,caption\na.jpg\n":      "line 2: read csv: wrong number of fields",
		"image,caption\na.jpg,x\"y\n": "line 2: read csv",
		"image,caption\n../a.jpg,x\n": "line 2: the name",
		"caption,text\nx,y\n":         "line 1: neither a tab nor a header",
	} {
		f := write(t, text, t.TempDir(), "captions.txt")
		oneLine(t, bad(t, f, Options{}), f, words)
	}
	dir := t.TempDir()
	write(t, "folder\tx\n", dir, "captions.txt")
	write(t, "", dir, "folder", "x")
	oneLine(t, bad(t, dir, Options{}), `line 1: the image "folder" is a folder`)
	oneLine(t, bad(t, "captions:testdata/coco", Options{}), "no file captions.txt or captions.tsv or captions.csv")
	oneLine(t, bad(t, write(t, "a\t"+string(make([]byte, longestLine)), t.TempDir(), "captions.txt"), Options{}), "line 1", "too long")
}

func TestLabelsBad(t *testing.T) {
	for text, words := range map[string]string{
		"":                                    "the file is empty",
		"shape,style\ncircle,flat\n":          "line 1: no column",
		"name,shape\n0.png,circle\n2.png,x\n": `line 3: the image "2.png", of which captions.txt has no caption`,
		"name,shape\n0.png\n":                 "line 2: read csv",
	} {
		dir := copied(t, "scenes")
		f := write(t, text, dir, "labels.csv")
		oneLine(t, bad(t, dir, Options{}), f, words)
	}
	oneLine(t, bad(t, "testdata/scenes", Options{Label: "size"}), `no column "size"; there are name, shape`)
	oneLine(t, bad(t, "testdata/scenes", Options{Group: "name"}), `no column "name"`)
	oneLine(t, bad(t, "testdata/captions", Options{Label: "shape"}), filepath.Join("testdata", "captions", "labels.csv"))
	// Images without a row have neither class nor group.
	dir := copied(t, "scenes")
	write(t, "name,shape\n1.png,square\n", dir, "labels.csv")
	s := open(t, dir, Options{})
	require.Equal(t, []int{-1, 0, -1}, labels(all(t, s)))
	require.Nil(t, s.Groups())
}
