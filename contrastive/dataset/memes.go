package dataset

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// memesSplits are the files of HatefulMemes in the order in which a default is looked for: the
// development set, which has labels in every release.
var memesSplits = []string{"dev_seen", "dev", "dev_unseen", "test_seen", "test_unseen", "train", "test"}

// openMemes opens HatefulMemes: one JSON object in each line of a file such as dev_seen.jsonl,
//
//	{"id": 42953, "img": "img/42953.png", "label": 0, "text": "the words in the picture"}
//
// with the images beside it. The caption is the text in the meme. Label 1 is hateful; the test
// files of some releases have no labels.
func openMemes(path string, o Options) (Set, error) {
	file := path
	if isDir(path) {
		names := memesSplits
		if o.Split != "" {
			names = []string{o.Split}
		}
		var files []string
		for _, n := range names {
			files = append(files, filepath.Join(path, n+".jsonl"))
		}
		if file = first(isFile, files...); file == "" {
			return nil, fail(path, "no file %s of HatefulMemes", strings.Join(names, ".jsonl or ")+".jsonl")
		}
	} else if o.Split != "" {
		return nil, fail(path, "is one file, so it has no split; name its folder, or leave the split away")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, because(file, "", "open", err)
	}
	defer f.Close()
	l := &listed{about: about{task: HatefulMemes()}, source: file, unit: "line"}
	s := bufio.NewScanner(f)
	s.Buffer(nil, longestLine)
	row := 0
	for s.Scan() {
		row++
		if len(strings.TrimSpace(s.Text())) == 0 {
			continue
		}
		it, err := meme(file, row, s.Bytes())
		if err != nil {
			return nil, err
		}
		l.items = append(l.items, it)
	}
	if err := s.Err(); err != nil {
		return nil, because(file, line(row+1), "read", err)
	}
	if len(l.items) == 0 {
		return nil, fail(file, "no memes")
	}
	if o.Images != "" {
		l.settle(o.Images)
	} else {
		l.settle(filepath.Dir(file))
	}
	return l, nil
}

// longestLine bounds a line of a text file.
const longestLine = 1 << 20

func meme(file string, row int, text []byte) (item, error) {
	var m struct {
		Img   string  `json:"img"`
		Label *int32  `json:"label"`
		Text  *string `json:"text"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return item{}, because(file, line(row), `read a meme; want {"img": "img/1.png", "label": 0, "text": "..."}`, err)
	}
	if err := local(m.Img); err != nil {
		return item{}, &Error{File: file, Row: line(row), Msg: err.Error()}
	}
	it := item{name: m.Img, label: -1, group: -1, row: int64(row)}
	if m.Label != nil {
		if !slices.Contains([]int32{0, 1}, *m.Label) {
			return item{}, failAt(file, line(row), "label %d; want 0 or 1", *m.Label)
		}
		it.label = *m.Label
	}
	if m.Text != nil {
		if strings.TrimSpace(*m.Text) == "" {
			return item{}, failAt(file, line(row), "the text of %s is empty; write it or remove the line", clip(m.Img))
		}
		it.captions = []string{*m.Text}
	}
	return it, nil
}
