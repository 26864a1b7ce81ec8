package dataset

import (
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// sample is the members of one stem, as they come.
type sample struct {
	stem string
	ends []string
	Example
	fromTxt bool // the caption of .txt goes before that of .json
}

// walk reads one archive. more is false when the caller has had enough.
func (w *webdataset) walk(shard string, yield func(Example, error) bool) (more bool, err error) {
	r, err := openTar(shard)
	if err != nil {
		return false, err
	}
	defer r.Close()
	var s *sample
	pictures, members := 0, 0
	for {
		h, err := r.next()
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return false, err
		}
		stem, ext := "", ""
		if !end {
			members++
			if stem, ext = splitStem(h.Name); ext == "" {
				continue
			}
		}
		if s != nil && (end || s.stem != stem) {
			if s.Image != nil {
				pictures++
				if !yield(s.Example, nil) {
					return false, nil
				}
			}
			s = nil
		}
		if end {
			if pictures == 0 {
				return false, fail(shard, "no pictures (%s) among its %d files", strings.Join(pictureEnds, " "), members)
			}
			return true, nil
		}
		if s == nil {
			s = &sample{stem: stem, Example: Example{Name: w.names[shard] + ":" + stem, Label: -1, Group: -1}}
		}
		if slices.Contains(s.ends, ext) {
			return false, failAt(shard, "member "+clip(h.Name), "a second .%s of the same example", ext)
		}
		s.ends = append(s.ends, ext)
		if err := s.add(r, shard, h.Name, ext, h.Size, w); err != nil {
			return false, because(shard, "member "+clip(h.Name), "read", err)
		}
	}
}

// splitStem cuts a name at the first dot of its last part. ext is empty for what belongs to no
// example: without a dot, with a dot in front, or in a __folder__ of the archive's own.
func splitStem(name string) (stem, ext string) {
	dir, base := path.Split(name)
	top, _, _ := strings.Cut(name, "/")
	if strings.HasPrefix(base, ".") || strings.HasPrefix(top, "__") && strings.HasSuffix(top, "__") {
		return "", ""
	}
	base, ext, _ = strings.Cut(base, ".")
	return dir + base, strings.ToLower(ext)
}
