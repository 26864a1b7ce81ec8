package dataset

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// openCOCO opens a captions file of COCO, such as annotations/captions_val2017.json, or finds
// it in a folder; split val of 2017 is the default. All captions of an image are kept, in the
// order of the annotations.
func openCOCO(where string, o Options) (Set, error) {
	file := where
	if isDir(where) {
		var err error
		if file, err = cocoFile(where, o.Split); err != nil {
			return nil, err
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, because(file, "", "open", err)
	}
	defer f.Close()
	index, err := readCOCO(file, f)
	if err != nil {
		return nil, err
	}
	images, err := index.sorted(o.Order)
	if err != nil {
		return nil, err
	}
	l := &listed{source: file, unit: "image", items: make([]item, len(images))}
	for i, m := range images {
		l.items[i] = item{m.name, m.captions, -1, -1, m.id}
	}
	if o.Images != "" {
		l.settle(o.Images)
		return l, nil
	}
	root := filepath.Dir(file)
	if filepath.Base(root) == "annotations" {
		root = filepath.Dir(root)
	}
	var dirs []string
	for _, folder := range index.folders(file) {
		dirs = append(dirs, filepath.Join(root, folder), filepath.Join(root, "images", folder))
	}
	l.settle(append(dirs, filepath.Join(root, "images"), root)...)
	return l, nil
}

var cocoName = regexp.MustCompile(`^captions_([a-z]+[0-9]*)\.json$`)

// cocoFiles lists the captions files of a folder, by their split.
func cocoFiles(dir string) map[string]string {
	files := map[string]string{}
	for _, d := range []string{dir, filepath.Join(dir, "annotations")} {
		entries, _ := os.ReadDir(d)
		for _, e := range entries {
			if m := cocoName.FindStringSubmatch(e.Name()); m != nil {
				files[m[1]] = filepath.Join(d, e.Name())
			}
		}
	}
	return files
}

// cocoFile is the captions file of a split: val2017, or val where there is one year only.
func cocoFile(dir, split string) (string, error) {
	files := cocoFiles(dir)
	if len(files) == 0 {
		return "", fail(dir, "no annotations/captions_*.json of COCO")
	}
	if file, ok := files[split]; ok {
		return file, nil
	}
	if split == "" {
		if file, ok := files["val2017"]; ok {
			return file, nil
		}
		split = "val"
	}
	var found, all []string
	for name := range files {
		all = append(all, name)
		if strings.TrimRight(name, "0123456789") == split {
			found = append(found, name)
		}
	}
	slices.Sort(all)
	if len(found) != 1 {
		return "", fail(dir, "%d captions files of split %s; say which: %s", len(found), clip(split), some(all))
	}
	return files[found[0]], nil
}

// cocoIndex is what a captions file says.
type cocoIndex struct {
	file   string
	images []*cocoImage // in the order of the file
	byID   map[int64]*cocoImage
	first  []*cocoImage // in the order of their first captions
	folder string       // of the first image, by its URL
}

type cocoImage struct {
	id       int64
	name     string // empty until the array images has it
	captions []string
	caption  int64 // the id of the first annotation
}

// folders are where the publisher's archives put the images: the last folder of their URLs, or
// what the name of the captions file says.
func (c *cocoIndex) folders(file string) []string {
	var dirs []string
	if c.folder != "" && local(c.folder) == nil {
		dirs = append(dirs, c.folder)
	}
	if m := cocoName.FindStringSubmatch(filepath.Base(file)); m != nil && !slices.Contains(dirs, m[1]) {
		dirs = append(dirs, m[1])
	}
	return dirs
}

// sorted gives the images in an order, after the whole file has been read.
func (c *cocoIndex) sorted(order Order) ([]*cocoImage, error) {
	if len(c.images) == 0 {
		return nil, fail(c.file, "no images; want an object with the arrays images and annotations, as in COCO's captions_val2017.json")
	}
	for _, m := range c.first {
		if m.name == "" {
			return nil, failAt(c.file, fmt.Sprintf("annotation %d", m.caption), "a caption of image %d, which the array images does not have", m.id)
		}
	}
	switch order {
	case OrderFile:
		return c.images, nil
	case OrderAnnotation:
		return c.first, nil
	case OrderID:
		images := slices.Clone(c.images)
		slices.SortFunc(images, func(a, b *cocoImage) int { return cmp.Compare(a.id, b.id) })
		return images, nil
	}
	return nil, fail(c.file, "no order %d of the images", order)
}

// lastFolder is the folder of a URL: val2017 of http://images.cocodataset.org/val2017/1.jpg.
func lastFolder(url string) string {
	if !strings.Contains(url, "/") {
		return ""
	}
	if dir := path.Base(path.Dir(url)); dir != "." && dir != "/" {
		return dir
	}
	return ""
}
