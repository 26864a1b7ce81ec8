package dataset

import (
	"maps"
	"slices"
	"strings"
)

// Options say which part of a data set to open. The zero value is what the paper evaluates on.
// An option that the kind of set does not have is an error.
type Options struct {
	// Split is a part as the publisher names it: train, val, test, dev_seen and so on; "all" is
	// train, then test, for CIFAR and IDX.
	Split string
	// Order is that of COCO's images.
	Order Order
	// Images is the folder of the pictures, where it does not lie beside the file that names
	// them (COCO, HatefulMemes, FairFace, captions).
	Images string
	// Names is a file of class names (ImageNet-style folders, webdataset).
	Names string
	// Label and Group are the columns of labels.csv that give class and group; "" is the first
	// column after the name, and "style".
	Label, Group string
}

// Order is the order of COCO's images. It matters where the first images are taken, or batches
// of consecutive ones.
type Order int

const (
	OrderFile       Order = iota // the array "images" of the annotations file
	OrderID                      // ascending id: torchvision's CocoCaptions, so Figures 2 and 3 of the paper
	OrderAnnotation              // by first caption, images without one left out: the loaders of Figure 1 and Table 1
)

// files are those of the wanted split, or of a default.
func (o Options) files(path string, splits map[string][]string, def string) ([]string, error) {
	split := o.Split
	if split == "" {
		split = def
	}
	if split == "all" {
		var files []string
		for _, s := range []string{"train", "test", "extra"} {
			files = append(files, splits[s]...)
		}
		return files, nil
	}
	files, ok := splits[split]
	if !ok {
		return nil, fail(path, "no split %s; there are all, %s", clip(split), strings.Join(slices.Sorted(maps.Keys(splits)), ", "))
	}
	return files, nil
}

// given names the options that are set.
func (o Options) given() []string {
	var names []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"split", o.Split != ""}, {"order", o.Order != OrderFile}, {"images", o.Images != ""},
		{"names", o.Names != ""}, {"label", o.Label != ""}, {"group", o.Group != ""},
	} {
		if f.set {
			names = append(names, f.name)
		}
	}
	return names
}
