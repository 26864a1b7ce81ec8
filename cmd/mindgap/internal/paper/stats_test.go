package paper

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
)

// quantity gives value and paper of the row of a name, which may go on with a unit.
func quantity(t *testing.T, r *report.Result, name string) (value float64, paper any) {
	t.Helper()
	for _, row := range r.Tables["stats"].Rows {
		if strings.HasPrefix(row[0].(string)+" ", name+" ") {
			return row[1].(float64), row[2]
		}
	}
	t.Fatalf("no quantity %q", name)
	return 0, nil
}

func TestStatsHold(t *testing.T) {
	for _, device := range []string{"host", "gl"} {
		t.Run(device, func(t *testing.T) {
			r := holds(t, statistics, &Env{Device: open(t, device), Seed: 1, Features: authorsFeatures(t)})
			require.Equal(t, []string{"quantity", "value", "paper"}, r.Tables["stats"].Columns)
			require.Len(t, r.Tables["gap_vector"].Rows, 512)
			require.Len(t, r.Tables["gap_record"].Rows, 1)
			got, paper := quantity(t, r, "gap, images alone shifted by delta, delta = -0.2")
			require.InDelta(t, .9938, got, 1e-4)
			require.Equal(t, .973086, paper)
			got, _ = quantity(t, r, "Procrustes amendment, clip random: gap after") // our own value
			require.InDelta(t, .01166, got, 1e-4)
			got, paper = quantity(t, r, "cone of mean cosine 0.56: share of a sphere")
			require.InDelta(t, 5.84, got, .005)
			require.Nil(t, paper, "a misprint does not stand beside our number")
		})
	}
}

// The published variant has the cell's steps, a bare vector, and the misprints by name.
func TestStatsAsPublishedOnSurrogate(t *testing.T) {
	r := holds(t, statistics, &Env{Device: open(t, "host"), Seed: 1, AsPublished: true})
	require.Contains(t, r.Inputs, "surrogate: ")
	require.NotContains(t, r.Tables, "gap_record")
	_, paper := quantity(t, r, "FairFace, loss of accuracy from delta 0 to -0.20 (paper: a misprint)")
	require.Equal(t, .0008, paper)
	quantity(t, r, "gap, images alone shifted by delta, delta = -0.95")
	quantity(t, r, "Procrustes amendment, surrogate: gap after")
}

// The counts that the specification quotes (E14), by class and by category.
const someCounts = `Class,race,count
thief,White,200
criminal,White,100
suspicious person,White,24
gorilla,White,4
white man,White,1000
person,White,757
crime,Black,16
non-human,Black,1
person,Black,1539
`

func TestFairFaceFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "counts.csv")
	require.NoError(t, os.WriteFile(path, []byte(someCounts), 0o644))
	r := &statsRun{table: &report.Table{Columns: []string{"quantity", "value", "paper"}}}
	given, err := readFairFace(path)
	require.NoError(t, err)
	require.NoError(t, r.fairFaceGiven(given))
	require.Len(t, r.table.Rows, 6)
	require.Equal(t, "FairFace counts file, delta 0, Black: crime (%), of 1556", r.table.Rows[0][0])
	require.InDelta(t, 100*324./2085, r.table.Rows[3][1], 1e-12)
	require.InDelta(t, 100*4./2085, r.table.Rows[4][1], 1e-12)
	require.Equal(t, 15.5, r.table.Rows[3][2])
	require.InDelta(t, 100*17./1556, r.table.Rows[2][1], 1e-12)
	require.True(t, r.claims[0].Holds)
	in, err := statisticsInputs(&Env{Counts: path})
	require.NoError(t, err)
	require.Len(t, in["fairface-counts"], 64)
	shifts, err := parseFairFace(strings.NewReader("delta,race,class,count\n-0.2,White,crime,1\n0,White,crime,2\n-0.2,White,crime,3\n"))
	require.NoError(t, err)
	require.Equal(t, 4, shifts[0].counts["White"]["criminal"])
	require.Equal(t, 0.0, shifts[1].delta)
}

func TestFairFaceFilesThatCannotBeUsed(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "empty",
		"race,class,count\n":                    "no counts",
		"race,class\nWhite,thief\n":             `no column "count"`,
		"race,class,count,x\n":                  `column "x"`,
		"race,class,count\nWhite,theif,1\n":     `line 2: race "White", class "theif"`,
		"race,class,count\nWhite,thief,-1\n":    `count "-1"`,
		"race,class,count\nWhite,thief,1.5\n":   `count "1.5"`,
		"race,class,count\n,thief,1\n":          `race ""`,
		"race,class,count\nWhite,thief\n":       "wrong number of fields",
		"race,class,count,delta\nA,crime,1,x\n": `delta "x"`,
	} {
		_, err := parseFairFace(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := readFairFace(filepath.Join(t.TempDir(), "absent.csv"))
	require.ErrorContains(t, err, "cannot read")
	r := &statsRun{table: &report.Table{Columns: []string{"quantity", "value", "paper"}}}
	none, err := parseFairFace(strings.NewReader("race,class,count\nWhite,crime,0\n"))
	require.NoError(t, err)
	require.ErrorContains(t, r.fairFaceGiven(none), "no images")
}
