package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/scenes"
	"mindgap/nn/preprocess"
)

// sceneSettings are what every picture of a folder has in common: scenes.json.
type sceneSettings struct {
	Version int    `json:"version"`
	Seed    uint64 `json:"seed"`
	Split   string `json:"split"`
	Size    int    `json:"size"`
}

// sceneFolder is where scenes go.
type sceneFolder struct {
	*report.Folder
	sceneSettings
}

// openScenes makes a folder, or goes on with one of the same settings and of at most n scenes.
// It refuses any other folder that has what would be overwritten.
func openScenes(dir string, s sceneSettings, n int) (*sceneFolder, error) {
	folder, err := report.Open(dir)
	if err != nil {
		return nil, err
	}
	const name = "scenes.json"
	data, err := folder.Read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, file := range []string{"images", "captions.txt", "labels.csv", "sheet.png"} {
			if has(folder, file) {
				return nil, fmt.Errorf("--out %s: has %s, but no %s that says it is of this program; name another folder", dir, file, name)
			}
		}
		if data, err = json.Marshal(s); err == nil {
			err = folder.Write(name, append(data, '\n'))
		}
		return &sceneFolder{folder, s}, err
	case err != nil:
		return nil, fmt.Errorf("--out %s: %w", dir, err)
	}
	var old sceneSettings
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("--out %s: %s is damaged (%w); name another folder", dir, name, err)
	}
	if old != s {
		return nil, fmt.Errorf("--out %s: has scenes of version %d, seed %d, split %s and size %d, not %d, %d, %s and %d; name another folder",
			dir, old.Version, old.Seed, old.Split, old.Size, s.Version, s.Seed, s.Split, s.Size)
	}
	if has(folder, imagePath(n)) {
		return nil, fmt.Errorf("--out %s: has more than %d scenes; ask for as many, or name another folder", dir, n)
	}
	return &sceneFolder{folder, s}, nil
}

// has says whether the folder has a file or folder of that name.
func has(f *report.Folder, name string) bool {
	_, err := os.Stat(filepath.Join(f.Dir, name))
	return err == nil
}

func imagePath(i int) string { return "images/" + scenes.Name(i) }

// images paints and writes what is not there yet, on all cores, and gives how many were there.
func (w *sceneFolder) images(ctx context.Context, specs []scenes.Spec, done func()) (had int, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, there atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(specs)) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(specs) {
					return
				}
				if has(w.Folder, imagePath(i)) {
					there.Add(1)
				} else if err := w.picture(imagePath(i), specs[i].Render(w.Size)); err != nil {
					stop(err)
				}
				done()
			}
		})
	}
	group.Wait()
	return int(there.Load()), context.Cause(ctx)
}

// picture writes a PNG file.
func (w *sceneFolder) picture(name string, m *preprocess.Image) error {
	rgba := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	for i := range m.Width * m.Height {
		copy(rgba.Pix[4*i:], m.Pix[3*i:3*i+3])
		rgba.Pix[4*i+3] = 255
	}
	var file bytes.Buffer
	if err := png.Encode(&file, rgba); err != nil {
		return err
	}
	return w.Write(name, file.Bytes())
}

// sheet writes up to 64 scenes side by side.
func (w *sceneFolder) sheet(specs []scenes.Spec) error {
	return w.picture("sheet.png", scenes.Sheet(specs[:min(64, len(specs))], 8, min(w.Size, 224), 8))
}

// texts writes captions and labels.
func (w *sceneFolder) texts(specs []scenes.Spec) error {
	var captions, labels bytes.Buffer
	table := csv.NewWriter(&labels)
	table.Write([]string{"name", "shape", "color", "count", "position", "style"})
	for i, s := range specs {
		for _, c := range s.Captions() {
			fmt.Fprintf(&captions, "%s\t%s\n", imagePath(i), c)
		}
		var shape, color, count, position []string
		for _, k := range s.All() {
			shape, color = append(shape, k.Shape.String()), append(color, k.Color.String())
			count, position = append(count, strconv.Itoa(k.Count)), append(position, k.Place.String())
		}
		table.Write([]string{imagePath(i), strings.Join(shape, "+"), strings.Join(color, "+"), strings.Join(count, "+"), strings.Join(position, "+"), s.Style.String()})
	}
	table.Flush()
	if err := w.Write("captions.txt", captions.Bytes()); err != nil {
		return err
	}
	return w.Write("labels.csv", labels.Bytes())
}
