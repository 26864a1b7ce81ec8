package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzSize bounds the inputs, deflate the memory that compressed ones may take: zlib and gzip
// make at most 1032 bytes of one, which are read into a slice that grows and, as labels, become
// numbers of eight bytes. What a header claims has no part in this sum.
const (
	fuzzSize = 1 << 16
	deflate  = 1032 * 16
)

// fuzzed is a file of one fuzzing process.
func fuzzed(f *testing.F, name string) string {
	dir, err := os.MkdirTemp("", fmt.Sprintf("mindgap-fuzz-%d-*", os.Getpid()))
	require.NoError(f, err)
	f.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, name)
}

// walkFuzzed opens and walks a file of any content: what comes out is examples or an error of
// one line, and memory is bounded by what is in the file.
func walkFuzzed(t *testing.T, path, spec string, data []byte, pictures bool) {
	if len(data) > fuzzSize {
		return
	}
	require.NoError(t, os.WriteFile(path, data, 0o644))
	got := allocated(func() {
		s, err := Open(spec, Options{})
		if err != nil {
			oneLine(t, err, filepath.Dir(path))
			return
		}
		n := 0
		for e, err := range s.Examples() {
			if err != nil {
				oneLine(t, err)
				break
			}
			n++
			require.NotEmpty(t, e.Name)
			require.GreaterOrEqual(t, e.Label, -1)
			if classes := s.Classes(); classes != nil {
				require.Less(t, e.Label, len(classes))
			}
			if pictures {
				m, err := e.Image()
				require.NoError(t, err)
				require.Len(t, m.Pix, 3*m.Width*m.Height)
			}
		}
		if s.Len() >= 0 {
			require.LessOrEqual(t, n, s.Len())
		}
	})
	require.Less(t, got, uint64(8<<20+deflate*len(data)))
}

func seed(f *testing.F, files ...string) {
	for _, name := range files {
		f.Add(read(f, "testdata", name))
	}
}

func FuzzMat(f *testing.F) {
	seed(f, "svhn/test_32x32.mat", "svhn/train_32x32.mat")
	path := fuzzed(f, "x.mat")
	f.Fuzz(func(t *testing.T, data []byte) { walkFuzzed(t, path, "svhn:"+path, data, true) })
}

// FuzzTar does not decode the pictures: that is fuzzed where it is written.
func FuzzTar(f *testing.F) {
	seed(f, "wds/00000.tar", "wds/00001.tar", "wds-gz/00000.tar.gz")
	path := fuzzed(f, "x.tar")
	f.Fuzz(func(t *testing.T, data []byte) { walkFuzzed(t, path, "wds:"+path, data, false) })
}

func FuzzIDX(f *testing.F) {
	f.Add(idxFile([]uint32{2, 1, 3}, 1, 2, 3, 4, 5, 6), idxFile([]uint32{2}, 1, 2))
	f.Add(read(f, "testdata", "mnist", "t10k-images-idx3-ubyte.gz"), read(f, "testdata", "mnist", "t10k-labels-idx1-ubyte.gz"))
	path := fuzzed(f, "images-idx3-ubyte")
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		if len(labels) > fuzzSize {
			return
		}
		require.NoError(t, os.WriteFile(strings.Replace(path, "images-idx3", "labels-idx1", 1), labels, 0o644))
		walkFuzzed(t, path, "mnist:"+path, images, true)
	})
}

func FuzzCIFARPickle(f *testing.F) {
	for _, archive := range []string{"cifar-10-python.tar.gz", "cifar-100-python.tar.gz"} {
		dir := unpack(f, archive)
		for _, name := range []string{"cifar-10-batches-py/test_batch", "cifar-100-python/test"} {
			if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzSize {
			return
		}
		got := allocated(func() {
			rows, labels, err := cifarBatch(data, "labels")
			if err == nil {
				require.Len(t, rows.bytes, len(labels)*cifarBytes)
			} else {
				oneLine(t, fail("x", "%s", err))
			}
		})
		require.Less(t, got, uint64(1<<20+200*len(data))) // a value of one byte is 16 on the stack, and memos are a map
	})
}

func FuzzCOCO(f *testing.F) {
	seed(f, "coco/annotations/captions_val2017.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		index, err := readCOCO("x", strings.NewReader(string(text)))
		if err != nil {
			oneLine(t, err, "x")
			return
		}
		for _, order := range []Order{OrderFile, OrderID, OrderAnnotation} {
			images, err := index.sorted(order)
			if err != nil {
				oneLine(t, err, "x")
				return
			}
			for _, m := range images {
				require.NoError(t, local(m.name))
			}
		}
	})
}

func FuzzCaptions(f *testing.F) {
	seed(f, "captions/captions.txt", "flickr/captions.txt")
	path := fuzzed(f, "captions.txt")
	f.Fuzz(func(t *testing.T, data []byte) { walkFuzzed(t, path, "captions:"+path, data, false) })
}
