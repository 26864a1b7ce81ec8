package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// pairs is the embeddings of two modalities that an experiment runs on: unit rows, row i of
// one belonging to row i of the other.
type pairs struct {
	a, b    geometry.Rows
	source  string // what they are: the result's inputs
	authors bool   // unchanged from the authors' repository: reference values apply
}

// Digests of the authors' files, as in their repository.
var authorsDigest = map[string]string{
	"features_clip.npy":        "7227280ace0f145d2c45afa8ab507a1cb280e9460aa271fe9052d08e35342adb",
	"features_clip_random.npy": "c6a5f9ca3fba36d635fd47d20b3cdd5b9ac78dc462070240fdc2ee2786110403",
}

// readPairs reads a file of shape (2, n, d) from the folder of --features.
func readPairs(e *Env, name string) (pairs, error) {
	path := filepath.Join(e.Features, name)
	digest, err := fileDigest(path)
	if err != nil {
		return pairs{}, err
	}
	r, err := tensorfile.OpenNPY(path)
	if err != nil {
		return pairs{}, err
	}
	defer r.Close()
	shape := r.Shape()
	if len(shape) != 3 || shape[0] != 2 || shape[1] < 2 || shape[2] < 2 {
		return pairs{}, fmt.Errorf("%s has shape %v, want (2, n, d): n pairs, at least 2, of at least 2 dimensions", path, shape)
	}
	p := pairs{authors: digest == authorsDigest[name]}
	for k, set := range []*geometry.Rows{&p.a, &p.b} {
		half, err := r.Section(k)
		if err != nil {
			return pairs{}, err
		}
		data := make([]float64, shape[1]*shape[2])
		if err := half.ReadRows64(data, 0, shape[1]); err != nil {
			return pairs{}, err
		}
		rows, err := geometry.NewRows(shape[1], shape[2], data)
		if err == nil {
			*set, err = rows.Normalise()
		}
		if err != nil {
			return pairs{}, fmt.Errorf("%s: modality %d of 2: %w", path, k+1, err)
		}
	}
	p.source = fmt.Sprintf("%s of --features, not the authors' file: %d pairs of %d dimensions", name, p.a.N, p.a.D)
	if p.authors {
		p.source = fmt.Sprintf("the authors' published %s: %d pairs of CLIP ViT-B/16, not the 5000 of ViT-B/32 behind the paper's numbers", name, p.a.N)
	}
	return p, nil
}

// clipPairs is features_clip.npy of --features, or without that flag embeddings of encoders
// with random weights.
func clipPairs(e *Env) (pairs, error) {
	if e.Features != "" {
		return readPairs(e, "features_clip.npy")
	}
	n := 500
	if e.Scale == Paper {
		n = 5000
	}
	return randomPairs(e, n, 512)
}

// featureInputs gives the digests of files in the folder of --features.
func featureInputs(names ...string) func(*Env) (map[string]string, error) {
	return func(e *Env) (map[string]string, error) {
		out := map[string]string{}
		if e.Features == "" {
			return out, nil
		}
		for _, name := range names {
			digest, err := fileDigest(filepath.Join(e.Features, name))
			if err != nil {
				return nil, err
			}
			out[name] = digest
		}
		return out, nil
	}
}

// fileDigest is the SHA-256 of a file, in hexadecimal.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", unreadable(path, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", unreadable(path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func unreadable(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("cannot read %s: %w", path, err)
}
