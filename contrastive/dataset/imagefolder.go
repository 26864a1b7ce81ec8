package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// openImageFolder opens a folder with one sub-folder for each class, as torchvision's
// ImageFolder orders it: classes by name; in a class folder after folder by path, and in a
// folder file after file by name. Links are followed; names that begin with a dot are left out.
func openImageFolder(root string, o Options) (Set, error) {
	l, folders, err := classFolders(root)
	if err != nil {
		return nil, err
	}
	names, err := folderNames(root, folders, o.Names)
	if err != nil {
		return nil, err
	}
	l.task = named(filepath.Base(root), names)
	return l, nil
}

// openEuroSAT opens the RGB images of EuroSAT, ten folders of JPEG files, in the folder itself
// or in the one that the publisher's archive unpacks to.
func openEuroSAT(root string, _ Options) (Set, error) {
	dir := eurosatRoot(root)
	if dir == "" {
		return nil, fail(root, "no folders %s of EuroSAT, here or in %s", some(eurosatFolders), some(eurosatPlaces))
	}
	l, folders, err := classFolders(dir)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(folders, eurosatFolders) {
		return nil, fail(dir, "has the folders %s; EuroSAT has %s", some(folders), some(eurosatFolders))
	}
	l.task = EuroSAT()
	return l, nil
}

// eurosatPlaces are where publisher and torchvision put the class folders.
var eurosatPlaces = []string{"2750", "EuroSAT_RGB", "eurosat/2750"}

func eurosatRoot(root string) string {
	for _, place := range append([]string{"."}, eurosatPlaces...) {
		dir := filepath.Join(root, filepath.FromSlash(place))
		if isDir(filepath.Join(dir, eurosatFolders[0])) && isDir(filepath.Join(dir, eurosatFolders[9])) {
			return dir
		}
	}
	return ""
}

// classFolders lists the images of a folder with one sub-folder for each class.
func classFolders(root string) (*listed, []string, error) {
	folders, _, err := entries(root)
	if err != nil {
		return nil, nil, err
	}
	if len(folders) == 0 {
		return nil, nil, fail(root, "no sub-folders; want one for each class, with its images in it")
	}
	l := &listed{root: root}
	for label, folder := range folders {
		before := len(l.items)
		if err := l.class(folder, int32(label)); err != nil {
			return nil, nil, err
		}
		if len(l.items) == before {
			return nil, nil, fail(filepath.Join(root, folder), "no images in the folder of this class (files that end in %s)", strings.Join(pictures, " "))
		}
	}
	return l, folders, nil
}

// class lists the images of one class, in sub-folders too.
func (l *listed) class(folder string, label int32) error {
	const deepest = 16 // a link to a folder above would never end
	dirs := []string{folder}
	for i := 0; i < len(dirs); i++ {
		if strings.Count(dirs[i], "/") > deepest {
			return fail(filepath.Join(l.root, dirs[i]), "more than %d folders within each other; does a link lead back?", deepest)
		}
		below, _, err := entries(filepath.Join(l.root, filepath.FromSlash(dirs[i])))
		if err != nil {
			return err
		}
		for _, d := range below {
			dirs = append(dirs, dirs[i]+"/"+d)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		_, files, err := entries(filepath.Join(l.root, filepath.FromSlash(dir)))
		if err != nil {
			return err
		}
		for _, f := range files {
			if isPicture(f) {
				l.items = append(l.items, item{name: dir + "/" + f, label: label, group: -1})
			}
		}
	}
	return nil
}

// entries lists the folders and the files of a folder, each sorted by name.
func entries(dir string) (folders, files []string, err error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, because(dir, "", "list", err)
	}
	for _, e := range all {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir() || e.Type()&os.ModeSymlink != 0 && isDir(filepath.Join(dir, name)):
			folders = append(folders, name)
		default:
			files = append(files, name)
		}
	}
	return folders, files, nil
}
