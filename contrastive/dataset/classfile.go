package dataset

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Files that name the classes of ImageNet, in words. Several are in use:
//
//	LOC_synset_mapping.txt     n01440764 tench, Tinca tinca
//	map_clsloc.txt             n02119789 1 kit_fox
//	imagenet_class_index.json  {"0": ["n01440764", "tench"], ...}
//	classnames.txt             tench            (one line for each class, in their order)
//
// Of several synonyms of a WordNet id the first is taken, underscores become spaces.
var classFiles = []string{"LOC_synset_mapping.txt", "map_clsloc.txt", "imagenet_class_index.json", "classnames.txt"}

var wnid = regexp.MustCompile(`^n[0-9]{8}$`)

// folderNames gives the names of classes from a file; without one, from a known file beside
// folders that are WordNet ids; else from the folders themselves.
func folderNames(root string, folders []string, file string) ([]string, error) {
	if file == "" && wnid.MatchString(folders[0]) {
		var places []string
		for _, dir := range []string{root, filepath.Dir(filepath.Clean(root))} {
			for _, name := range classFiles {
				places = append(places, filepath.Join(dir, name))
			}
		}
		file = first(isFile, places...)
	}
	if file != "" {
		return readClassFile(file, folders)
	}
	names := make([]string, len(folders))
	for i, f := range folders {
		names[i] = strings.ReplaceAll(f, "_", " ")
	}
	return names, nil
}

// readClassFile reads the names of the classes that folders stand for; without folders (nil),
// in the order of the file.
func readClassFile(file string, folders []string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, because(file, "", "read", err)
	}
	var list []string
	byID := map[string]string{}
	if strings.HasSuffix(file, ".json") {
		if list, err = jsonClasses(data, byID); err != nil {
			return nil, because(file, "", `read class names; want {"0": ["n01440764", "tench"], ...}`, err)
		}
	} else {
		list = textClasses(string(data), byID)
	}
	switch {
	case len(list) == 0:
		return nil, fail(file, "no class names")
	case folders == nil:
		return list, nil
	case len(byID) == 0 && len(list) != len(folders):
		return nil, fail(file, "%d class names and %d classes; want one line for each, in the order of the folders", len(list), len(folders))
	case len(byID) == 0:
		return list, nil
	}
	names := make([]string, len(folders))
	for i, f := range folders {
		name, ok := byID[f]
		if !ok {
			return nil, fail(file, "no name for the class %s", clip(f))
		}
		names[i] = name
	}
	return names, nil
}

// jsonClasses reads the index of Keras: number, then WordNet id and name.
func jsonClasses(data []byte, byID map[string]string) ([]string, error) {
	var index map[string][2]string
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, err
	}
	list := make([]string, len(index))
	for i := range list {
		c, ok := index[strconv.Itoa(i)]
		if !ok {
			return nil, fmt.Errorf("no class %d of %d", i, len(list))
		}
		list[i] = synonym(c[1])
		byID[c[0]] = list[i]
	}
	return list, nil
}

// textClasses reads lines: each a WordNet id and names, or a name.
func textClasses(text string, byID map[string]string) (list []string) {
	for row := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		name := strings.TrimSpace(row)
		if name == "" {
			continue
		}
		if id, rest, _ := strings.Cut(name, " "); wnid.MatchString(id) {
			if number, after, ok := strings.Cut(rest, " "); ok {
				if _, err := strconv.Atoi(number); err == nil {
					rest = after
				}
			}
			name = synonym(rest)
			byID[id] = name
		}
		list = append(list, name)
	}
	return list
}

// synonym is the first of several names, with spaces for underscores.
func synonym(names string) string {
	name, _, _ := strings.Cut(names, ", ")
	return strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
}
