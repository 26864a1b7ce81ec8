package dataset

import (
	"fmt"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
)

// webdataset is one tar archive or several (shards), gzipped or plain. Members that follow each
// other and have the same stem are one example: a picture (.jpg .jpeg .png .webp), captions
// (.txt, or "caption" of .json), a class (.cls, a number). Stems without a picture are passed
// over. Source: github.com/webdataset/webdataset, tariterators.py.
type webdataset struct {
	about
	shards []string
	names  map[string]string // what the shards are called in Example.Name
	read   bool              // standard input is gone
}

// openWebdataset opens an archive, the archives of a folder, archives by a pattern such as
// data/{000..012}.tar, or standard input ("-"), which can be walked once. A file classnames.txt
// beside the archives, or in the folder above, names the classes.
func openWebdataset(path string, o Options) (Set, error) {
	shards, err := expand(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(shards[0])
	if isDir(path) {
		dir = path
		if shards, err = tars(path, o.Split); err != nil {
			return nil, err
		}
	} else if o.Split != "" {
		return nil, fail(path, "is no folder, so it has no split; leave the split away")
	}
	w := &webdataset{shards: shards, names: shardNames(shards)}
	if o.Names == "" && path != "-" {
		o.Names = first(isFile, filepath.Join(dir, "classnames.txt"), filepath.Join(filepath.Dir(filepath.Clean(dir)), "classnames.txt"))
	}
	if o.Names != "" {
		names, err := readClassFile(o.Names, nil)
		if err != nil {
			return nil, err
		}
		w.task = named(filepath.Base(dir), names)
	}
	for _, s := range shards {
		if s != "-" && !isFile(s) {
			return nil, fail(s, "no such file")
		}
	}
	return w, nil
}

// shardNames are the last parts of the paths, or the paths where these are not unique.
func shardNames(shards []string) map[string]string {
	names, seen := map[string]string{}, map[string]bool{}
	for _, s := range shards {
		names[s] = filepath.Base(s)
		seen[names[s]] = true
	}
	if len(seen) < len(shards) {
		for _, s := range shards {
			names[s] = s
		}
	}
	return names
}

// tars lists the archives of a folder; those of a split lie in a sub-folder.
func tars(dir, split string) ([]string, error) {
	if split != "" {
		if err := local(split); err != nil {
			return nil, fail(dir, "%s", err)
		}
		dir = filepath.Join(dir, split)
	}
	_, files, err := entries(dir)
	if err != nil {
		return nil, err
	}
	var shards []string
	for _, f := range files {
		if isTar(f) {
			shards = append(shards, filepath.Join(dir, f))
		}
	}
	if len(shards) == 0 {
		return nil, fail(dir, "no .tar, .tar.gz or .tgz in this folder")
	}
	return shards, nil
}

func isTar(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".tar") || strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// braces is one range of shards, {000..012}, whose numbers keep their width.
var braces = regexp.MustCompile(`\{([0-9]+)\.\.([0-9]+)\}`)

// shardLimit bounds the archives of a pattern.
const shardLimit = 1 << 20

// expand writes out the ranges of a pattern.
func expand(pattern string) ([]string, error) {
	m := braces.FindStringSubmatchIndex(pattern)
	if m == nil {
		return []string{pattern}, nil
	}
	from, to := pattern[m[2]:m[3]], pattern[m[4]:m[5]]
	var lo, hi int
	_, errLo := fmt.Sscanf(from, "%d", &lo)
	_, errHi := fmt.Sscanf(to, "%d", &hi)
	if errLo != nil || errHi != nil || hi < lo || hi-lo >= shardLimit {
		return nil, fail(pattern, "the range {%s..%s} of archives", from, to)
	}
	var all []string
	for i := lo; i <= hi; i++ {
		rest, err := expand(fmt.Sprintf("%s%0*d%s", pattern[:m[0]], len(from), i, pattern[m[1]:]))
		if err != nil {
			return nil, err
		}
		if all = append(all, rest...); len(all) > shardLimit {
			return nil, fail(pattern, "more than %d archives", shardLimit)
		}
	}
	return all, nil
}

func (w *webdataset) Len() int { return -1 }

func (w *webdataset) once() bool { return w.shards[0] == "-" }

func (w *webdataset) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		if w.once() && w.read {
			yield(Example{}, fail("-", "standard input was read before and is gone; write it to a file to walk it twice"))
			return
		}
		w.read = true
		for _, shard := range w.shards {
			more, err := w.walk(shard, yield)
			if err != nil {
				yield(Example{}, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}
