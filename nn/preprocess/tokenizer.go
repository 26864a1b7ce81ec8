package preprocess

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// CLIPContext is the length of the rows that the published CLIP models read.
const CLIPContext = 77

// Tokenizer turns a text into a row of token ids of fixed length, as a text encoder reads it.
// It may be used from several goroutines at a time.
type Tokenizer interface {
	// Encode gives Context ids: the start mark, the text's ids, the end mark, zeros. Of a text
	// that is too long the end is left out, and the end mark stands in the last place. As CLIP's
	// text encoder expects, no id of CLIP's vocabulary or of a WordVocabulary is larger than the
	// end mark's.
	Encode(text string) []int32
	// Size is the number of ids: all are in 0..Size.
	Size() int
	// Context is the length of a row.
	Context() int
}

// EncodeAll gives the rows of many texts, one after the other, made on all cores.
func EncodeAll(t Tokenizer, texts []string) []int32 {
	const grain = 64
	width := t.Context()
	ids := make([]int32, len(texts)*width)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(texts)+grain-1)/grain) {
		wait.Go(func() {
			for {
				hi := int(next.Add(grain))
				for i := hi - grain; i < min(hi, len(texts)); i++ {
					copy(ids[i*width:], t.Encode(texts[i]))
				}
				if hi >= len(texts) {
					return
				}
			}
		})
	}
	wait.Wait()
	return ids
}

// marks are the ids around a text.
type marks struct {
	start, end int32
	context    int
}

// room is the number of ids that fit between the marks.
func (m marks) room() int { return m.context - 2 }

// frame sets the ids of a text between the marks, and zeros behind.
func (m marks) frame(ids []int32) []int32 {
	row := make([]int32, m.context)
	row[0] = m.start
	row[1+copy(row[1:m.context-1], ids)] = m.end
	return row
}

// Context is the length of a row.
func (m marks) Context() int { return m.context }
