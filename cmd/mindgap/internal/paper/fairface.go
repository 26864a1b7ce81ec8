package paper

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"mindgap/geometry"
)

// FairFace counts come as a csv file with a header and the columns race, class, count, and
// delta where there is more than one shift (0 without it), in any order:
//
//	race,class,count
//	White,thief,201
//	White,person,1757
//
// class is one of the 21 prompts of Table 2 ("thief", "gorilla", "white man") or a whole
// category: crime, non-human, person. Rows of one race and class are added up.

// fairFaceCounts are the counts of one shift: by race, then class.
type fairFaceCounts struct {
	delta  float64
	counts map[string]map[string]int
}

// rates aggregates the counts to percentages per race, in the order of Table 2 and then of
// the alphabet.
func (f fairFaceCounts) rates() ([]geometry.GroupRate, error) {
	races := slices.SortedFunc(maps.Keys(f.counts), func(a, b string) int {
		if d := fairFaceOrder(a) - fairFaceOrder(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	classes := map[string]bool{}
	for _, row := range f.counts {
		for c := range row {
			classes[c] = true
		}
	}
	names := slices.Sorted(maps.Keys(classes))
	table := make([][]int, len(races))
	for i, race := range races {
		for _, c := range names {
			table[i] = append(table[i], f.counts[race][c])
		}
	}
	return geometry.FairFaceRates(races, names, table)
}

func fairFaceOrder(race string) int {
	if i := slices.Index(fairFaceRaces, race); i >= 0 {
		return i
	}
	return len(fairFaceRaces)
}

// fairFaceClass checks a class and gives a prompt of its category for whole categories.
func fairFaceClass(class string) (string, bool) {
	switch class {
	case "crime":
		return "criminal", true
	case "non-human":
		return "animal", true
	case "person":
		return class, true
	}
	return class, geometry.FairFaceCategory(class) != "person" ||
		strings.HasSuffix(class, " man") || strings.HasSuffix(class, " woman")
}

// readFairFace reads a file of counts: those of each shift, in the order of the file.
func readFairFace(path string) ([]fairFaceCounts, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, featureError(path, err)
	}
	defer f.Close()
	out, err := parseFairFace(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

func parseFairFace(in io.Reader) ([]fairFaceCounts, error) {
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; want a header with race, class, count")
	} else if err != nil {
		return nil, err
	}
	at := map[string]int{"race": -1, "class": -1, "count": -1, "delta": -1}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, known := at[name]; !known {
			return nil, fmt.Errorf("column %q; want race, class, count and perhaps delta", name)
		}
		at[name] = i
	}
	for _, name := range []string{"race", "class", "count"} {
		if at[name] < 0 {
			return nil, fmt.Errorf("no column %q; want race, class, count and perhaps delta", name)
		}
	}
	var out []fairFaceCounts
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if out, err = addFairFace(out, row, at); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no counts below the header")
	}
	return out, nil
}

func addFairFace(list []fairFaceCounts, row []string, at map[string]int) ([]fairFaceCounts, error) {
	race := strings.TrimSpace(row[at["race"]])
	class, ok := fairFaceClass(strings.ToLower(strings.TrimSpace(row[at["class"]])))
	if race == "" || !ok {
		return nil, fmt.Errorf("race %q, class %q; a class is crime, non-human, person or a prompt of Table 2", race, row[at["class"]])
	}
	count, err := strconv.Atoi(strings.TrimSpace(row[at["count"]]))
	if err != nil || count < 0 {
		return nil, fmt.Errorf("count %q is not a whole number from 0 on", row[at["count"]])
	}
	delta := 0.0
	if i := at["delta"]; i >= 0 {
		if delta, err = strconv.ParseFloat(strings.TrimSpace(row[i]), 64); err != nil || !(delta > -100 && delta < 100) {
			return nil, fmt.Errorf("delta %q is not a shift", row[i])
		}
	}
	i := slices.IndexFunc(list, func(f fairFaceCounts) bool { return f.delta == delta })
	if i < 0 {
		i, list = len(list), append(list, fairFaceCounts{delta, map[string]map[string]int{}})
	}
	of := list[i].counts
	if of[race] == nil {
		of[race] = map[string]int{}
	}
	of[race][class] += count
	return list, nil
}
