package dataset

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What a path is recognised by. None of these reads more than a few names or bytes.

func isCOCO(path string) bool {
	if isDir(path) {
		return len(cocoFiles(path)) > 0
	}
	return cocoName.MatchString(filepath.Base(path))
}

func isCIFAR(k cifarKind, path string) bool {
	var places []string
	for _, f := range append(slices.Clone(k.folders), k.tars...) {
		places = append(places, filepath.Join(path, f))
	}
	base := filepath.Base(path)
	return slices.Contains(k.folders, base) && isDir(path) || slices.Contains(k.tars, base) && isFile(path) ||
		first(func(p string) bool { return isDir(p) || isFile(p) }, places...) != ""
}

func isSVHN(path string) bool {
	if isDir(path) {
		return has(path, func(name string) bool { return strings.HasSuffix(name, "_32x32.mat") })
	}
	return strings.HasPrefix(beginning(path, 6), "MATLAB")
}

func isMemes(path string) bool {
	if isDir(path) {
		return slices.ContainsFunc(memesSplits, func(s string) bool { return isFile(filepath.Join(path, s+".jsonl")) })
	}
	return strings.HasSuffix(path, ".jsonl")
}

func isFairFace(path string) bool {
	match := func(name string) bool {
		return strings.HasPrefix(name, "fairface_label_") && strings.HasSuffix(name, ".csv")
	}
	if isDir(path) {
		return has(path, match)
	}
	return match(filepath.Base(path))
}

func isIDX(path string) bool {
	if isDir(path) {
		return idxImages(path, "t10k") != "" || idxImages(path, "train") != ""
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	r, _, err := unzipped(f)
	if err != nil {
		return false
	}
	var magic [4]byte
	_, err = io.ReadFull(r, magic[:])
	return err == nil && bytes.Equal(magic[:], []byte{0, 0, 8, 3})
}

func isCaptions(path string) bool {
	if isDir(path) {
		return captionFile(path) != ""
	}
	ext := strings.ToLower(filepath.Ext(path))
	return isFile(path) && (ext == ".txt" || ext == ".tsv" || ext == ".csv")
}

func isWebdataset(path string) bool {
	if path == "-" || braces.MatchString(path) {
		return true
	}
	if isDir(path) {
		return has(path, isTar)
	}
	return isTar(path)
}

// isImageFolder looks for an image in the first sub-folders.
func isImageFolder(path string) bool {
	folders, _, err := entries(path)
	if err != nil {
		return false
	}
	for _, f := range folders {
		if has(filepath.Join(path, f), isPicture) {
			return true
		}
	}
	return false
}

// has says whether a folder has a file of such a name.
func has(dir string, match func(name string) bool) bool {
	_, files, err := entries(dir)
	return err == nil && slices.ContainsFunc(files, match)
}

// beginning is the first n bytes of a file, or fewer.
func beginning(path string, n int) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b := make([]byte, n)
	k, _ := io.ReadFull(f, b)
	return string(b[:k])
}
