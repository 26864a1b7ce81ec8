package dataset

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// pictures are the ends of file names that are taken for images.
var pictures = []string{".jpg", ".jpeg", ".png", ".webp"}

// local checks a name that a foreign file gives: it must stay in the data folder. Backslashes
// count as slashes, so that what is refused on one system is refused on all.
func local(name string) error {
	slashed := strings.ReplaceAll(name, `\`, "/")
	switch {
	case name == "":
		return fmt.Errorf("the name of the image is empty")
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("the name %s has a zero byte", clip(name))
	case !filepath.IsLocal(filepath.FromSlash(slashed)) || path.IsAbs(slashed):
		return fmt.Errorf("the name %s leads out of the data folder; names must be below it", clip(name))
	}
	return nil
}

// isPicture says whether a file name ends like an image's.
func isPicture(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	for _, p := range pictures {
		if ext == p {
			return true
		}
	}
	return false
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// first is the first of the paths that is there; "" if none is.
func first(exists func(string) bool, paths ...string) string {
	for _, p := range paths {
		if exists(p) {
			return p
		}
	}
	return ""
}
