package main

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/measure"
	"mindgap/engine/tensorfile"
)

// embeddings writes files for `mindgap measure` into a folder.
type embeddings struct {
	t   *testing.T
	dir string
}

// npy writes n rows of d normal numbers, changed by edit, and gives the file's name.
func (e embeddings) npy(name string, shape []int, edit func(x []float64)) string {
	size := 1
	for _, s := range shape {
		size *= s
	}
	r := rand.New(rand.NewPCG(uint64(len(name)), 5))
	x := make([]float64, size)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	if edit != nil {
		edit(x)
	}
	path := filepath.Join(e.dir, name)
	require.NoError(e.t, tensorfile.WriteNPY(path, shape, x))
	return path
}

func (e embeddings) bytes(name, data string) string {
	path := filepath.Join(e.dir, name)
	require.NoError(e.t, os.WriteFile(path, []byte(data), 0o644))
	return path
}

// npyHeader begins an npy file of a type that holds no numbers that can be measured.
func npyHeader(descr, shape string) string {
	h := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }"
	for (len(h)+11)%64 != 0 {
		h += " "
	}
	h += "\n"
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(h)), byte(len(h) >> 8)}) + h
}

// Bad input is one line that names the file, and the row where there is one, and status 2.
func TestMeasureBadInput(t *testing.T) {
	e := embeddings{t, t.TempDir()}
	good := e.npy("good.npy", []int{12, 6}, nil)
	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{}, "requires at least 1 arg"},
		{[]string{good}, "good.npy: one modality"},
		{[]string{good, e.npy("n.npy", []int{11, 6}, nil)}, "n.npy: 11 rows, but " + good + " has 12"},
		{[]string{good, e.npy("d.npy", []int{12, 5}, nil)}, "d.npy: rows of 5 numbers, but those of " + good + " have 6"},
		{[]string{good, e.npy("zero.npy", []int{12, 6}, func(x []float64) { clear(x[18:24]) })}, "zero.npy: row 3 (the first is 0) is all zeros"},
		{[]string{good, e.npy("nan.npy", []int{12, 6}, func(x []float64) { x[50] = math.NaN() })}, "nan.npy: row 8 (the first is 0) holds NaN or infinity"},
		{[]string{good, e.npy("inf.npy", []int{12, 6}, func(x []float64) { x[71] = math.Inf(-1) })}, "inf.npy: row 11 (the first is 0) holds NaN or infinity"},
		{[]string{e.npy("d1a.npy", []int{12, 1}, nil), e.npy("d1b.npy", []int{12, 1}, nil)}, "d1a.npy: rows of 1 number; a direction needs at least 2"},
		{[]string{e.npy("flat.npy", []int{12}, nil), good}, "flat.npy: shape [12], one number per row"},
		{[]string{e.npy("n1a.npy", []int{1, 6}, nil), e.npy("n1b.npy", []int{1, 6}, nil)}, "n1a.npy: 1 row; pairs to compare need at least 2"},
		{[]string{e.npy("none.npy", []int{0, 6}, nil), e.npy("none2.npy", []int{0, 6}, nil)}, "none.npy: 0 row"},
		{[]string{good, e.npy("three.npy", []int{2, 12, 6}, nil)}, "three.npy: shape [2 12 6]; want (n, d)"},
		{[]string{e.npy("one.npy", []int{1, 12, 6}, nil)}, "one.npy[0]: one modality"},
		{[]string{e.npy("four.npy", []int{2, 2, 3, 4}, nil)}, "four.npy: shape [2 2 3 4]; want (n, d)"},
		{[]string{good, filepath.Join(e.dir, "absent.npy")}, "absent.npy: open: no such file"},
		{[]string{good, e.dir}, e.dir + ": "},
		{[]string{good, e.bytes("short.npy", string(whole[:len(whole)-9]))}, "short.npy: "},
		{[]string{good, e.bytes("empty.npy", "")}, "empty.npy: "},
		{[]string{good, e.bytes("text.npy", "no numbers\n")}, "text.npy: "},
		{[]string{good, e.bytes("complex.npy", npyHeader("<c16", "(12, 6)")+strings.Repeat("\x00", 12*6*16))}, "complex.npy: "},
		{[]string{good, e.bytes("object.npy", npyHeader("|O", "(12, 6)")+strings.Repeat("\x00", 100))}, "object.npy: "},
		{[]string{good, e.bytes("bool.npy", npyHeader("|b1", "(12, 6)")+strings.Repeat("\x01", 72))}, "bool.npy: the numbers are bool"},
		{[]string{good, e.bytes("words.csv", "a,b,c,d,e,f\n"+strings.Repeat("1,2,x,4,5,6\n", 12))}, "words.csv: "},
		{[]string{good, e.bytes("broken.npz", "PK\x03\x04 no archive")}, "broken.npz: "},
		{[]string{good, good, "--logit-scale", "-3"}, "--logit-scale -3"},
		{[]string{good, good, "--logit-scale", "x"}, "logit-scale"},
		{[]string{good, good, "--sample", "1"}, "--sample 1"},
		{[]string{good, good, "--seed", "-1"}, "seed"},
		{[]string{good, good, "--json", "--csv"}, "csv"},
		{[]string{good, good, "--html", filepath.Join(e.dir, "no", "such", "page.html")}, "no/such"},
	} {
		code, stdout, stderr := cli(t, nil, append([]string{"measure", "--device", "host"}, c.args...)...)
		require.Equal(t, exitUse, code, "%v: %s", c.args, stderr)
		require.Empty(t, stdout, "%v", c.args)
		last := stderr[strings.LastIndex(strings.TrimSpace(stderr), "\n")+1:]
		require.Contains(t, last, c.says, "%v", c.args)
		require.True(t, strings.HasPrefix(last, "mindgap: "), last)
		require.NotContains(t, last, "tensorfile:")
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
	code, _, stderr := cli(t, nil, "measure", good, good, "--device", "gl:99")
	require.Equal(t, exitNoDevice, code, stderr)
}

// The keys of the JSON document are a contract.
func TestMeasureJSON(t *testing.T) {
	e := embeddings{t, t.TempDir()}
	a, b := e.npy("a.npy", []int{200, 6}, nil), e.npy("bb.npy", []int{200, 6}, nil)
	code, stdout, stderr := cli(t, nil, "measure", a, b, "--device", "host", "--json", "--logit-scale", "100,50,1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "are not of length 1")
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	for _, key := range []string{
		"gap", "rmg", "l2m", "l2i", "cos_aa", "cos_bb", "matched", "mismatched", "cos_means", "alignment",
		"uniformity_a", "uniformity_b", "separability", "r1_ab", "r1_ba",
	} {
		v, ok := doc[key].(float64)
		require.True(t, ok, key)
		ci, ok := doc[key+"_ci"].([]any)
		require.True(t, ok, key)
		require.Len(t, ci, 2)
		require.LessOrEqual(t, ci[0], v, key)
		require.GreaterOrEqual(t, ci[1], v, key)
	}
	require.Equal(t, 200.0, doc["n"])
	require.Equal(t, 6.0, doc["d"])
	losses := doc["infonce"].([]any)
	require.Len(t, losses, 3)
	for k, scale := range []float64{100, 50, 1} {
		l := losses[k].(map[string]any)
		require.Equal(t, scale, l["logit_scale"])
		require.IsType(t, 0.0, l["loss"])
		require.Len(t, l["loss_ci"], 2)
	}
	require.IsType(t, []any{}, doc["warnings"])
	require.Contains(t, doc["floors"], "matched")

	code, again, _ := cli(t, nil, "measure", a, b, "--device", "host", "--json", "--logit-scale", "100,50,1")
	require.Zero(t, code)
	require.Equal(t, stdout, again)

	code, stdout, _ = cli(t, nil, "measure", a, b, "--device", "host", "--json", "--core")
	require.Zero(t, code)
	require.NotContains(t, stdout, "_ci")
	require.NotContains(t, stdout, "floors")
}

func TestMeasureOutputs(t *testing.T) {
	e := embeddings{t, t.TempDir()}
	a, b, c := e.npy("a.npy", []int{60, 6}, nil), e.npy("bb.npy", []int{60, 6}, nil), e.npy("ccc.npy", []int{60, 6}, nil)
	page := filepath.Join(e.dir, "page.html")
	code, stdout, stderr := cli(t, nil, "measure", a, b, c, "--device", "host", "--html", page)
	require.Zero(t, code, stderr)
	for _, want := range []string{"95 % INTERVAL", "PAIRED AT RANDOM", "relative modality gap", "InfoNCE, scale 100", "GAPS", "C  ccc"} {
		require.Contains(t, stdout, want)
	}
	html, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, want := range []string{"The gap between a, bb and ccc", "<svg", "R@1, A to B", `id="results"`} {
		require.Contains(t, string(html), want)
	}
	for _, remote := range []string{"src=\"http", "href=\"http", "@import", "url(http"} {
		require.NotContains(t, string(html), remote)
	}
	code, stdout, stderr = cli(t, nil, "measure", a, b, c, "--device", "host", "--csv")
	require.Zero(t, code, stderr)
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, measure.CSVColumns, rows[0])
	require.Len(t, rows, 1+3*(len(measure.Keys)+1+6))
	code, stdout, _ = cli(t, nil, "measure", a, b, c, "--device", "host", "--json")
	require.Zero(t, code)
	var doc struct {
		Gaps  [][]float64
		Pairs []struct {
			A, B string
			Gap  float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Len(t, doc.Pairs, 3)
	require.Equal(t, doc.Gaps[1][2], doc.Pairs[2].Gap)
	require.Equal(t, "ccc", doc.Pairs[2].B)
}
