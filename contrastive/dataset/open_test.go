package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every set of testdata is recognised by its path alone.
func TestOpenRecognises(t *testing.T) {
	for path, want := range map[string]string{
		"testdata/coco": "*dataset.listed",
		"testdata/coco/annotations/captions_val2017.json": "*dataset.listed",
		"testdata/cifar-10-binary.tar.gz":                 "*dataset.cifar",
		"testdata/cifar-10-python.tar.gz":                 "*dataset.cifar",
		"testdata/cifar-100-binary.tar.gz":                "*dataset.cifar",
		"testdata/cifar-100-python.tar.gz":                "*dataset.cifar",
		"testdata/svhn":                                   "*dataset.svhn",
		"testdata/svhn/test_32x32.mat":                    "*dataset.svhn",
		"testdata/EuroSAT":                                "*dataset.listed",
		"testdata/imagenet/val":                           "*dataset.listed",
		"testdata/hateful_memes":                          "*dataset.listed",
		"testdata/hateful_memes/dev_seen.jsonl":           "*dataset.listed",
		"testdata/fairface":                               "*dataset.listed",
		"testdata/mnist":                                  "*dataset.idx",
		"testdata/mnist/t10k-images-idx3-ubyte.gz":        "*dataset.idx",
		"testdata/mnist/train-images-idx3-ubyte":          "*dataset.idx",
		"testdata/captions":                               "*dataset.listed",
		"testdata/flickr":                                 "*dataset.listed",
		"testdata/scenes":                                 "*dataset.listed",
		"testdata/wds":                                    "*dataset.webdataset",
		"testdata/wds/00000.tar":                          "*dataset.webdataset",
		"testdata/wds-gz/00000.tar.gz":                    "*dataset.webdataset",
	} {
		s := open(t, path, Options{})
		require.Equal(t, want, fmt.Sprintf("%T", s), path)
		all(t, s)
	}
}

func TestOpenByKind(t *testing.T) {
	require.Equal(t, []string{"n01440764", "n02119789"}, open(t, "imagenet:"+unlabelled(t), Options{}).Classes())
	require.Len(t, all(t, open(t, "folder:testdata/imagenet/val", Options{})), 3)
	require.Equal(t, "annual crop land", open(t, "eurosat:testdata/EuroSAT", Options{}).Classes()[0])
	require.Equal(t, "AnnualCrop", open(t, "folder:testdata/EuroSAT/2750", Options{}).Classes()[0], "as a plain folder, the folders' names")
}

// unlabelled is the ImageNet folder without the file of names above it.
func unlabelled(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "a", "b")
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/imagenet/val")))
	return dir
}

func TestOpenBad(t *testing.T) {
	empty := t.TempDir()
	oneLine(t, bad(t, "", Options{}), "needs a path")
	oneLine(t, bad(t, empty, Options{}), empty, "looked for annotations/captions_*.json (coco)", "*_32x32.mat (svhn)", "one sub-folder for each class (imagenet)", "as in coco:DIR")
	oneLine(t, bad(t, "testdata/absent", Options{}), "testdata/absent: open a data set", "no such file")
	oneLine(t, bad(t, "cocoa:testdata/coco", Options{}), "cocoa:testdata/coco")
	oneLine(t, bad(t, "svhn:testdata/absent.mat", Options{}), "open svhn")
	oneLine(t, bad(t, write(t, "x", empty, "x.dat"), Options{}), "looked for")
	oneLine(t, bad(t, "testdata/svhn", Options{Order: OrderID}), "the option order means nothing for svhn")
	oneLine(t, bad(t, "testdata/EuroSAT", Options{Split: "test"}), "the option split means nothing for eurosat")
	oneLine(t, bad(t, "testdata/coco", Options{Names: "x"}), "names")
	oneLine(t, bad(t, "testdata/mnist", Options{Images: "x"}), "images")
	oneLine(t, bad(t, "testdata/coco", Options{Label: "x"}), "label")
	oneLine(t, bad(t, "testdata/coco", Options{Group: "x"}), "group")
	oneLine(t, bad(t, "imagenet:testdata/coco", Options{}), "no images in the folder of this class")
	oneLine(t, bad(t, "imagenet:"+t.TempDir(), Options{}), "no sub-folders")
	oneLine(t, bad(t, "imagenet:testdata/make.py", Options{}), "make.py")
}
