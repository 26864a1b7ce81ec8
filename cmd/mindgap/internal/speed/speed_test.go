package speed

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

var run = Run{Program: "mindgap 0", Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Limits: bench.Quick}

// roof has its ridges at 10 and at 12.5 flops a byte.
var roof = bench.Roofline{
	GFlops: 100, FlopsBy: "multiply-add, test", GBs: 10, CopyGBs: 8, ReadGBs: 10, LaunchUS: 2, MatmulGFlops: 50,
	Cached: []bench.Cached{{Bytes: 1 << 20, GBs: 40}},
}

func row(suite, kernel, variant, name string, flops, bytes, seconds, percent float64) bench.Row {
	return bench.Row{
		Suite: suite, Kernel: kernel, Variant: variant, Case: name, Seconds: bench.Interval{Median: seconds, Lo: seconds * 0.9, Hi: seconds * 1.2, Rounds: 7},
		Rate: bench.Rate{Flops: flops, Bytes: bytes, GFlops: flops / seconds / 1e9, GBs: bytes / seconds / 1e9, Percent: percent},
	}
}

func sample() *bench.Report {
	return &bench.Report{
		Device: engine.Caps{Name: "gl", Kind: "gl", Renderer: "a </script> renderer", Version: "4.5"}, Roofline: roof, Load: 0.9, Busy: true,
		Rows: []bench.Row{
			row("kernels", "add", "vec4", "rows=4 cols=4 ld_a=4", 1e9, 12e9, 2, 60),
			row("kernels", "pack", "vec4", "rows=4", 0, 8e9, 2, 40),
			row("ladder", "matmul", "naive", "256 x 256 x 256", 3e10, 1e9, 1, 30),
			row("ladder", "matmul", "texel", "256 x 256 x 256", 6e10, 1e9, 1, 60),
			row("ladder", "matmul", "another <library>", "256 x 256 x 256", 9e10, 1e9, 1, 0),
			row("loss", "infonce", "forward", "n=1024 d=512", 5e10, 1e9, 1, 50),
		},
	}
}

func written(t *testing.T, write func(*report.Folder) error) (page, data string, read func(string) string) {
	f, err := report.Open(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, write(f))
	read = func(name string) string {
		data, err := f.Read(name)
		require.NoError(t, err)
		return string(data)
	}
	return read("index.html"), read("bench.json"), read
}

func wellFormed(t *testing.T, svg string) {
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

// The page is one file that asks for nothing, whatever text is in the report, and says where and when.
func TestPageIsOneSafeFile(t *testing.T) {
	page, data, _ := written(t, func(f *report.Folder) error { return Write(f, sample(), run) })
	require.Equal(t, 2, strings.Count(page, "</script>"), "the script that sorts, and the data")
	for _, outside := range []string{`src="http`, `href="http`, "@import", "url("} {
		require.NotContains(t, page, outside)
	}
	for _, says := range []string{"a &lt;/script&gt; renderer, OpenGL 4.5", "2 January 2026, 03:04 UTC", "at most 7 interleaved rounds", "busy (load 90 %", "another\u00a0&lt;library&gt;"} {
		require.Contains(t, strings.ReplaceAll(page, "another &lt;", "another\u00a0&lt;"), says)
	}
	var doc struct {
		Program  string
		Roofline bench.Roofline
		Rows     []bench.Row
	}
	require.NoError(t, json.Unmarshal([]byte(data), &doc))
	require.Equal(t, "mindgap 0", doc.Program)
	require.Equal(t, roof, doc.Roofline)
	require.Equal(t, sample().Rows, doc.Rows)
}

// The roofs go where the measurement says: slopes up to their ridge, the level one from the best
// ridge on; rows that calculate nothing and rows of other devices are no points.
func TestRooflineFigure(t *testing.T) {
	table, fig := rooflineFigure(sample())
	at := map[string][][2]float64{}
	labels := []string{}
	for _, r := range table.Rows {
		at[r[0].(string)] = append(at[r[0].(string)], [2]float64{r[1].(float64), r[2].(float64)})
		if text := r[5].(string); text != "" {
			labels = append(labels, text)
		}
	}
	require.Equal(t, []string{"add", "naive 256", "texel 256", "infonce 1024"}, labels)
	require.Equal(t, []string{"kernels", "ladder", "loss"}, fig.Points)
	arithmetic := "arithmetic 100 GFLOP/s (multiply-add, test)"
	require.Equal(t, []string{arithmetic, "read 10 GB/s", "copy 8 GB/s", "in caches (1 MiB) 40 GB/s"}, fig.Lines)
	require.Equal(t, [][2]float64{{10, 100}, {120, 100}}, at[arithmetic], "from the ridge to twice the last point")
	left := 1.0 / 12 / 2
	require.Equal(t, [][2]float64{{left, 10 * left}, {10, 100}}, at["read 10 GB/s"])
	require.Equal(t, [][2]float64{{left, 8 * left}, {12.5, 100}}, at["copy 8 GB/s"])
	require.Contains(t, fig.Caption, "(1)")
	svg, err := fig.SVG(table)
	require.NoError(t, err)
	wellFormed(t, string(svg))
	for _, text := range append(append(labels, fig.Lines...), "flops a byte that must move") {
		require.Contains(t, string(svg), ">"+text+"</text>")
	}
}

// Where all rows calculate much for each byte, the slopes still meet the level one in the picture.
func TestRidgesAreInThePicture(t *testing.T) {
	r := sample()
	r.Rows = r.Rows[3:4] // 60 flops a byte
	table, _ := rooflineFigure(r)
	for _, row := range table.Rows {
		require.LessOrEqual(t, row[2].(float64), roof.GFlops, "%v is above the ceiling", row)
	}
	require.InDelta(t, 2.5/4, table.Rows[len(table.Rows)-2][1].(float64), 1e-12, "a quarter of the ridge of caches")
}

func TestLadderFigure(t *testing.T) {
	_, _, read := written(t, func(f *report.Folder) error { return Write(f, sample(), run) })
	svg := read("ladder.svg")
	wellFormed(t, svg)
	for _, text := range []string{"naive", "texel", "another &lt;library&gt;", ladderPeak, "256 x 256 x 256", "other libraries, on the processor"} {
		require.Contains(t, svg, ">"+text+"</text>")
	}
	wellFormed(t, read("roofline.svg"))
}

// A report of one suite, or of nothing, has a page too.
func TestPageOfLittle(t *testing.T) {
	r := sample()
	r.Rows = nil
	page, _, _ := written(t, func(f *report.Folder) error { return Write(f, r, run) })
	require.Contains(t, page, "100 GFLOP/s")
	require.NotContains(t, page, "ladder")
}

func growth() *bench.GrowthReport {
	r := &bench.GrowthReport{Device: engine.Caps{Name: "host", Renderer: "a processor"}, Roofline: roof, Width: 128, Load: -1, Limit: 20}
	s := bench.GrowthSeries{Name: "s", Title: "a series", Why: "it is square", TimeExpected: 2, MemoryExpected: 0, Stopped: "a run would take long"}
	for n := 128; n <= 1024; n *= 2 {
		sec := 1e-9 * float64(n) * float64(n)
		s.Rows = append(s.Rows, bench.GrowthRow{N: n, Seconds: bench.Interval{Median: sec, Lo: sec, Hi: 1.1 * sec}, Extra: 1 << 20, Launches: 3})
	}
	s.TimeSlope = bench.Slope{Power: 2, Lo: 1.9, Hi: 2.1, From: 128, To: 1024, Points: 4}
	r.Series = []bench.GrowthSeries{s}
	return r
}

// Both panels are drawn, with a dotted line of the expected slope in each.
func TestGrowthPage(t *testing.T) {
	page, data, read := written(t, func(f *report.Folder) error { return WriteGrowth(f, growth(), run) })
	require.Contains(t, page, "2.00\u00a0(1.90\u00a0..\u00a02.10)")
	require.Contains(t, page, "A series ends at N = 1024: a run would take long.")
	require.Contains(t, page, "does not tell its load")
	require.Contains(t, data, `"time_slope"`)
	svg := read("growth.svg")
	wellFormed(t, svg)
	for _, text := range []string{"time, s", "extra memory, MiB", "a series", "N"} {
		require.Contains(t, svg, ">"+text+"</text>")
	}
	require.Equal(t, 2, strings.Count(svg, "stroke-dasharray:2,3"), "a guide in each panel")
	for _, r := range growthTable(growth()).Rows {
		require.InEpsilon(t, r[3].(float64), r[6].(float64), 1e-12, "exact powers lie on their guides")
	}
}

type tabled struct{}

func (tabled) Head() string      { return "first\nsecond" }
func (tabled) Cells() [][]string { return [][]string{{"a", "b"}, {"1", "<2>"}} }

func TestTablePage(t *testing.T) {
	page, data, _ := written(t, func(f *report.Folder) error { return WriteTable(f, tabled{}, run) })
	require.Contains(t, page, "<p>second</p>")
	require.Contains(t, page, "&lt;2&gt;")
	require.Contains(t, data, `"program": "mindgap 0"`)
}
