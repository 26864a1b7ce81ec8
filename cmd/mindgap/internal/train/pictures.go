package train

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/contrastive/dataset"
	"mindgap/nn/preprocess"
)

// keptBytes bounds the prepared pictures that are kept in memory; the others are read and
// decoded again whenever they are asked for.
const keptBytes = 1 << 30

// pictures are the images of pairs, prepared for a network.
type pictures struct {
	pipeline preprocess.Pipeline
	pairs    []dataset.Pair
	kept     [][]float32 // by pair; those behind are not kept
	digest   string      // of all, as they are prepared
}

// readPictures opens every picture once, so that one that cannot be read is found before the
// training, and keeps those that memory is given for.
func readPictures(ctx context.Context, pairs []dataset.Pair, p preprocess.Pipeline, line *progress.Line) (*pictures, error) {
	x := &pictures{pipeline: p, pairs: pairs}
	line.Start("reading pictures", float64(len(pairs)), "pictures")
	defer line.Stop()
	most, h := keptBytes/(4*p.Len()), sha256.New()
	err := x.load(ctx, span(0, len(pairs)), 64, func(first int, pixels []float32) {
		for i := range len(pixels) / p.Len() {
			if first+i < most {
				x.kept = append(x.kept, append([]float32(nil), pixels[i*p.Len():(i+1)*p.Len()]...))
			}
		}
		binary.Write(h, binary.LittleEndian, pixels) // a hash takes all
		line.Add(float64(len(pixels) / p.Len()))
	})
	x.digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	return x, err
}

// load decodes pictures on all cores, and gives them in order, so many at a time.
func (x *pictures) load(ctx context.Context, which []int, batch int, give func(first int, pixels []float32)) error {
	l := preprocess.Loader{Pipeline: x.pipeline, Batch: batch}
	for b, err := range l.Load(ctx, len(which), func(i int) (*preprocess.Image, error) { return x.pairs[which[i]].Image() }) {
		if failed, ok := errors.AsType[preprocess.Failures](err); ok {
			return fmt.Errorf("%s: %w", x.pairs[which[failed[0].Index]].Name, failed[0].Err)
		}
		if err != nil {
			return err
		}
		give(b.First, b.Pixels)
	}
	return nil
}

// batch gives the pixels of some pictures: N x side x side x 3.
func (x *pictures) batch(which []int) ([]float32, error) {
	size := x.pipeline.Len()
	out := make([]float32, len(which)*size)
	var missing, places []int
	for i, e := range which {
		if e < len(x.kept) {
			copy(out[i*size:], x.kept[e])
			continue
		}
		missing, places = append(missing, e), append(places, i)
	}
	if len(missing) == 0 {
		return out, nil
	}
	return out, x.load(context.Background(), missing, len(missing), func(first int, pixels []float32) {
		for i := range len(pixels) / size {
			copy(out[places[first+i]*size:][:size], pixels[i*size:])
		}
	})
}
