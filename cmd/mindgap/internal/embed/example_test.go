package embed_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"mindgap/cmd/mindgap/internal/embed"
)

// A job embeds its inputs batch by batch; here the network gives a text's length and a 1.
func ExampleJob() {
	dir, err := os.MkdirTemp("", "embed")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	texts := []string{"a cat", "two dogs"}
	job := &embed.Job{Unit: "texts", Names: texts, Width: 2, Batch: 64, Walk: func(_ context.Context, from, batch int) iter.Seq2[embed.Rows, error] {
		return func(yield func(embed.Rows, error) bool) {
			for i := from; i < len(texts); i++ {
				if !yield(embed.Rows{First: i, Count: 1, Values: []float32{float32(len(texts[i])), 1}}, nil) {
					return
				}
			}
		}
	}}
	r, err := job.Run(context.Background(), embed.Options{Out: filepath.Join(dir, "x.npy"), Raw: true})
	fmt.Println(r.Rows, "rows of", r.Width, err)
	// Output: 2 rows of 2 <nil>
}
