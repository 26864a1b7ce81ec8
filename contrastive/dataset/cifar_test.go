package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each version of CIFAR, unpacked and in its archive, has the same pictures and labels.
func TestCIFAR(t *testing.T) {
	for _, archive := range []string{"cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"} {
		for _, path := range []string{filepath.Join("testdata", archive), unpack(t, archive)} {
			s := open(t, path, Options{})
			require.Equal(t, cifar10Classes, s.Classes())
			list := all(t, s)
			require.Equal(t, []int{3, 9, 0}, labels(list), path)
			for i, e := range list {
				requirePixels(t, e, 10+i, 32, 32, false)
			}
			list = all(t, open(t, "cifar10:"+path, Options{Split: "train"}))
			require.Equal(t, []int{3, 4, 5, 6, 7}, labels(list), "the batches in their order, not that of the archive")
			for i, e := range list {
				requirePixels(t, e, 1+i, 32, 32, false)
			}
			require.Equal(t, []int{3, 4, 5, 6, 7, 3, 9, 0}, labels(all(t, open(t, path, Options{Split: "all"}))))
		}
	}
}

// The labels of CIFAR-100 are the fine ones. The python fixture's test array is in Fortran order.
func TestCIFAR100(t *testing.T) {
	for _, archive := range []string{"cifar-100-binary.tar.gz", "cifar-100-python.tar.gz"} {
		for _, path := range []string{filepath.Join("testdata", archive), unpack(t, archive)} {
			s := open(t, path, Options{})
			require.Len(t, s.Classes(), 100)
			list := all(t, s)
			require.Equal(t, []int{49, 99}, labels(list), path)
			for i, e := range list {
				requirePixels(t, e, 10+i, 32, 32, false)
			}
			list = all(t, open(t, path, Options{Split: "train"}))
			require.Equal(t, []int{19, 29}, labels(list))
			for i, e := range list {
				requirePixels(t, e, 1+i, 32, 32, false)
			}
		}
	}
}

// Pictures outlive the walk, and the next picture does not change them.
func TestCIFARPicturesAreTheirOwn(t *testing.T) {
	for _, archive := range []string{"cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"} {
		list := all(t, open(t, filepath.Join("testdata", archive), Options{}))
		for i := len(list) - 1; i >= 0; i-- {
			requirePixels(t, list[i], 10+i, 32, 32, false)
		}
	}
}

// A folder that holds several versions: the unpacked binary one is read.
func TestCIFARInAFolderOfArchives(t *testing.T) {
	require.Equal(t, []int{3, 9, 0}, labels(all(t, open(t, "cifar10:testdata", Options{}))))
	require.Equal(t, []int{49, 99}, labels(all(t, open(t, "cifar100:testdata", Options{}))))
}

func TestCIFARBad(t *testing.T) {
	dir := unpack(t, "cifar-10-binary.tar.gz")
	bin := filepath.Join(dir, "cifar-10-batches-bin")
	test := read(t, bin, "test_batch.bin")
	oneLine(t, bad(t, dir, Options{Split: "val"}), `no split "val"`, "test, train")
	write(t, string(test[:len(test)-1]), bin, "test_batch.bin")
	oneLine(t, bad(t, dir, Options{}), "test_batch.bin: has 9218 bytes", "3073")
	write(t, "", bin, "test_batch.bin")
	oneLine(t, bad(t, dir, Options{}), "test_batch.bin: has 0 bytes")
	test[3073] = 10
	write(t, string(test), bin, "test_batch.bin")
	oneLine(t, bad(t, dir, Options{}), "test_batch.bin: record 1: label 10")
	require.NoError(t, os.Remove(filepath.Join(bin, "data_batch_4.bin")))
	oneLine(t, bad(t, dir, Options{Split: "train"}), "no file data_batch_4.bin")
	oneLine(t, bad(t, "cifar10:"+t.TempDir(), Options{}), "no file test_batch.bin or test_batch of CIFAR10; it has nothing")
	oneLine(t, bad(t, "cifar10:testdata/cifar-100-binary.tar.gz", Options{}), "no file test_batch.bin")
}

func TestCIFARBadArchive(t *testing.T) {
	whole := read(t, "testdata", "cifar-10-binary.tar.gz")
	plain := gunzip(t, whole)
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"gzip cut":    {whole[:len(whole)/2], "ends too early"},
		"tar cut":     {gzipped(t, plain[:len(plain)/2]), "ends too early"},
		"text":        {[]byte("no archive at all, only a text that is longer than a block of tar has to be" + string(make([]byte, 600))), "not a tar archive"},
		"empty":       {nil, "has no file test_batch.bin"},
		"header only": {[]byte{0x1f, 0x8b, 8, 0}, "ends too early"},
		"way out":     {tarOf(t, file{"../test_batch.bin", "x"}), `"../test_batch.bin" leads out`},
	} {
		t.Run(name, func(t *testing.T) {
			f := write(t, string(c.data), t.TempDir(), "cifar-10-binary.tar.gz")
			oneLine(t, bad(t, f, Options{}), f, c.words)
		})
	}
}

// A gzipped archive that has become shorter than it was when it was opened.
func TestCIFARArchiveCutLater(t *testing.T) {
	whole := read(t, "testdata", "cifar-10-binary.tar.gz")
	f := write(t, string(whole), t.TempDir(), "cifar-10-binary.tar.gz")
	s := open(t, f, Options{})
	write(t, string(gzipped(t, gunzip(t, whole)[:len(gunzip(t, whole))-10000])), f)
	_, err := walkAll(s)
	oneLine(t, err, f)
}

func TestCIFARBadPickle(t *testing.T) {
	dir := unpack(t, "cifar-10-python.tar.gz")
	py := filepath.Join(dir, "cifar-10-batches-py")
	good := read(t, py, "test_batch")
	swap := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"empty":         {nil, "byte 0: the file ends in the middle"},
		"cut":           {good[:len(good)/2], "the file ends in the middle"},
		"os.system":     {[]byte("\x80\x02cos\nsystem\nU\x02ls\x85R."), `import "os.system"`},
		"posix":         {swap("cnumpy\ndtype", "cposix\nsystem"), `import "posix.system"`},
		"call a string": {[]byte("\x80\x02U\x01x)R."), "nothing was executed"},
		"protocol 4":    {swap("\x80\x02", "\x80\x04"), "pickle protocol 4"},
		"opcode":        {[]byte("\x80\x02G"), "opcode 0x47"},
		"not a dict":    {[]byte("\x80\x02]."), "not a dictionary"},
		"no labels":     {swap("labels", "LABELS"), "without an array data and a list labels; it has LABELS"},
		"floats":        {swap("U\x02u1", "U\x02f4"), `data is an array of "f4"`},
		"long string":   {[]byte("\x80\x02T\xff\xff\xff\x7fabc"), "the file ends in the middle"},
		"negative":      {[]byte("\x80\x02T\xff\xff\xff\xff"), "4294967295 bytes"},
		"no memo":       {[]byte("\x80\x02h\x09."), "memo 9 is empty"},
		"no mark":       {[]byte("\x80\x02e."), "a mark is missing"},
		"nothing":       {[]byte("\x80\x02."), "a value is missing"},
		"label a text":  {swap("K\x03K\x09K\x00e", "U\x01aK\x09K\x00e"), "labels: label 0 is not a number"},
		"fewer labels":  {swap("K\x03K\x09K\x00e", "K\x03K\x09e"), "want u1, [2 3072] for 2 labels"},
		"label 11":      {swap("K\x03K\x09K\x00e", "K\x03K\x0bK\x00e"), "record 1: label 11"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, c.data)
			f := write(t, string(c.data), py, "test_batch")
			oneLine(t, bad(t, dir, Options{}), f, c.words)
		})
	}
}

// A pickle cannot make more values than CIFAR has: a short one that repeats a memo, and one
// that pushes nothing but None.
func TestPickleIsBounded(t *testing.T) {
	data := append([]byte("\x80\x02"), bytes.Repeat([]byte("N"), 2*pickleValues)...)
	got := allocated(func() {
		_, err := unpickle(data)
		require.ErrorContains(t, err, "more than 1048576 values")
	})
	require.Less(t, got, uint64(200<<20))
}
