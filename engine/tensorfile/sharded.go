package tensorfile

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"mindgap/engine/tensorfile/internal/pickle"
)

const (
	maxIndex  = 100_000_000 // bytes
	maxShards = 10_000      // files that are open at once
)

// Sharded is tensors in several files, listed by an index as Hugging Face writes it:
//
//	{"metadata": {"total_size": 123}, "weight_map": {"tensor": "model-00001-of-00002.safetensors", ...}}
//
// Shards are safetensors or checkpoints of PyTorch. They lie in the folder of the index,
// or below it: no other path is opened.
type Sharded struct {
	name     string
	b        *blob
	names    []string
	shardOf  map[string]string
	shards   map[string]File
	metadata map[string]string
}

func newSharded(name string, b *blob) (*Sharded, error) {
	if b.n > maxIndex {
		return nil, fail(name, "an index of %d bytes, at most %d are read; the file is damaged or of another kind", b.n, maxIndex)
	}
	text := make([]byte, b.n)
	if err := b.read(text, 0); err != nil {
		return nil, because(name, "read", err)
	}
	s := &Sharded{name: name, b: b, shardOf: map[string]string{}, shards: map[string]File{}}
	if err := s.parse(text); err != nil {
		return nil, &Error{File: name, Msg: err.Error()}
	}
	if err := s.openShards(); err != nil {
		s.closeShards()
		return nil, err
	}
	return s, nil
}

func (s *Sharded) parse(text []byte) error {
	h := newTokens(text)
	h.object(func(key string) {
		switch key {
		case "metadata":
			s.metadata = map[string]string{}
			h.object(func(k string) { s.metadata[k] = h.scalar() })
		case "weight_map":
			h.object(func(tensor string) {
				if _, twice := s.shardOf[tensor]; twice {
					h.bad("tensor %s stands twice", clip(tensor))
				}
				h.room(len(s.names))
				s.shardOf[tensor] = h.text()
				s.names = append(s.names, tensor)
			})
		default:
			h.scalar()
		}
	})
	h.end()
	if h.err == nil && len(s.names) == 0 {
		h.bad("no weight_map of tensors, so this is not an index of shards")
	}
	return h.err
}

// openShards opens each shard once, and looks for its tensors in it.
func (s *Sharded) openShards() error {
	has := map[string]map[string]bool{}
	for _, tensor := range s.names {
		shard := s.shardOf[tensor]
		if s.shards[shard] == nil {
			f, err := s.openShard(shard)
			if err != nil {
				return err
			}
			s.shards[shard], has[shard] = f, map[string]bool{}
			for _, n := range f.Names() {
				has[shard][n] = true
			}
		}
		if !has[shard][tensor] {
			return fail(s.name, "tensor %s is not in %s, where the index says it is; copy both again", clip(tensor), printable(shard))
		}
	}
	return nil
}

func (s *Sharded) openShard(shard string) (File, error) {
	switch {
	case !filepath.IsLocal(shard):
		return nil, fail(s.name, "shard %s would lie outside of the folder of the index; the file is damaged or hostile", clip(shard))
	case len(s.shards) == maxShards:
		return nil, fail(s.name, "more than %d shards", maxShards)
	}
	path := filepath.Dir(s.name) + string(filepath.Separator) + shard // never "-", which is standard input
	b, err := openBlob(path)
	if e, ok := errors.AsType[*Error](err); ok {
		return nil, &Error{File: s.name, Msg: "shard " + printable(shard) + ": " + e.Msg + "; put every shard beside the index", Err: err}
	}
	head := make([]byte, min(b.n, 9))
	if err = b.read(head, 0); err == nil {
		var f File
		if looksSafe(head) || filepath.Ext(shard) == ".safetensors" {
			f, err = newSafetensors(path, b)
		} else {
			f, err = newTorch(path, b, pickle.Limit)
		}
		if err == nil {
			return f, nil
		}
	}
	b.close()
	return nil, because(path, "read", err)
}

// Names lists the tensors in the order of the index.
func (s *Sharded) Names() []string { return slices.Clone(s.names) }

// Metadata is the index's "metadata", as texts; nil where there is none.
func (s *Sharded) Metadata() map[string]string { return maps.Clone(s.metadata) }

// Array opens a tensor, in whichever shard it lies. It ends with the file.
func (s *Sharded) Array(name string) (*Reader, error) {
	if name == "" && len(s.names) == 1 {
		name = s.names[0]
	}
	f := s.shards[s.shardOf[name]]
	if f == nil {
		return nil, missing(s.name, name, s.names)
	}
	return f.Array(name)
}

// Close closes the index, its shards and every tensor of them.
func (s *Sharded) Close() error {
	first := s.closeShards()
	if err := s.b.close(); first == nil {
		first = err
	}
	return because(s.name, "close", first)
}

func (s *Sharded) closeShards() error {
	var first error
	for _, f := range s.shards {
		if err := f.Close(); first == nil {
			first = err
		}
	}
	return first
}
