package tensorfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"

func TestHostileNPYIsOneLine(t *testing.T) {
	six := make([]byte, 24)
	with := func(text string, data ...byte) []byte { return append(frame(1, text), data...) }
	replace := func(from, to string) []byte { return with(strings.Replace(good, from, to, 1), six...) }
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"empty":            {nil, "is empty (0 bytes)"},
		"magic":            {[]byte("hello, this is text"), "not with the magic"},
		"gzip":             {[]byte("\x1f\x8b\x08 and the rest"), "gunzip"},
		"zip as npy":       {[]byte("PK\x03\x04 and the rest"), "name it .npz"},
		"hdf5":             {[]byte("\x89HDF\r\n\x1a\n and"), "h5py"},
		"lfs":              {[]byte("version https://git-lfs"), "git lfs pull"},
		"pickle":           {[]byte("\x80\x04\x95 pickled"), "never unpickled"},
		"cut magic":        {[]byte("\x93NUM"), "truncated: the file has 4 bytes"},
		"cut frame":        {[]byte("\x93NUMPY\x02\x00\x10\x00"), "truncated: the file has 10 bytes"},
		"version":          {append([]byte("\x93NUMPY\x04\x00\x10\x00\x00\x00"), good...), "version 4.0 is unknown"},
		"minor version":    {append([]byte("\x93NUMPY\x01\x01\x10\x00\x00\x00"), good...), "version 1.1 is unknown"},
		"cut header":       {with(good)[:40], "truncated: the header says that it has 69 bytes, the file has 40"},
		"header length":    {[]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff and"), "absurd header length 4294967295"},
		"cut data":         {with(good, six[:10]...), "truncated: header says 2x3 float32 (24 bytes), file has 10; copy it again"},
		"no data":          {with(good), "file has 0; copy it again"},
		"trailing":         {with(good, make([]byte, 29)...), "5 bytes too many"},
		"object":           {replace("<f4", "|O"), "pickled Python objects"},
		"text":             {replace("<f4", "<U12"), "is text, not numbers"},
		"complex":          {replace("<f4", "<c16"), "is complex"},
		"date":             {replace("<f4", "<M8[ns]"), "is a date"},
		"raw":              {replace("<f4", "|V2"), "bfloat16"},
		"long double":      {replace("<f4", "<f16"), "not supported"},
		"no order":         {replace("<f4", "f4"), "not one of numpy's"},
		"order of a byte":  {replace("<f4", "<u1"), "not supported"},
		"no order of four": {replace("<f4", "|f4"), "not supported"},
		"empty dtype":      {replace("<f4", ""), "not one of numpy's"},
		"structured":       {replace("'<f4'", "[('a', '<f4')]"), "structured dtype"},
		"subarray":         {replace("'<f4'", "('<f4', (2,))"), "structured dtype"},
		"dtype number":     {replace("'<f4'", "4"), "no quoted string"},
		"overflow":         {replace("(2, 3)", "(4611686018427387904, 4611686018427387904)"), "absurd shape"},
		"overflow of int":  {replace("(2, 3)", "(99999999999999999999,)"), "absurd shape: size"},
		"overflow to few":  {replace("(2, 3)", "(4294967296, 4294967296, 1)"), "absurd shape"},
		"too large":        {replace("(2, 3)", "(1000000, 512)"), "truncated: header says 1000000x512 float32 (2048000000 bytes), file has 24"},
		"empty and absurd": {replace("(2, 3)", "(0, 4611686018427387904)"), "absurd shape"},
		"many empty rows":  {with(strings.Replace(good, "(2, 3)", "(99999999999, 0)", 1)), "absurd shape"},
		"negative":         {replace("(2, 3)", "(-2, 3)"), `negative size "-2"`},
		"minus":            {replace("(2, 3)", "(-, 3)"), "no whole number"},
		"fraction":         {replace("(2, 3)", "(2.0, 3)"), "no ',' or ')'"},
		"leading zero":     {replace("(2, 3)", "(02, 3)"), "begins with 0"},
		"axes":             {replace("(2, 3)", "("+strings.Repeat("1, ", 65)+")"), "more than 64 axes"},
		"number as shape":  {replace("(2, 3)", "6"), "not a tuple"},
		"list as shape":    {replace("(2, 3)", "[2, 3]"), "not a tuple"},
		"grouped number":   {replace("(2, 3)", "(6)"), "one axis is written (3,)"},
		"lone comma":       {replace("(2, 3)", "(,)"), "no whole number"},
		"two commas":       {replace("(2, 3)", "(2,, 3)"), "no whole number"},
		"shape open":       {with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3"), "no ',' or ')'"},
		"order name":       {replace("False", "false"), "neither True nor False"},
		"order number":     {replace("False", "0"), "neither True nor False"},
		"order and more":   {replace("False", "Falsey"), "no ',' or '}'"},
		"unknown key":      {replace("'shape'", "'extra': 1, 'shape'"), `unknown key "extra"`},
		"twice":            {replace("'shape'", "'descr': '<f4', 'shape'"), `key "descr" stands twice`},
		"missing":          {replace("'fortran_order': False, ", ""), "no key 'fortran_order'"},
		"not a dict":       {with("print('hello')"), "no '{'"},
		"no colon":         {replace("'shape':", "'shape'"), "no ':'"},
		"open string":      {with("{'descr"), "does not end"},
		"escape":           {replace("'<f4'", `'\x3cf4'`), "escape"},
		"after":            {replace("), }", "), } + 1"), "text after the dict"},
		"unclosed":         {with("{'descr': '<f4', "), "no quoted string"},
		"nul":              {with("\x00\x00\x00"), "no '{'"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := OpenNPY(temp(t, "x.npy", c.data))
			require.Error(t, err)
			e, ok := err.(*Error)
			require.True(t, ok)
			oneLine(t, err, e.File, c.words)
			require.Equal(t, "x.npy", filepath.Base(e.File))
			_, err = newNPY("x.npy", memory(c.data))
			oneLine(t, err, "x.npy: ", c.words)
		})
	}
}

func TestHeaderVariants(t *testing.T) {
	for _, text := range []string{
		good, good + "   \n", `{"shape":(2,3),"descr":"<f4","fortran_order":False}`,
		"{ 'descr' : '<f4' ,\t'fortran_order' : False , 'shape' : ( 2 , 3 , ) , }", strings.Replace(good, "(2, 3)", "(2L, 3L)", 1),
	} {
		h, err := parseHeader(text)
		require.NoError(t, err, text)
		require.Equal(t, header{layout: layout{Float32, false}, shape: []int{2, 3}}, h)
	}
}

func TestOddFilesAndNames(t *testing.T) {
	dir := t.TempDir()
	_, err := OpenNPY(filepath.Join(dir, "none.npy"))
	require.ErrorIs(t, err, os.ErrNotExist)
	oneLine(t, err, filepath.Join(dir, "none.npy"), "open: ")
	_, err = OpenNPY(dir)
	oneLine(t, err, dir, "is a directory")
	_, err = newNPY("two\nlines.npy", memory(nil))
	oneLine(t, err, `"two\nlines.npy": `, "is empty")
}

func TestWrongArguments(t *testing.T) {
	r, err := newNPY("x.npy", memory(npyFile(1, "<f4", false, []int{2, 3}, upTo(6))))
	require.NoError(t, err)
	oneLine(t, r.ReadRows(make([]float32, 5), 0, 2), "x.npy: ", "dst has 5 elements, want 6")
	oneLine(t, r.ReadRows(nil, -1, 2), "x.npy: ", "no rows -1 to 2: there are 2")
	oneLine(t, r.ReadRows64(nil, 2, 1), "x.npy: ", "no rows")
	oneLine(t, r.ReadRows64(nil, 0, 3), "x.npy: ", "no rows")
	_, err = r.Section(2)
	oneLine(t, err, "x.npy: ", "the first axis of 2x3 has 2")
	row, err := r.Section(1)
	require.NoError(t, err)
	one, err := row.Section(2)
	require.NoError(t, err)
	got, err := one.ReadAll()
	require.NoError(t, err)
	require.Equal(t, []float32{5}, got)
	_, err = one.Section(0)
	oneLine(t, err, "x.npy: ", "single number")
	require.NoError(t, row.Close())
	require.NoError(t, r.Close())
}
