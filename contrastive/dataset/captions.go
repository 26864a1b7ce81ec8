package dataset

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// captionFiles are the files of captions that a folder is looked through for, in this order.
var captionFiles = []string{"captions.txt", "captions.tsv", "captions.csv"}

// captionFolders are where the images of a folder with captions lie.
var captionFolders = []string{".", "images", "Images"}

// openCaptions opens a file of captions, or a folder that has one, with the images beside it or
// in images. Two forms are read:
//
//	name<TAB>caption      one line for each caption, no header
//	image,caption         csv with a header: image, file, name, file_name, filename or
//	                      image_name, and caption or text
//
// An image that has several captions has several lines; its place in the set is that of its
// first. Flickr's "name.jpg#0" is name.jpg. A file labels.csv beside it gives classes.
func openCaptions(path string, o Options) (Set, error) {
	file := path
	if isDir(path) {
		if file = captionFile(path); file == "" {
			return nil, fail(path, "no file %s in this folder", strings.Join(captionFiles, " or "))
		}
	}
	c := &captions{listed: listed{source: file, unit: "line"}, byName: map[string]int{}}
	tabs, err := tabbed(file)
	if err != nil {
		return nil, err
	}
	if tabs {
		err = c.readTabs()
	} else {
		err = c.readCSV()
	}
	if err != nil {
		return nil, err
	}
	if len(c.items) == 0 {
		return nil, fail(file, "no captions")
	}
	dir := filepath.Dir(file)
	if err := c.readLabels(filepath.Join(dir, "labels.csv"), o); err != nil {
		return nil, err
	}
	if o.Images != "" {
		c.settle(o.Images)
		return &c.listed, nil
	}
	var dirs []string
	for _, d := range captionFolders {
		dirs = append(dirs, filepath.Join(dir, d))
	}
	c.settle(dirs...)
	return &c.listed, nil
}

func captionFile(dir string) string {
	var files []string
	for _, name := range captionFiles {
		files = append(files, filepath.Join(dir, name))
	}
	return first(isFile, files...)
}

// captions is a list that grows as its file is read.
type captions struct {
	listed
	byName map[string]int
}

// tabbed says whether the first line of a file has a tab.
func tabbed(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, because(file, "", "open", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, longestLine)
	for s.Scan() {
		if strings.TrimSpace(s.Text()) != "" {
			return strings.Contains(s.Text(), "\t"), nil
		}
	}
	if err := s.Err(); err != nil {
		return false, because(file, line(1), "read", err)
	}
	return false, fail(file, "no captions: the file is empty")
}

func (c *captions) readTabs() error {
	f, err := os.Open(c.source)
	if err != nil {
		return because(c.source, "", "open", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, longestLine)
	row := 0
	for s.Scan() {
		row++
		text := s.Text()
		if row == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		name, caption, ok := strings.Cut(text, "\t")
		if !ok {
			return failAt(c.source, line(row), "no tab: want the name of an image, a tab, a caption")
		}
		if err := c.add(row, name, caption); err != nil {
			return err
		}
	}
	return because(c.source, line(row+1), "read", s.Err())
}

func (c *captions) readCSV() error {
	var name, caption int
	return readTable(c.source, func(header []string) error {
		name, caption = column(header, captionNames), column(header, captionTexts)
		if name < 0 || caption < 0 || name == caption {
			return failAt(c.source, line(1), "neither a tab nor a header that has one of %s and one of %s: %s", strings.Join(captionNames, ", "), strings.Join(captionTexts, ", "), some(header))
		}
		return nil
	}, func(row int, cells []string) error { return c.add(row, cells[name], cells[caption]) })
}

var (
	captionNames = []string{"image", "file", "name", "file_name", "filename", "image_name"}
	captionTexts = []string{"caption", "text"}
)

// column is the first column that has one of the names, -1 if none has.
func column(header, names []string) int {
	return slices.IndexFunc(header, func(h string) bool { return slices.Contains(names, strings.ToLower(h)) })
}

// flickr is the number of a caption after the name of the image.
var flickr = regexp.MustCompile(`^(.*\.[A-Za-z]+)#[0-9]+$`)

// add takes one caption.
func (c *captions) add(row int, name, caption string) error {
	name = strings.TrimSpace(name)
	if m := flickr.FindStringSubmatch(name); m != nil && isPicture(m[1]) {
		name = m[1]
	}
	if err := local(name); err != nil {
		return &Error{File: c.source, Row: line(row), Msg: err.Error()}
	}
	switch {
	case strings.TrimSpace(caption) == "":
		return failAt(c.source, line(row), "the caption of %s is empty; write one or remove the line", clip(name))
	case !utf8.ValidString(name) || !utf8.ValidString(caption):
		return failAt(c.source, line(row), "not UTF-8; convert the file to UTF-8")
	}
	i, known := c.byName[name]
	if !known {
		i = len(c.items)
		name = strings.Clone(name)
		c.byName[name] = i
		c.items = append(c.items, item{name: name, label: -1, group: -1, row: int64(row)})
	}
	c.items[i].captions = append(c.items[i].captions, strings.Clone(caption))
	return nil
}
