package dataset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFairFace(t *testing.T) {
	s := open(t, "testdata/fairface", Options{})
	list := all(t, s)
	require.Len(t, list, 8)
	classes, groups := s.Classes(), s.Groups()
	require.Equal(t, []string{"Black", "White", "Indian", "Latino", "Middle Eastern", "Southeast Asian", "East Asian"}, groups)
	want := [][2]string{ // the rows of testdata/fairface/fairface_label_val.csv
		{"east asian man", "East Asian"}, {"east asian woman", "East Asian"}, {"white man", "White"}, {"latino woman", "Latino"},
		{"southeast asian man", "Southeast Asian"}, {"middle eastern woman", "Middle Eastern"}, {"black man", "Black"}, {"indian woman", "Indian"},
	}
	for n, e := range list {
		require.Equal(t, want[n], [2]string{classes[e.Label], groups[e.Group]}, e.Name)
		requireColour(t, e, n)
	}
	require.Equal(t, "val/1.jpg", list[0].Name)
	require.Len(t, all(t, open(t, "testdata/fairface/fairface_label_val.csv", Options{})), 8)
}

// The publisher's archive of images unpacks to a folder of its own.
func TestFairFacePlaces(t *testing.T) {
	dir := copied(t, "fairface")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "fairface-img-margin025-trainval"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(dir, "val"), filepath.Join(dir, "fairface-img-margin025-trainval", "val")))
	require.Len(t, all(t, open(t, dir, Options{})), 8)
	require.Len(t, all(t, open(t, dir, Options{Images: filepath.Join(dir, "fairface-img-margin025-trainval")})), 8)
	oneLine(t, bad(t, dir, Options{Images: filepath.Join(dir, "absent")}), "line 2", "absent")
}

func TestFairFaceBad(t *testing.T) {
	head := "file,age,gender,race,service_test\n"
	for text, words := range map[string]string{
		"":                                         "the file is empty",
		head:                                       "no faces",
		"file,age\nval/1.jpg,3\n":                  "line 1: columns file, age; FairFace has file,age,gender,race,service_test",
		head + "val/1.jpg,3-9,Male,Elf,True\n":     `line 2: race "Elf"; FairFace has Black`,
		head + "val/1.jpg,3-9,male,White,True\n":   `line 2: gender "male"`,
		head + "../1.jpg,3-9,Male,White,True\n":    `line 2: the name "../1.jpg" leads out`,
		head + "val/1.jpg,3-9,Male,White\n":        "line 2: read csv: wrong number of fields",
		head + "\"val/1.jpg,3-9,Male,White,True\n": "line 2: read csv",
		head + "val/1.jpg,3-9,Male,White,True\n":   `line 2: the image "val/1.jpg" is not in`,
		"\ufeff" + head + "a,3-9,Male,,True\n":     `line 2: race ""`,
		head + "\n\nval/1.jpg,3-9,Male,Elf,True\n": "line 4: race",
	} {
		f := write(t, text, t.TempDir(), "fairface_label_val.csv")
		oneLine(t, bad(t, f, Options{}), f, words)
	}
	oneLine(t, bad(t, "testdata/fairface", Options{Split: "train"}), "fairface_label_train.csv")
	oneLine(t, bad(t, "testdata/fairface/fairface_label_val.csv", Options{Split: "val"}), "is one file")
}
