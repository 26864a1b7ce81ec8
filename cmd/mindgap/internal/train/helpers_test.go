package train

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
)

// devices are those that a test runs on: the host, and OpenGL unless this machine says that it
// has none.
func devices() []string {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		return []string{"host"}
	}
	return []string{"host", "gl"}
}

func openDevice(t *testing.T, name string) *engine.Device {
	d, err := engine.Open(name)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// options train for a moment.
func options() Options {
	return Options{
		Head: "linear", Temperature: "learned", Tau: 0.07, Loss: "infonce", Init: "original",
		Batch: 8, Steps: 12, Warmup: -1, Decay: 0.2, Clip: 1, Seed: 3, HoldOut: 10, Every: 4, SaveEvery: 3, Dim: 6,
	}
}

// rowFiles writes n pairs of rows of da and db numbers, of which the second ones are a random map
// of the first with noise.
func rowFiles(t *testing.T, n, da, db int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	turn := make([]float32, da*db)
	for i := range turn {
		turn[i] = float32(r.NormFloat64())
	}
	var a, b []float32
	for range n {
		row := make([]float32, da)
		for i := range row {
			row[i] = float32(r.NormFloat64())
		}
		a = append(a, row...)
		for j := range db {
			sum := float32(0.1 * r.NormFloat64())
			for i, x := range row {
				sum += x * turn[i*db+j]
			}
			b = append(b, sum)
		}
	}
	dir := t.TempDir()
	return []string{saveRows(t, filepath.Join(dir, "a.npy"), da, a), saveRows(t, filepath.Join(dir, "b.npy"), db, b)}
}

func saveRows(t *testing.T, name string, d int, rows []float32) string {
	w, err := tensorfile.CreateNPY(name, tensorfile.Float32, d)
	require.NoError(t, err)
	require.NoError(t, w.WriteRows(rows))
	require.NoError(t, w.Close())
	return name
}

// sceneFolder draws n scenes of 24 pixels with their captions.
func sceneFolder(t *testing.T, n int) string {
	dir := t.TempDir()
	captions := ""
	for i, s := range (scenes.Source{Seed: 5}).Take(0, n) {
		m := s.Render(24)
		rgba := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
		for k := range m.Width * m.Height {
			copy(rgba.Pix[4*k:], m.Pix[3*k:3*k+3])
			rgba.Pix[4*k+3] = 255
		}
		name := fmt.Sprintf("%d.png", i)
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, png.Encode(f, rgba))
		require.NoError(t, f.Close())
		captions += name + "\t" + s.Caption() + "\n" + name + "\tsomething else\n"
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "captions.txt"), []byte(captions), 0o644))
	return dir
}

// opener makes a job in a scope.
type opener func(s *engine.Scope, o Options) (*Job, error)

func embeddingsOf(files []string) opener {
	return func(s *engine.Scope, o Options) (*Job, error) { return OpenEmbeddings(s, files, o) }
}

func picturesOf(dir string) opener {
	return func(s *engine.Scope, o Options) (*Job, error) {
		return OpenPairs(context.Background(), s, dir, o, nil)
	}
}

var errEnough = errors.New("enough")

// runIn runs in a folder, or goes on with what is there; stop ends it after so many more steps,
// if that is not 0.
func runIn(t *testing.T, d *engine.Device, dir string, open opener, o Options, stop int) (*Outcome, error) {
	folder, err := OpenFolder(dir, exists(filepath.Join(dir, SettingsFile)))
	require.NoError(t, err)
	s := d.Scope()
	defer s.Close()
	j, err := open(s, o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	w := Watch{Step: func() {
		if stop--; stop == 0 {
			cancel(errEnough)
		}
	}}
	return Run(ctx, d, j, folder, o, &Settings{Kind: "test", Command: "mindgap train test", Flags: map[string]string{}, Device: d.Name()}, w)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func contents(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}
