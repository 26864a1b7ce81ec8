package dataset

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMNIST(t *testing.T) {
	s := open(t, "testdata/mnist", Options{})
	list := all(t, s)
	require.Equal(t, []int{7, 2, 9}, labels(list))
	for i, e := range list {
		requirePixels(t, e, 5+i, 28, 28, true)
	}
	task, ok := TaskOf(s)
	require.True(t, ok)
	require.Equal(t, `a photo of the number: "7".`, task.Texts()[list[0].Label])
	list = all(t, open(t, "mnist:testdata/mnist", Options{Split: "train"})) // not gzipped
	require.Equal(t, []int{5, 0}, labels(list))
	for i, e := range list {
		requirePixels(t, e, 1+i, 28, 28, true)
	}
	require.Equal(t, []int{5, 0, 7, 2, 9}, labels(all(t, open(t, "testdata/mnist", Options{Split: "all"}))))
}

// Fashion-MNIST has the files of MNIST in a folder of another name.
func TestFashionAndOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "FashionMNIST")
	require.NoError(t, os.CopyFS(filepath.Join(dir, "raw"), os.DirFS("testdata/mnist")))
	s := open(t, dir, Options{})
	require.Equal(t, "Ankle boot", s.Classes()[9])
	all(t, s)
	require.Equal(t, "Ankle boot", open(t, "fashion:testdata/mnist", Options{}).Classes()[9])
	// As idx the classes are numbers, as many as there are.
	s = open(t, "idx:testdata/mnist/train-images-idx3-ubyte", Options{})
	require.Equal(t, digits(6), s.Classes())
	require.Equal(t, []int{5, 0}, labels(all(t, s)))
}

func idxFile(dims []uint32, data ...byte) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, data...)
}

func TestIDXBad(t *testing.T) {
	images := idxFile([]uint32{2, 1, 3}, 1, 2, 3, 4, 5, 6)
	labels := idxFile([]uint32{2}, 1, 2)
	for name, c := range map[string]struct {
		images, labels []byte
		words          string
	}{
		"empty":         {nil, labels, "read the header: the file ends too early"},
		"text":          {[]byte("text that is long enough"), labels, "begins with 74 65 78 74"},
		"labels":        {images, images, "begins with 00 00 08 03; an IDX file of bytes in 1 dimensions"},
		"header":        {images[:10], labels, "read the header"},
		"cut":           {images[:len(images)-1], labels, "2 images of 1 x 3, and the file has 5 bytes"},
		"longer":        {append(images, 7), labels, "the file has 7 bytes"},
		"cut gz":        {gzipped(t, images[:len(images)-1]), labels, "record 1: read an image: the file ends too early"},
		"broken gz":     {gzipped(t, images)[:20], labels, "the file ends too early"},
		"4 GB":          {idxFile([]uint32{0xffffffff, 0xfff, 0xfff}, 1), labels, "the header says 4294967295 images"},
		"4 GB gz":       {gzipped(t, idxFile([]uint32{0xffffffff, 0xfff, 0xfff}, 1)), labels, "4294967295 images"},
		"wide":          {idxFile([]uint32{2, 1, 5000}), labels, "images of 1 x 5000"},
		"flat":          {idxFile([]uint32{2, 0, 3}), labels, "images of 0 x 3"},
		"count":         {images, idxFile([]uint32{1}, 1), "2 images, and"},
		"labels cut":    {images, labels[:len(labels)-1], "the header says 2 labels, and the file has 1"},
		"labels more":   {images, append(labels, 3), "the header says 2 labels, and the file has 3"},
		"labels 4 GB":   {images, idxFile([]uint32{0xffffffff}, 1), "4294967295 labels"},
		"labels header": {images, labels[:6], "read the header"},
		"label 10":      {images, idxFile([]uint32{2}, 1, 10), "record 1: label 10; MNIST has labels 0 to 9"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, string(c.images), dir, "t10k-images-idx3-ubyte")
			write(t, string(c.labels), dir, "t10k-labels-idx1-ubyte")
			got := allocated(func() { oneLine(t, bad(t, "mnist:"+dir, Options{}), dir, c.words) })
			require.Less(t, got, uint64(2<<20))
		})
	}
	dir := t.TempDir()
	oneLine(t, bad(t, "mnist:"+dir, Options{}), "no file t10k-images-idx3-ubyte")
	write(t, string(images), dir, "t10k-images-idx3-ubyte")
	oneLine(t, bad(t, "mnist:"+dir, Options{}), "no file of labels beside it")
	oneLine(t, bad(t, "mnist:"+filepath.Join(dir, "t10k-images-idx3-ubyte"), Options{Split: "test"}), "is one file")
	oneLine(t, bad(t, "mnist:"+write(t, "x", dir, "plain"), Options{}), "no file of labels beside it")
}
