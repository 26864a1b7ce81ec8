package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCOCO(t *testing.T) {
	s := open(t, "testdata/coco", Options{})
	list := all(t, s)
	require.Equal(t, []string{"000000397133.jpg", "000000037777.jpg", "000000252219.jpg", "000000087038.jpg"}, names(list))
	require.Equal(t, []string{"A man with a red helmet on a small moped on a dirt road. ", "Man riding a motor bike on a dirt road\n"}, list[2].Captions)
	require.Empty(t, list[3].Captions)
	require.Nil(t, s.Classes())
	require.Nil(t, s.Groups())
	for n, e := range list {
		require.Equal(t, -1, e.Label)
		require.Equal(t, -1, e.Group)
		requireColour(t, e, n)
	}
}

func TestCOCOOrders(t *testing.T) {
	list := all(t, open(t, "testdata/coco", Options{Order: OrderID}))
	require.Equal(t, []string{"000000037777.jpg", "000000087038.jpg", "000000252219.jpg", "000000397133.jpg"}, names(list))
	list = all(t, open(t, "testdata/coco", Options{Order: OrderAnnotation}))
	require.Equal(t, []string{"000000252219.jpg", "000000037777.jpg", "000000397133.jpg"}, names(list))
	oneLine(t, bad(t, "testdata/coco", Options{Order: 7}), "no order 7")
}

// The ways to the same images: a file by its name, images elsewhere, archives unpacked into a
// folder images.
func TestCOCOPlaces(t *testing.T) {
	require.Len(t, all(t, open(t, "testdata/coco/annotations/captions_val2017.json", Options{})), 4)
	require.Len(t, all(t, open(t, "coco:testdata/coco", Options{Split: "val"})), 4)
	require.Len(t, all(t, open(t, "testdata/coco", Options{Split: "val2017", Images: "testdata/coco/val2017"})), 4)
	dir := copied(t, "coco")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "images"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(dir, "val2017"), filepath.Join(dir, "images", "val2017")))
	require.Len(t, all(t, open(t, dir, Options{})), 4)
}

func TestCOCOSplits(t *testing.T) {
	dir := copied(t, "coco")
	text := string(read(t, dir, "annotations", "captions_val2017.json"))
	write(t, text, dir, "annotations", "captions_val2014.json")
	write(t, text, dir, "annotations", "captions_train2017.json")
	require.Len(t, all(t, open(t, dir, Options{})), 4)
	require.Len(t, all(t, open(t, dir, Options{Split: "train"})), 4)
	oneLine(t, bad(t, dir, Options{Split: "val"}), "2 captions files", "train2017, val2014, val2017")
	oneLine(t, bad(t, dir, Options{Split: "test"}), `split "test"`)
	oneLine(t, bad(t, "coco:testdata/svhn", Options{}), "no annotations/captions_*.json")
}

func TestCOCOBad(t *testing.T) {
	image := `{"id": 1, "file_name": "1.jpg"}`
	caption := `{"id": 7, "image_id": 1, "caption": "x"}`
	file := func(images, annotations string) string {
		return `{"images": [` + images + `], "annotations": [` + annotations + `]}`
	}
	for name, c := range map[string]struct{ text, words string }{
		"empty file":       {"", "ends too early"},
		"text":             {"images", "byte"},
		"no object":        {"[]", "not an object"},
		"no arrays":        {"{}", "no images"},
		"images no array":  {`{"images": {}}`, "not an array"},
		"cut":              {file(image, caption)[:60], "ends too early"},
		"no id":            {file(`{"file_name": "1.jpg"}`, caption), "element 0 of images: no id"},
		"no name":          {file(`{"id": 1}`, caption), "image 1: the name of the image is empty"},
		"twice":            {file(image+","+image, caption), "image 1: the array images has this id twice"},
		"missing image":    {file(image, `{"id": 7, "image_id": 5, "caption": "x"}`), "annotation 7: a caption of image 5"},
		"no image_id":      {file(image, `{"id": 7, "caption": "x"}`), "annotation 7: no image_id"},
		"no caption":       {file(image, `{"id": 7, "image_id": 1}`), "annotation 7: no caption"},
		"empty caption":    {file(image, `{"id": 7, "image_id": 1, "caption": " \n"}`), "annotation 7: the caption of image 1 is empty"},
		"way out":          {file(`{"id": 1, "file_name": "../1.jpg"}`, caption), `image 1: the name "../1.jpg" leads out`},
		"way out, absolut": {file(`{"id": 1, "file_name": "/etc/passwd"}`, caption), "leads out"},
		"way out, windows": {file(`{"id": 1, "file_name": "..\\1.jpg"}`, caption), "leads out"},
		"id a text":        {file(`{"id": "one", "file_name": "1.jpg"}`, caption), "byte"},
		"not there":        {file(image, caption), `image 1: the image "1.jpg" is not in`},
	} {
		t.Run(name, func(t *testing.T) {
			f := write(t, c.text, t.TempDir(), "annotations", "captions_val2017.json")
			oneLine(t, bad(t, f, Options{}), f, c.words)
		})
	}
}

// An image that is missing ends the walk where it is, not before.
func TestCOCOMissingImage(t *testing.T) {
	dir := copied(t, "coco")
	require.NoError(t, os.Remove(filepath.Join(dir, "val2017", "000000252219.jpg")))
	s := open(t, dir, Options{})
	list, err := walkAll(s)
	require.Len(t, list, 2)
	oneLine(t, err, "captions_val2017.json: image 252219", `"000000252219.jpg" is not in`)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Len(t, all(t, Head(s, 2)), 2)
}

func TestCOCOImageIsText(t *testing.T) {
	dir := copied(t, "coco")
	write(t, "this is no image", dir, "val2017", "000000397133.jpg")
	write(t, "", dir, "val2017", "000000037777.jpg")
	list := all(t, open(t, dir, Options{}))
	_, err := list[0].Image()
	oneLine(t, err, "000000397133.jpg", "not an image")
	_, err = list[1].Image()
	oneLine(t, err, "000000037777.jpg", "empty")
}

// The big arrays are not held as text: reading allocates a few times what is kept. 20,000
// captions of 200 bytes are 5.9 MB of file; the captions and the decoder's work on one element
// at a time stay below 5 times that.
func TestCOCOStreams(t *testing.T) {
	var images, annotations []string
	for i := range 20000 {
		images = append(images, fmt.Sprintf(`{"id": %d, "file_name": "%06d.jpg"}`, i, i))
		annotations = append(annotations, fmt.Sprintf(`{"id": %d, "image_id": %d, "caption": "%s"}`, i, i, strings.Repeat("c", 200)))
	}
	text := `{"images": [` + strings.Join(images, ",") + `], "annotations": [` + strings.Join(annotations, ",") + `]}`
	var index *cocoIndex
	got := allocated(func() {
		var err error
		index, err = readCOCO("x", strings.NewReader(text))
		require.NoError(t, err)
	})
	require.Len(t, index.images, 20000)
	require.Less(t, got, uint64(5*len(text)))
}
