package dataset

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// labelColumns is a file labels.csv, as `mindgap scenes` writes it beside captions.txt:
//
//	name,shape,color,count,position,style
//	000.png,circle,red,1,left,flat
//
// Two of its columns are of use at a time: the class and the group.
type labelColumns struct {
	file         string
	name         int
	label, group int      // columns; -1: none
	class        string   // the name of the column label
	labels       []string // the value of each image; "" where the file has no row for it
	groups       []string
}

// readLabels reads labels.csv. Classes are the values that occur, sorted; numbers by size. The
// file may be missing where no column is asked for.
func (c *captions) readLabels(file string, o Options) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if o.Label != "" || o.Group != "" {
			return fail(file, "the file with the columns label and group is not there; leave these options away, or write it")
		}
		return nil
	}
	t := &labelColumns{file: file, labels: make([]string, len(c.items)), groups: make([]string, len(c.items))}
	if err := readTable(file, func(header []string) error { return t.head(header, o) }, func(row int, cells []string) error {
		i, ok := c.byName[strings.TrimSpace(cells[t.name])]
		if !ok {
			return failAt(file, line(row), "the image %s, of which %s has no caption", clip(cells[t.name]), filepath.Base(c.source))
		}
		t.row(i, cells)
		return nil
	}); err != nil {
		return err
	}
	classes, numbers := enumerate(t.labels)
	groups, of := enumerate(t.groups)
	for i := range c.items {
		c.items[i].label, c.items[i].group = numbers[i], of[i]
	}
	c.groups = groups
	if len(classes) > 0 {
		c.task = named(t.class, classes)
	}
	return nil
}

// head finds the columns.
func (t *labelColumns) head(header []string, o Options) error {
	if t.name = column(header, captionNames); t.name < 0 {
		return failAt(t.file, line(1), "no column %s: %s", strings.Join(captionNames, ", "), some(header))
	}
	find := func(want string, def int) (int, error) {
		if want == "" {
			return def, nil
		}
		i := slices.Index(header, want)
		if i < 0 || i == t.name {
			return -1, failAt(t.file, line(1), "no column %s; there are %s", clip(want), some(header))
		}
		return i, nil
	}
	firstLabel := slices.IndexFunc(header, func(h string) bool { return h != header[t.name] && h != "style" })
	var err error
	if t.label, err = find(o.Label, firstLabel); err == nil {
		t.group, err = find(o.Group, slices.Index(header, "style"))
	}
	if t.label >= 0 {
		t.class = header[t.label]
	}
	return err
}

func (t *labelColumns) row(i int, cells []string) {
	if t.label >= 0 {
		t.labels[i] = strings.Clone(cells[t.label])
	}
	if t.group >= 0 {
		t.groups[i] = strings.Clone(cells[t.group])
	}
}

// enumerate numbers the values that occur, sorted; "" is -1.
func enumerate(values []string) ([]string, []int32) {
	number := map[string]int32{}
	var names []string
	integers := true
	for _, v := range values {
		if _, known := number[v]; !known && v != "" {
			number[v] = 0
			names = append(names, v)
			_, err := strconv.Atoi(v)
			integers = integers && err == nil
		}
	}
	slices.Sort(names)
	if integers {
		slices.SortStableFunc(names, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return cmp.Compare(x, y)
		})
	}
	for i, name := range names {
		number[name] = int32(i)
	}
	number[""] = -1
	out := make([]int32, len(values))
	for i, v := range values {
		out[i] = number[v]
	}
	return names, out
}
