package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"mindgap/nn/preprocess"
)

// A picture in an archive has at most pictureLimit bytes, a text at most textLimit.
const (
	pictureLimit = 256 << 20
	textLimit    = 16 << 20
)

// pictureEnds are the members that are taken for the picture.
var pictureEnds = []string{"jpg", "jpeg", "png", "webp"}

// add takes one member. Others than pictures, captions and classes are passed over.
func (s *sample) add(r *tarball, shard, name, ext string, size int64, w *webdataset) error {
	switch {
	case slices.Contains(pictureEnds, ext):
		if s.Image != nil {
			return fmt.Errorf("a second picture of the same example")
		}
		return s.picture(r, shard, name, size)
	case ext == "txt":
		text, err := member(r, textLimit)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			return fmt.Errorf("the caption is empty; write one or remove the example")
		}
		s.Captions, s.fromTxt = []string{string(text)}, true
	case ext == "json":
		text, err := member(r, textLimit)
		if err != nil || s.fromTxt {
			return err
		}
		s.Captions, err = jsonCaptions(text)
		return err
	case ext == "cls":
		text, err := member(r, textLimit)
		if err != nil {
			return err
		}
		s.Label, err = strconv.Atoi(strings.TrimSpace(string(text)))
		if n := len(w.task.Classes); err != nil || s.Label < 0 || (n > 0 && s.Label >= n) {
			return fmt.Errorf("the class %s; want a number from 0 (of %d named classes)", clip(string(text)), n)
		}
	}
	return nil
}

// picture remembers where the picture lies in a plain archive; from others it has to be read.
func (s *sample) picture(r *tarball, shard, name string, size int64) error {
	if size > pictureLimit {
		return fmt.Errorf("a picture of %d bytes; at most %d are read", size, pictureLimit)
	}
	if at, ok := r.place(); ok {
		s.Image = func() (*preprocess.Image, error) {
			f, err := os.Open(shard)
			if err != nil {
				return nil, because(shard, "", "open", err)
			}
			defer f.Close()
			data, err := io.ReadAll(io.NewSectionReader(f, at, size))
			if err != nil {
				return nil, because(shard+":"+name, "", "read", err)
			}
			return decoded(shard+":"+name, "", data)
		}
		return nil
	}
	data, err := member(r, pictureLimit)
	s.Image = func() (*preprocess.Image, error) { return decoded(shard+":"+name, "", data) }
	return err
}

// member reads a member whole; memory grows as the bytes come.
func member(r *tarball, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}

// jsonCaptions takes "caption" of a .json, a text or a list of texts; an object without it has
// no caption.
func jsonCaptions(text []byte) ([]string, error) {
	var o struct {
		Caption json.RawMessage `json:"caption"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("read the object: %w", err)
	}
	if len(o.Caption) == 0 || string(o.Caption) == "null" {
		return nil, nil
	}
	var one string
	var all []string
	if json.Unmarshal(o.Caption, &one) == nil {
		all = []string{one}
	} else if err := json.Unmarshal(o.Caption, &all); err != nil {
		return nil, fmt.Errorf("caption is neither a text nor a list of texts")
	}
	for _, c := range all {
		if strings.TrimSpace(c) == "" {
			return nil, fmt.Errorf("the caption is empty; write one or remove the example")
		}
	}
	return all, nil
}
