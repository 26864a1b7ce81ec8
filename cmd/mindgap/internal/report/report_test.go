package report

import (
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample is a result with a bit of everything, hostile text included.
func sample() *Result {
	t := &Table{Doc: "rows <b>", Columns: []string{"group", "x", "y", "ok"}}
	for i := range 100 {
		t.Add([]string{"a,\"", "b"}[i%2], float64(i+1), 1/float64(i+1), true)
	}
	t.Add("a,\"", math.NaN(), math.Inf(1), false)
	return &Result{
		Schema: Schema, Experiment: "demo", Where: "Figure 0", Inputs: "synthetic", Scale: "quick", Seed: math.MaxUint64,
		Device: Device{Name: "host", Renderer: "a </script> processor"},
		Claims: []Claim{
			{ID: "pi", Kind: Check, Text: "1 < 2 & </script>", Paper: math.Pi, Got: math.Nextafter(0.3, 1), Want: "<= 1", Holds: true},
			{ID: "no", Kind: Observation, Text: "differs", Got: 1e-300, Want: "= 0"},
		},
		Tables: map[string]*Table{"t": t},
		Figures: []Figure{{
			Name: "f", Title: "A figure", Caption: "Falls.", Table: "t",
			X: Axis{Column: "x", Label: "x", Log: true}, Y: Axis{Column: "y", Label: "y", Log: true},
			Panel: Group{Column: "group", Label: "group"}, Points: []string{"b"},
		}},
	}
}

func TestResultRoundTrip(t *testing.T) {
	f, err := Open(filepath.Join(t.TempDir(), "a", "b"))
	require.NoError(t, err)
	r := sample()
	digest, err := f.WriteResult(r)
	require.NoError(t, err)
	got, again, err := f.ReadResult("demo")
	require.NoError(t, err)
	require.Equal(t, digest, again)
	require.Equal(t, r, got)
	data, err := f.Read("demo/result.json")
	require.NoError(t, err)
	require.Contains(t, string(data), `["b", 2, 0.5, true]`, "a table row stands on a line")
	require.Contains(t, string(data), "0.30000000000000004", "full precision")
	require.Contains(t, string(data), "18446744073709551615")
	left, err := filepath.Glob(filepath.Join(f.Dir, "demo", ".*"))
	require.NoError(t, err)
	require.Empty(t, left, "no temporary file is left")
}

func TestFigureFiles(t *testing.T) {
	f, err := Open(t.TempDir())
	require.NoError(t, err)
	_, err = f.WriteResult(sample())
	require.NoError(t, err)
	svg, err := f.Read("demo/f.svg")
	require.NoError(t, err)
	for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}
	img, err := os.Open(filepath.Join(f.Dir, "demo", "f.png"))
	require.NoError(t, err)
	defer img.Close()
	_, err = png.Decode(img)
	require.NoError(t, err)
	spec, err := f.Read("demo/f.vl.json")
	require.NoError(t, err)
	var v struct {
		Data struct{ URL string }
	}
	require.NoError(t, json.Unmarshal(spec, &v))
	_, err = f.Read("demo/" + v.Data.URL)
	require.NoError(t, err, "the spec's CSV lies beside it")
}

func TestPageIsOneSafeFile(t *testing.T) {
	f, err := Open(t.TempDir())
	require.NoError(t, err)
	r := sample()
	s := &Summary{Schema: Schema, Program: "mindgap", Comparison: &Comparison{What: "x", Rows: []ComparisonRow{{Quantity: "q", OK: true}}}}
	s.Put(Record{Name: "demo", Seconds: 1})
	entries := []Entry{
		{Name: "demo", Title: "Demo", Doc: "d", Result: r, Record: s.Find("demo")},
		{Name: "later", Title: "Later", Doc: "d", Needs: []string{"data"}},
	}
	require.NoError(t, f.WritePage(s, entries))
	page, err := f.Read("index.html")
	require.NoError(t, err)
	html := string(page)
	require.Equal(t, 2, strings.Count(html, "</script>"), "text cannot end the script element")
	require.Contains(t, html, "beforeprint", "what is folded is printed")
	for _, outside := range []string{`src="http`, `href="http`, "@import", "url("} {
		require.NotContains(t, html, outside)
	}
	require.Contains(t, html, `id="demo"`)
	require.Contains(t, html, `id="later"`)
	require.Contains(t, html, "<summary><code>demo</code> Demo: "+entries[0].Verdict()+"</summary>")
	require.Contains(t, html, "The first 60 rows")
	require.Contains(t, html, "currentColor")
	_, after, _ := strings.Cut(html, `<script type="application/json" id="results">`)
	data, _, _ := strings.Cut(after, "</script>")
	var doc struct{ Results []*Result }
	require.NoError(t, json.Unmarshal([]byte(data), &doc))
	require.Equal(t, r.Claims[0].Text, doc.Results[0].Claims[0].Text)
}

func TestUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Open(dir)
		require.ErrorIs(t, err, ErrOutput)
		require.NotContains(t, err.Error(), "\n")
	}
}

func TestKeyNamesWhatDiffers(t *testing.T) {
	a := Key{Program: "p", Seed: 1, Inputs: map[string]string{"x": "1"}}
	b := a
	b.Inputs = map[string]string{"x": "1"}
	equal, _ := a.Equal(b)
	require.True(t, equal)
	b.Inputs["x"] = "2"
	_, why := a.Equal(b)
	require.Equal(t, "inputs", why)
	b.Tuning = "file 1f2e3d"
	_, why = a.Equal(b)
	require.Equal(t, "tuning", why)
	b.Seed = 2
	_, why = a.Equal(b)
	require.Equal(t, "seed", why)
}

func TestBrokenSummaryIsNoSummary(t *testing.T) {
	f, err := Open(t.TempDir())
	require.NoError(t, err)
	for _, text := range []string{"", "{", `{"schema": 99}`, `[]`} {
		require.NoError(t, f.Write("summary.json", []byte(text)))
		require.Empty(t, f.ReadSummary().Experiments)
	}
}
