package embed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	"mindgap/nn/preprocess"
)

// Fits refuses a tokenizer that the network cannot read: ids beyond its vocabulary, or rows of
// another length.
func (e *Texts) Fits(t preprocess.Tokenizer) error {
	switch {
	case t.Size() > e.Vocab:
		return fmt.Errorf("it has %d ids, and the model reads %d: it belongs to another model", t.Size(), e.Vocab)
	case t.Context() != e.Size:
		return fmt.Errorf("rows of %d ids, and the model reads %d", t.Context(), e.Size)
	}
	return nil
}

// Job is the work of embedding texts. The tokenizer must fit.
func (e *Texts) Job(texts []string, t preprocess.Tokenizer) *Job {
	if err := e.Fits(t); err != nil {
		panic("embed: a tokenizer: " + err.Error())
	}
	names, ids := sha256.New(), sha256.New()
	for block := range slices.Chunk(texts, 4096) {
		for _, text := range block {
			fmt.Fprintf(names, "%q\n", text)
		}
		binary.Write(ids, binary.LittleEndian, preprocess.EncodeAll(t, block)) // a hash takes all
	}
	return &Job{
		Unit: "texts", Names: texts, Width: e.Width, Batch: e.Batch(),
		Key: Key{Model: e.model, Weights: e.Key, Vocabulary: hexDigest(ids), Inputs: hexDigest(names), Device: e.device.Caps().Where()},
		Walk: func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
			return e.walk(ctx, texts, t, from, batch)
		},
	}
}

func (e *Texts) walk(ctx context.Context, texts []string, t preprocess.Tokenizer, from, batch int) iter.Seq2[Rows, error] {
	return func(yield func(Rows, error) bool) {
		for ; from < len(texts); from += batch {
			if ctx.Err() != nil {
				yield(Rows{}, context.Cause(ctx))
				return
			}
			some := texts[from:min(from+batch, len(texts))]
			values, err := e.Embed(preprocess.EncodeAll(t, some))
			if !yield(Rows{First: from, Count: len(some), Values: values}, err) || err != nil {
				return
			}
		}
	}
}

// All embeds texts, one row of Width numbers for each, not normalised. The tokenizer must fit;
// done, which may be nil, is told of every batch.
func (e *Texts) All(ctx context.Context, texts []string, t preprocess.Tokenizer, done func(n int)) ([]float32, error) {
	if err := e.Fits(t); err != nil {
		return nil, err
	}
	return gather(e.walk(ctx, texts, t, 0, e.Batch()), done)
}
