package dataset

import (
	"path/filepath"
	"slices"
	"strings"
)

// fairFaceRaces are the groups of Table 2 in its order, and the prefix of the classes in
// FairFace's task; the publisher writes Latino as Latino_Hispanic.
var fairFaceRaces = []string{"Black", "White", "Indian", "Latino", "Middle Eastern", "Southeast Asian", "East Asian"}

// fairFacePlaces are where the publisher's archives put the folders train and val.
var fairFacePlaces = []string{".", "fairface-img-margin025-trainval", "fairface-img-margin125-trainval"}

// openFairFace opens fairface_label_val.csv, or that of another split, with the columns
//
//	file,age,gender,race,service_test
//	val/1.jpg,3-9,Male,East Asian,False
//
// and the images below its folder. Label is the class of race and gender, Group the race.
func openFairFace(path string, o Options) (Set, error) {
	file := path
	if isDir(path) {
		split := o.Split
		if split == "" {
			split = "val"
		}
		file = filepath.Join(path, "fairface_label_"+split+".csv")
	} else if o.Split != "" {
		return nil, fail(path, "is one file, so it has no split; name its folder, or leave the split away")
	}
	l := &listed{about: about{FairFace(), slices.Clone(fairFaceRaces)}, source: file, unit: "line"}
	var name, gender, race int
	err := readTable(file, func(header []string) error {
		name, gender, race = slices.Index(header, "file"), slices.Index(header, "gender"), slices.Index(header, "race")
		if name < 0 || gender < 0 || race < 0 {
			return failAt(file, line(1), "columns %s; FairFace has file,age,gender,race,service_test", some(header))
		}
		return nil
	}, func(row int, cells []string) error {
		it := item{name: strings.Clone(cells[name]), row: int64(row)}
		if err := local(it.name); err != nil {
			return &Error{File: file, Row: line(row), Msg: err.Error()}
		}
		group := slices.Index(fairFaceRaces, strings.TrimSuffix(cells[race], "_Hispanic"))
		if group < 0 {
			return failAt(file, line(row), "race %s; FairFace has %s", clip(cells[race]), strings.Join(fairFaceRaces, ", "))
		}
		person, ok := map[string]string{"Male": " man", "Female": " woman"}[cells[gender]]
		if !ok {
			return failAt(file, line(row), "gender %s; FairFace has Male, Female", clip(cells[gender]))
		}
		it.group = int32(group)
		it.label = int32(slices.Index(l.task.Classes, strings.ToLower(fairFaceRaces[group])+person))
		l.items = append(l.items, it)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(l.items) == 0 {
		return nil, fail(file, "no faces")
	}
	if o.Images != "" {
		l.settle(o.Images)
		return l, nil
	}
	var dirs []string
	for _, place := range fairFacePlaces {
		dirs = append(dirs, filepath.Join(filepath.Dir(file), place))
	}
	l.settle(dirs...)
	return l, nil
}
