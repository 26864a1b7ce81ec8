package bench

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"

	"mindgap/nn/preprocess"
)

// imagesWork is our side of the benchmark: CLIP's preprocessing at 224.
type imagesWork struct {
	names   []string
	decoded []*preprocess.Image
	loader  preprocess.Loader
	round   int // pictures in a round
}

func newImagesWork(names []string, round int) (*imagesWork, error) {
	w := &imagesWork{names: names, round: round, loader: preprocess.Loader{Pipeline: preprocess.CLIP(224), Batch: 16}}
	for _, name := range names {
		m, err := preprocess.DecodeFile(name)
		if err != nil {
			return nil, err
		}
		w.decoded = append(w.decoded, m)
	}
	return w, nil
}

// stageBytes is what a stage must read and write of a picture whose file has so many bytes: file,
// RGB and the network's input, each once for every stage that it passes through.
func stageBytes(stage string, file int) float64 {
	const rgb, input = 3 * PhotoWidth * PhotoHeight, 3 * 4 * 224 * 224
	switch stage {
	case "decode":
		return float64(file + rgb)
	case "prepare":
		return rgb + input
	}
	return float64(file + 2*rgb + input)
}

// run does one round of a stage.
func (w *imagesWork) run(ctx context.Context, stage string) error {
	open := func(i int) (*preprocess.Image, error) { return preprocess.DecodeFile(w.names[i%len(w.names)]) }
	l := w.loader
	switch stage {
	case "prepare":
		open = func(i int) (*preprocess.Image, error) {
			m := *w.decoded[i%len(w.decoded)]
			return &preprocess.Image{Width: m.Width, Height: m.Height, Pix: m.Pix}, nil // not to be released
		}
	case "decode":
		decode := open
		open = func(i int) (*preprocess.Image, error) {
			m, err := decode(i)
			if err != nil {
				return nil, err
			}
			m.Release()
			return onePixel, nil
		}
		l.Pipeline = preprocess.Pipeline{Crop: 1, Std: [3]float32{1, 1, 1}}
	}
	for _, err := range l.Load(ctx, w.round, open) {
		if err != nil {
			return err
		}
	}
	return nil
}

var onePixel = preprocess.NewImage(1, 1)

// hashes gives the SHA-256 of each picture's planes, float32 in PyTorch's order.
func (w *imagesWork) hashes() (list []string) {
	p := w.loader.Pipeline
	planes, bytes := make([]float32, p.Len()), make([]byte, 4*p.Len())
	for _, m := range w.decoded {
		p.ApplyCHW(planes, m)
		for i, v := range planes {
			binary.LittleEndian.PutUint32(bytes[4*i:], math.Float32bits(v))
		}
		sum := sha256.Sum256(bytes)
		list = append(list, hex.EncodeToString(sum[:]))
	}
	return list
}

// Head describes what was measured, in lines.
func (r *ImagesReport) Head() string {
	s := fmt.Sprintf("CLIP's preprocessing at 224 on %d cores: %s", r.Cores, r.Pictures)
	if r.Peer != "" {
		same := "both make the same bits of every picture"
		if !r.Equal {
			same = "the two differ in some bits"
		}
		s += fmt.Sprintf("\npeer: %s, one process a core; %s", r.Peer, same)
	}
	s += fmt.Sprintf("\nroofline: copy %.1f GB/s", r.CopyGBs)
	if r.Busy {
		s += busy(r.Load)
	}
	return s
}

// Cells gives the table: a header and the rows.
func (r *ImagesReport) Cells() [][]string {
	interval := func(i Interval) string {
		if i.Rounds == 0 {
			return "-"
		}
		return fmt.Sprintf("%.3g (%.3g .. %.3g)", i.Median, i.Lo, i.Hi)
	}
	cpu := func(ms float64) string {
		if ms == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f ms", ms)
	}
	out := [][]string{{"stage", "pictures/s", "of roofline", "peer", "ratio", "CPU a picture", "peer's"}}
	for _, row := range r.Rows {
		out = append(out, []string{row.Stage, interval(row.Ours), fmt.Sprintf("%.2g %%", row.Percent), interval(row.Theirs), interval(row.Ratio), cpu(row.CPU), cpu(row.PeerCPU)})
	}
	return out
}

// WriteText writes the report for a terminal.
func (r *ImagesReport) WriteText(w io.Writer) error { return writeText(w, r.Head(), r.Cells()) }

// WriteMarkdown writes the report as Markdown.
func (r *ImagesReport) WriteMarkdown(w io.Writer) error { return writeMarkdown(w, r.Head(), r.Cells()) }
