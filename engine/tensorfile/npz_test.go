package tensorfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNPZReadsByName(t *testing.T) {
	spools := t.TempDir()
	t.Setenv("TMPDIR", spools)
	deflated := npyFile(1, "<f4", false, []int{300, 7}, upTo(2100))
	name := temp(t, "x.npz", zipFile(t,
		entry{"a.npy", zip.Store, npyFile(1, "<f4", false, []int{2, 3}, upTo(6))},
		entry{"folder/", zip.Store, nil},
		entry{"folder/b.npy", zip.Deflate, deflated},
		entry{"f.npy", zip.Deflate, npyFile(1, ">f8", true, []int{50, 3}, upTo(150))}))
	z, err := OpenNPZ(name)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "folder/b", "f"}, z.Names())
	for _, n := range z.Names() {
		require.NoError(t, z.Verify(n))
		r, err := z.Array(n)
		require.NoError(t, err)
		require.Equal(t, name+":"+n, r.Name())
		for _, lo := range []int{1, r.Rows() - 1, 0} { // forward, and back again
			got := make([]float32, r.Cols())
			require.NoError(t, r.ReadRows(got, lo, lo+1))
			require.Equal(t, float32(lo*r.Cols()), got[0])
		}
		all, err := r.ReadAll()
		require.NoError(t, err)
		for i, v := range all {
			require.Equal(t, float32(i), v)
		}
	}
	_, err = z.Array("")
	oneLine(t, err, name, "holds 3 arrays; name one of a, folder/b, f")
	_, err = z.Array("c")
	oneLine(t, err, name, `has no array "c"; it has a, folder/b, f`)
	require.NoError(t, z.Close())
	left, err := os.ReadDir(spools)
	require.NoError(t, err)
	require.Empty(t, left)

	r, err := OpenArray(name + ":folder/b")
	require.NoError(t, err)
	require.Equal(t, []int{300, 7}, r.Shape())
	require.NoError(t, r.Close())
	_, err = OpenArray(name + ":c")
	oneLine(t, err, name, "has no array")
}

func TestHostileNPZIsOneLine(t *testing.T) {
	a := npyFile(1, "<f4", false, []int{2, 3}, upTo(6))
	big := npyFile(1, "<f4", false, []int{4000}, make([]float64, 4000))
	// The central directory ends the file; its entry for the array has the sizes at
	// 20 and 24, the flags at 8 and the method at 10 (APPNOTE.TXT 4.3.12).
	central := func(z []byte, change func(entry []byte)) []byte {
		z = bytes.Clone(z)
		change(z[bytes.LastIndex(z, []byte("PK\x01\x02")):])
		return z
	}
	stored, packed := zipFile(t, entry{"a.npy", zip.Store, a}), zipFile(t, entry{"a.npy", zip.Deflate, big})
	size := func(at int, n uint32) func([]byte) {
		return func(e []byte) { binary.LittleEndian.PutUint32(e[at:], n) }
	}
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"empty":            {nil, "is empty (0 bytes)"},
		"not zip":          {[]byte("PK\x03\x04 and no more"), "not a whole zip archive"},
		"cut":              {stored[:len(stored)-30], "not a whole zip archive"},
		"no entries":       {zipFile(t), "holds no arrays"},
		"torch":            {zipFile(t, entry{"archive/data.pkl", zip.Store, []byte("x")}), "without npy files"},
		"twice":            {zipFile(t, entry{"a.npy", zip.Store, a}, entry{"a", zip.Store, a}), "two entries have the name"},
		"inner damage":     {zipFile(t, entry{"a.npy", zip.Store, a[:90]}), "truncated: header says 2x3"},
		"inner trailing":   {zipFile(t, entry{"a.npy", zip.Deflate, append(bytes.Clone(a), 1)}), "1 bytes too many"},
		"inner object":     {zipFile(t, entry{"a.npy", zip.Deflate, frame(1, strings.Replace(good, "<f4", "|O", 1))}), "never unpickled"},
		"encrypted":        {central(stored, func(e []byte) { e[8] |= 1 }), "encrypted"},
		"method":           {central(stored, func(e []byte) { e[10] = 14 }), "zip method 14"},
		"stored sizes":     {central(stored, size(24, 5)), "bytes packed and 5 unpacked"},
		"packed too large": {central(packed, size(20, 1<<30)), "truncated: the entry says 1073741824 bytes"},
		"bomb":             {central(packed, size(24, 1<<31)), "cannot unpack to the 2147483648"},
		"declares less":    {central(packed, size(24, 15000)), "truncated: header says 4000"},
		"declares more":    {central(packed, size(24, uint32(len(big)+3))), "3 bytes too many"},
		"checksum":         {central(packed, size(16, 12345)), "damaged (zip: checksum error)"},
	} {
		t.Run(name, func(t *testing.T) {
			z, err := newNPZ("x.npz", memory(c.data))
			if err == nil {
				var r *Reader
				name := ""
				if len(z.Names()) > 0 {
					name = z.Names()[0]
				}
				if r, err = z.Array(name); err == nil {
					_, err = r.ReadAll()
				}
			}
			oneLine(t, err, "x.npz", c.words)
		})
	}
}

// An entry whose stream is longer than header and directory agree on.
func TestStreamLongerThanDeclared(t *testing.T) {
	a := npyFile(1, "<f4", false, []int{6}, upTo(6))
	z := zipFile(t, entry{"a.npy", zip.Deflate, append(bytes.Clone(a), "extra"...)})
	dir := z[bytes.LastIndex(z, []byte("PK\x01\x02")):]
	binary.LittleEndian.PutUint32(dir[24:], uint32(len(a)))
	x, err := newNPZ("x.npz", memory(z))
	require.NoError(t, err)
	r, err := x.Array("a")
	require.NoError(t, err)
	_, err = r.ReadAll()
	oneLine(t, err, "x.npz:a: ", "the packed bytes are damaged (zip: not a valid zip file); copy it again")
}

func TestNPZStreamsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows, cols := rapid.IntRange(1, 40).Draw(r, "rows"), rapid.IntRange(1, 5).Draw(r, "cols")
		data := npyFile(1, "<i4", rapid.Bool().Draw(r, "fortran"), []int{rows, cols}, upTo(rows*cols))
		z, err := newNPZ("x.npz", memory(zipFile(t, entry{"a.npy", zip.Deflate, data})))
		require.NoError(r, err)
		x, err := z.Array("")
		require.NoError(r, err)
		for range 5 {
			lo := rapid.IntRange(0, rows).Draw(r, "lo")
			hi := rapid.IntRange(lo, rows).Draw(r, "hi")
			got := make([]float64, (hi-lo)*cols)
			require.NoError(r, x.ReadRows64(got, lo, hi))
			require.Equal(r, upTo(rows * cols)[lo*cols:hi*cols], got)
		}
		require.NoError(r, z.Close())
	})
}
