package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWebdataset(t *testing.T) {
	for _, path := range []string{"testdata/wds", "wds:testdata/wds", "testdata/wds/{00000..00001}.tar"} {
		s := open(t, path, Options{})
		require.Equal(t, -1, s.Len())
		require.Equal(t, []string{"cat, domestic", "dog"}, s.Classes())
		list := all(t, s)
		require.Equal(t, []string{"00000.tar:000000000", "00000.tar:000000001", "00001.tar:s0", "00001.tar:s1"}, names(list))
		require.Equal(t, []string{"a red square"}, list[0].Captions, "txt goes before json")
		require.Equal(t, []string{"only json"}, list[1].Captions)
		require.Empty(t, list[2].Captions)
		require.Equal(t, []int{-1, -1, 1, 0}, labels(list))
		for n, e := range list {
			requireColour(t, e, n)
		}
	}
}

func TestWebdatasetGzipped(t *testing.T) {
	list := all(t, open(t, "testdata/wds-gz", Options{}))
	require.Len(t, list, 2)
	for n, e := range list {
		requireColour(t, e, n)
	}
	dir := t.TempDir() // as clip_benchmark lays them out: archives by split, names above
	write(t, string(read(t, "testdata", "wds", "00001.tar")), dir, "test", "0.tar")
	write(t, "cat\ndog\nowl\n", dir, "names.txt")
	s := open(t, "wds:"+dir, Options{Split: "test", Names: filepath.Join(dir, "names.txt")})
	require.Equal(t, []string{"cat", "dog", "owl"}, s.Classes())
	require.Equal(t, []int{1, 0}, labels(all(t, s)))
}

// standardInput makes a file the standard input of the test.
func standardInput(t *testing.T, file string) {
	f, err := os.Open(file)
	require.NoError(t, err)
	old := os.Stdin
	os.Stdin = f
	t.Cleanup(func() { os.Stdin = old; f.Close() })
}

func TestWebdatasetFromStandardInput(t *testing.T) {
	for _, file := range []string{"testdata/wds/00000.tar", "testdata/wds-gz/00000.tar.gz"} {
		standardInput(t, file)
		s := open(t, "-", Options{})
		list, err := walkAll(s)
		require.NoError(t, err)
		require.Equal(t, []string{"-:000000000", "-:000000001"}, names(list))
		for n, e := range list {
			requireColour(t, e, n)
		}
		_, err = walkAll(s)
		oneLine(t, err, "standard input was read before")
		_, err = Sample(open(t, "wds:-", Options{}), 1, 1)
		oneLine(t, err, "only once")
	}
}

func TestWebdatasetBad(t *testing.T) {
	png := string(read(t, "testdata", "hateful_memes", "img", "42953.png"))
	good := tarOf(t, file{"1.png", png}, file{"1.txt", "x"}, file{"2.png", png})
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"empty":         {nil, "no pictures"},
		"text":          {[]byte(strings.Repeat("no archive ", 100)), "not a tar archive"},
		"cut header":    {good[:1024+100], "ends too early"},
		"cut picture":   {good[:512+20], `after member "1.png": read the archive: the file ends too early`},
		"cut gz":        {gzipped(t, good)[:40], "ends too early"},
		"cut in gz":     {gzipped(t, good[:512+20]), `member "1.png": read: the file ends too early`},
		"way out":       {tarOf(t, file{"1.png", png}, file{"../2.png", png}), `the name "../2.png" leads out`},
		"way out, abs":  {tarOf(t, file{"/etc/1.png", png}), `"/etc/1.png" leads out`},
		"way out, deep": {tarOf(t, file{"a/../../1.png", png}), "leads out"},
		"no pictures":   {tarOf(t, file{"1.txt", "x"}), "no pictures (jpg jpeg png webp) among its 1 files"},
		"empty caption": {tarOf(t, file{"1.png", png}, file{"1.txt", " \n"}), `member "1.txt": read: the caption is empty`},
		"empty json":    {tarOf(t, file{"1.png", png}, file{"1.json", `{"caption": ""}`}), "the caption is empty"},
		"broken json":   {tarOf(t, file{"1.png", png}, file{"1.json", `{"caption": `}), `member "1.json"`},
		"json number":   {tarOf(t, file{"1.png", png}, file{"1.json", `{"caption": 5}`}), "neither a text nor a list"},
		"class":         {tarOf(t, file{"1.png", png}, file{"1.cls", "dog"}), `the class "dog"`},
		"class -1":      {tarOf(t, file{"1.png", png}, file{"1.cls", "-1"}), `the class "-1"`},
		"twice":         {tarOf(t, file{"1.png", png}, file{"1.PNG", png}), "a second .png"},
		"two pictures":  {tarOf(t, file{"1.png", png}, file{"1.jpg", png}), "a second picture"},
		"long text":     {tarOf(t, file{"1.txt", strings.Repeat("x", textLimit+1)}), "more than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			f := write(t, string(c.data), t.TempDir(), "x.tar")
			oneLine(t, bad(t, f, Options{}), f, c.words)
		})
	}
}

// A tar header may claim any size; nothing is made for it.
func TestTarClaimsAreNotAllocated(t *testing.T) {
	for _, name := range []string{"1.jpg", "1.txt"} {
		whole := tarOf(t, file{name, "x"})
		head := whole[:512]
		copy(head[124:136], "17777777777\x00") // 8 GiB - 1, in octal
		sum := 8 * int(' ')
		for i, v := range head {
			if i < 148 || i >= 156 {
				sum += int(v)
			}
		}
		copy(head[148:156], []byte{byte('0' + sum>>15&7), byte('0' + sum>>12&7), byte('0' + sum>>9&7), byte('0' + sum>>6&7), byte('0' + sum>>3&7), byte('0' + sum&7), 0, ' '})
		for _, data := range [][]byte{whole, gzipped(t, whole)} {
			f := write(t, string(data), t.TempDir(), "x.tar")
			got := allocated(func() { oneLine(t, bad(t, f, Options{}), f) })
			require.Less(t, got, uint64(4<<20))
		}
	}
}

func TestShardPatterns(t *testing.T) {
	for pattern, want := range map[string][]string{
		"a.tar":             {"a.tar"},
		"{08..11}.tar":      {"08.tar", "09.tar", "10.tar", "11.tar"},
		"{0..1}/{5..6}.tar": {"0/5.tar", "0/6.tar", "1/5.tar", "1/6.tar"},
		"x{a,b}.tar":        {"x{a,b}.tar"},
	} {
		got, err := expand(pattern)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, pattern := range []string{"{5..4}.tar", "{0..99999999}.tar", "{0..99999999999999999999999}.tar", "{0..1048576}.tar"} {
		_, err := expand(pattern)
		oneLine(t, err, "archives")
	}
	oneLine(t, bad(t, "testdata/wds/{00000..00002}.tar", Options{}), "00002.tar: no such file")
}

// Archives of one name in several folders keep their examples apart.
func TestShardsOfOneName(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"0", "1"} {
		write(t, string(read(t, "testdata", "wds", "00000.tar")), dir, d, "a.tar")
	}
	list := all(t, open(t, filepath.Join(dir, "{0..1}", "a.tar"), Options{}))
	require.Len(t, list, 4)
	require.Equal(t, filepath.Join(dir, "1", "a.tar")+":000000000", list[2].Name)
}

func TestWebdatasetSplits(t *testing.T) {
	oneLine(t, bad(t, "wds:testdata/wds", Options{Split: "../wds-gz"}), "leads out")
	oneLine(t, bad(t, "testdata/wds/00000.tar", Options{Split: "x"}), "is no folder")
	oneLine(t, bad(t, "wds:testdata/coco", Options{}), "no .tar")
	oneLine(t, bad(t, "wds:testdata/wds/00001.tar", Options{Names: write(t, "cat\n", t.TempDir(), "names.txt")}), `member "s0.cls"`, `the class "1"`)
}
