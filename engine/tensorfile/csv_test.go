package tensorfile

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCSVKinds(t *testing.T) {
	want := []float32{1, 2.5, -3, 4e10}
	for name, c := range map[string]struct {
		text    string
		columns []string
	}{
		"comma":          {"1,2.5\n-3,4e10\n", nil},
		"semicolon":      {"1;2.5\n-3;4e10\n", nil},
		"tab":            {"1\t2.5\n-3\t4e10\n", nil},
		"savetxt":        {"1.000000e+00 2.5\n-3 4e10\n", nil},
		"no last end":    {"1,2.5\n-3,4e10", nil},
		"windows":        {"1,2.5\r\n-3,4e10\r\n", nil},
		"byte order":     {"\xef\xbb\xbf1,2.5\n-3,4e10\n", nil},
		"blank at end":   {"1,2.5\n-3,4e10\n\n \n", nil},
		"header":         {"a,b c\n1,2.5\n-3,4e10\n", []string{"a", "b c"}},
		"quoted header":  {"\"a,b\",\"c\"\"d\"\n1,2.5\n-3,4e10\n", []string{"a,b", `c"d`}},
		"quoted numbers": {"\"1\", \"2.5\"\n-3 , 4e10\n", nil},
		"comments":       {"# from savetxt\n1,2.5\n# half\n-3,4e10\n", nil},
		"unnamed column": {",b\n1,2.5\n-3,4e10\n", []string{"", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := OpenCSV(temp(t, "x.csv", []byte(c.text)))
			require.NoError(t, err)
			defer r.Close()
			require.Equal(t, []int{2, 2}, r.Shape())
			require.Equal(t, c.columns, r.Columns())
			require.Equal(t, Float64, r.DType())
			got, err := r.ReadAll()
			require.NoError(t, err)
			require.Equal(t, want, got)
			row, err := r.Section(1)
			require.NoError(t, err)
			cell := make([]float64, 1)
			require.NoError(t, row.ReadRows64(cell, 1, 2))
			require.Equal(t, 4e10, cell[0])
		})
	}
	r, err := newCSV("x.csv", memory([]byte("mean cosine\n1\n2\n")))
	require.NoError(t, err)
	require.Equal(t, []string{"mean cosine"}, r.Columns())
	require.Equal(t, []int{2, 1}, r.Shape())
	r, err = newCSV("x.csv", memory([]byte("nan,NaN,-nan,inf,-Inf,Infinity,1e39\n")))
	require.NoError(t, err)
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, "[NaN NaN NaN +Inf -Inf +Inf +Inf]", fmt.Sprint(got))
}

func TestHostileCSVIsOneLine(t *testing.T) {
	for name, c := range map[string]struct{ text, words string }{
		"empty":          {"", "no rows of numbers in 0 bytes"},
		"header only":    {"a,b\n", "no rows of numbers in 4 bytes"},
		"comment only":   {"# a\n", "no rows of numbers"},
		"ragged":         {"1,2\n3,4\n5\n", "line 3 has 1 fields, the lines before it have 2"},
		"ragged more":    {"a,b\n1,2\n3,4,5\n", "line 3 has 3 fields"},
		"header shorter": {"a\n1,2\n", "line 2 has"},
		"word":           {"1,2\n3,four\n", `line 2, column 2: "four" is not a number`},
		"empty field":    {"1,2\n3,\n", "line 2, column 2 is empty; write nan"},
		"mixed first":    {"1,2.o\n", `line 1, column 2: "2.o" is not a number (the first row is either all names or all numbers)`},
		"empty first":    {",,\n1,2,3\n", "line 1 has only empty fields"},
		"blank inside":   {"1\n\n2\n", "line 2 is blank"},
		"hexadecimal":    {"1,2\n0x10,1\n", `line 2, column 1: "0x10" is not a number`},
		"underscore":     {"1,2\n1_0,1\n", `"1_0" is not a number`},
		"too large":      {"1,2\n1e999,1\n", `line 2, column 1: "1e999" is larger than float64 holds`},
		"decimal comma":  {"1;2\n1,5;2\n", `"1,5" is not a number`},
		"nul":            {"a\x00,b\n1,2\n", "is not a number"},
		"utf-16":         {"\xff\xfe1\x00", "UTF-16"},
		"long line":      {"1," + strings.Repeat(" ", maxLine) + "2\n", "line 1 is longer than"},
		"long word":      {"1,2\n" + strings.Repeat("x", 5000) + ",1", "..."},
		"control":        {"1,2\n\x1b[31m,1", `"\x1b[31m" is not a number`},
		"open quote":     {"1,2\n\"3,4\n", `is not a number`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newCSV("x.csv", memory([]byte(c.text)))
			oneLine(t, err, "x.csv: ", c.words)
		})
	}
}

// float32 survives the text, in every order of reading.
func TestCSVRoundTrip(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.csv")
	rapid.Check(t, func(r *rapid.T) {
		cols := rapid.IntRange(1, 5).Draw(r, "cols")
		flat := rapid.SliceOfN(rapid.Float32(), cols, 40*cols).Draw(r, "numbers")
		flat = flat[:len(flat)/cols*cols]
		names := make([]string, cols)
		for i := range names {
			names[i] = rapid.StringMatching(`[a-z#";, ]{0,3}[q-z]`).Draw(r, "name")
			names[i] = strings.TrimSpace(names[i])
		}
		if rapid.Bool().Draw(r, "no header") {
			names = nil
		}
		w, err := CreateCSV(name, names...)
		require.NoError(r, err)
		for i := 0; i < len(flat); i += cols {
			require.NoError(r, w.WriteRow(flat[i:i+cols]))
		}
		require.NoError(r, w.Close())
		x, err := OpenCSV(name)
		require.NoError(r, err)
		defer x.Close()
		require.Equal(r, names, x.Columns())
		require.Equal(r, []int{len(flat) / cols, cols}, x.Shape())
		for range 3 {
			lo := rapid.IntRange(0, x.Rows()).Draw(r, "lo")
			hi := rapid.IntRange(lo, x.Rows()).Draw(r, "hi")
			got := make([]float32, (hi-lo)*cols)
			require.NoError(r, x.ReadRows(got, lo, hi))
			for i, v := range flat[lo*cols : hi*cols] {
				require.Equal(r, math.Float32bits(v), math.Float32bits(got[i]))
			}
		}
	})
}

// More rows than lie between two marks, read backwards.
func TestCSVAnyRowIsNear(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "%d,%d\n", 2*i, 2*i+1)
		if i%700 == 0 {
			b.WriteString("# a comment\n")
		}
	}
	r, err := newCSV("x.csv", memory([]byte(b.String())))
	require.NoError(t, err)
	got := make([]float32, 4)
	for lo := 4998; lo >= 0; lo -= 307 {
		require.NoError(t, r.ReadRows(got, lo, lo+2))
		require.Equal(t, []float32{float32(2 * lo), float32(2*lo + 1), float32(2*lo + 2), float32(2*lo + 3)}, got)
	}
}

// A row of 30000 numbers is longer than the buffer of the reader.
func TestCSVLongRows(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.csv")
	w, err := CreateCSV(name)
	require.NoError(t, err)
	row := make([]float64, 30000)
	for i := range row {
		row[i] = math.Sqrt(float64(i))
	}
	row[1], row[2], row[3] = math.NaN(), math.Inf(1), math.Inf(-1)
	require.NoError(t, w.WriteRow64(row))
	require.NoError(t, w.WriteRow64(row))
	require.NoError(t, w.Close())
	require.NoError(t, w.Abort())
	r, err := OpenCSV(name)
	require.NoError(t, err)
	defer r.Close()
	got := make([]float64, len(row))
	require.NoError(t, r.ReadRows64(got, 1, 2))
	for i := range row {
		require.True(t, row[i] == got[i] || i == 1 && math.IsNaN(got[i]), "%d: %g", i, got[i])
	}
}
