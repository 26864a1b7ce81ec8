package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEuroSAT(t *testing.T) {
	for _, path := range []string{"testdata/EuroSAT", "testdata/EuroSAT/2750", "eurosat:testdata/EuroSAT"} {
		s := open(t, path, Options{})
		require.Equal(t, eurosatClasses, s.Classes())
		list := all(t, s)
		require.Equal(t, []int{0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9}, labels(list))
		require.Equal(t, []string{"Forest/Forest_1.jpg", "Forest/Forest_10.jpg", "Forest/Forest_2.jpg"}, names(list)[1:4], "by name, as torchvision has them")
		for i, n := range []int{0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9} {
			requireColour(t, list[i], n)
		}
	}
	dir := copied(t, "EuroSAT")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "2750", "Desert"), 0o755))
	write(t, "x", dir, "2750", "Desert", "1.jpg")
	oneLine(t, bad(t, dir, Options{}), "Desert", "EuroSAT has")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "2750", "Desert")))
	require.NoError(t, os.Remove(filepath.Join(dir, "2750", "River", "River_1.jpg")))
	oneLine(t, bad(t, dir, Options{}), filepath.Join("2750", "River"), "no images", ".jpg")
	oneLine(t, bad(t, "eurosat:testdata/coco", Options{}), "no folders AnnualCrop")
}

func TestImageNetFolder(t *testing.T) {
	s := open(t, "testdata/imagenet/val", Options{})
	require.Equal(t, []string{"tench", "kit fox"}, s.Classes(), "found in the folder above")
	list := all(t, s)
	require.Equal(t, []int{0, 0, 1}, labels(list))
	require.Equal(t, "n01440764/ILSVRC2012_val_00000293.JPEG", list[0].Name)
	for n, e := range list {
		requireColour(t, e, n)
	}
	task, ok := TaskOf(s)
	require.True(t, ok)
	require.Equal(t, []string{"a photo of a tench.", "a photo of a kit fox."}, task.Texts())
}

func TestClassFiles(t *testing.T) {
	for name, text := range map[string]string{
		"map_clsloc.txt":            "n02119789 1 kit_fox\nn01440764 2 great_tench\n",
		"imagenet_class_index.json": `{"1": ["n02119789", "kit_fox"], "0": ["n01440764", "great_tench"]}`,
		"LOC_synset_mapping.txt":    "\ufeffn02119789 kit fox, Vulpes macrotis\r\n\r\nn01440764 great tench\r\n",
		"names.txt":                 "great tench\nkit fox\n",
	} {
		f := write(t, text, t.TempDir(), name)
		require.Equal(t, []string{"great tench", "kit fox"}, open(t, "testdata/imagenet/val", Options{Names: f}).Classes(), name)
	}
	for text, words := range map[string]string{
		"one\ntwo\nthree\n":     "3 class names and 2 classes",
		"":                      "no class names",
		"n01440764 tench\nfox ": `no name for the class "n02119789"`,
	} {
		f := write(t, text, t.TempDir(), "names.txt")
		oneLine(t, bad(t, "testdata/imagenet/val", Options{Names: f}), f, words)
	}
	for text, words := range map[string]string{
		`{"0": ["n01440764"`: "unexpected end of JSON",
		`{"0": 5}`:           "read class names",
		`{"7": ["a", "b"]}`:  "no class 0 of 1",
	} {
		f := write(t, text, t.TempDir(), "names.json")
		oneLine(t, bad(t, "testdata/imagenet/val", Options{Names: f}), f, words)
	}
	oneLine(t, bad(t, "testdata/imagenet/val", Options{Names: "testdata/absent.txt"}), "absent.txt")
}

// Folders within class folders, links, files that are no images, names with underscores. The
// order is that of torchvision 0.14's ImageFolder for the same files.
func TestImageFolderOrder(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"barn_owl/z.jpg", "barn_owl/b/1.png", "barn_owl/b-c/1.png", "barn_owl/a/2.webp", "barn_owl/notes.txt", "barn_owl/.hidden.jpg", "crow/1.jpeg", ".git/x.jpg"} {
		write(t, "x", dir, f)
	}
	if err := os.Symlink(filepath.Join(dir, "crow"), filepath.Join(dir, "raven")); err != nil {
		t.Skip("no symbolic links here")
	}
	s := open(t, dir, Options{})
	require.Equal(t, []string{"barn owl", "crow", "raven"}, s.Classes())
	require.Equal(t, []string{"barn_owl/z.jpg", "barn_owl/a/2.webp", "barn_owl/b/1.png", "barn_owl/b-c/1.png", "crow/1.jpeg", "raven/1.jpeg"}, names(all(t, s)))
	_, err := all(t, s)[0].Image()
	oneLine(t, err, "z.jpg", "not an image")
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "crow", "up")))
	oneLine(t, bad(t, dir, Options{}), "does a link lead back?")
}
