package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// FeatureFile is one of the authors' eight files of embeddings, an array (2, N, D): row i of
// [0], the first modality, belongs to row i of [1], the text.
type FeatureFile struct {
	Model  string // clip, videoclip, convirt, clasp
	Init   string // Pretrained or Random
	N, D   int
	First  string // what the first modality is
	SHA256 string
}

// Inits of a model.
const (
	Pretrained = "pretrained"
	Random     = "random"
)

// FeatureFiles are those of Figure 1, in its order: the pretrained models, then the random.
var FeatureFiles = []FeatureFile{
	{"clip", Pretrained, 500, 512, "image", "7227280ace0f145d2c45afa8ab507a1cb280e9460aa271fe9052d08e35342adb"},
	{"videoclip", Pretrained, 100, 768, "video", "53255cac6105c5c47dd1850d77de084957d5f83841ba9ae9254bf7ae998573da"},
	{"convirt", Pretrained, 500, 512, "X-ray", "8cfb9c31888d12726a3f8b551bed64f04b25d1c76d5353b0a3e9efeceb43edb9"},
	{"clasp", Pretrained, 99, 768, "protein", "5a1d12a68729405003fe19b271a38ae35adab97c139e4b4a51d70b18c44bf628"},
	{"clip", Random, 500, 512, "image", "c6a5f9ca3fba36d635fd47d20b3cdd5b9ac78dc462070240fdc2ee2786110403"},
	{"videoclip", Random, 100, 768, "video", "c57ee05a606c4a9da0d71ad8b5d5c964d780af816890064a693eb178492c0f3b"},
	{"convirt", Random, 500, 512, "X-ray", "2fd5698e712d5e0d72256a1b29044b2059818f0575ab12bfcb2c5ae13092007f"},
	{"clasp", Random, 99, 768, "protein", "2a159d008b7527e9fbd3de49daf9116d9500d1aaa250c3a5b009b162c5f4066b"},
}

// Name is the file's name in the authors' repository.
func (f FeatureFile) Name() string {
	if f.Init == Random {
		return "features_" + f.Model + "_random.npy"
	}
	return "features_" + f.Model + ".npy"
}

// Bytes is the file's size: a header of 128 bytes, then float32.
func (f FeatureFile) Bytes() int64 { return 128 + 4*2*int64(f.N)*int64(f.D) }

// featureSet is the embeddings of two modalities by one model: unit rows, row i of A belonging
// to row i of B.
type featureSet struct {
	FeatureFile
	A, B    geometry.Rows
	Head    [2][4]float64 // the first numbers of either modality, as they lie in the file
	Note    string        // what must be known of a model that was run here; "": it was not
	Authors bool          // unchanged from the authors' repository: reference values apply
}

// readFeatures reads the file of that name from a folder. Rows are normalised in float64,
// into a copy.
func readFeatures(dir string, f FeatureFile) (*featureSet, error) {
	path := filepath.Join(dir, f.Name())
	digest, err := fileDigest(path)
	if err != nil {
		return nil, err
	}
	r, err := tensorfile.OpenNPY(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if want := []int{2, f.N, f.D}; !slices.Equal(r.Shape(), want) {
		return nil, fmt.Errorf("%s has shape %v, want %v; `mindgap fetch features` downloads the authors' files", path, r.Shape(), want)
	}
	set := &featureSet{FeatureFile: f, Authors: digest == f.SHA256}
	for k, rows := range []*geometry.Rows{&set.A, &set.B} {
		data := make([]float64, f.N*f.D)
		if err := r.ReadRows64(data, k*f.N, (k+1)*f.N); err != nil {
			return nil, err
		}
		copy(set.Head[k][:], data)
		raw := geometry.Rows{N: f.N, D: f.D, Data: data}
		if *rows, err = raw.Normalise(); err != nil {
			return nil, fmt.Errorf("%s: the %s embeddings (array [%d]): %s; `mindgap fetch features` downloads the authors' files", path, []string{f.First, "text"}[k], k, faultOf(raw))
		}
	}
	return set, nil
}

// faultOf says which row cannot be normalised.
func faultOf(r geometry.Rows) string {
	for i := range r.N {
		switch norm := floats.Norm(r.Row(i), 2); {
		case norm == 0:
			return fmt.Sprintf("row %d (the first is 0) is all zeros", i)
		case math.IsNaN(norm) || math.IsInf(norm, 0):
			return fmt.Sprintf("row %d (the first is 0) holds NaN or infinity", i)
		}
	}
	return "rows of no length"
}

// featureDigests is the Inputs of an experiment that reads some of the authors' files: their
// digests, when a folder is given. What is not the authors' is read to see whether it will do.
func featureDigests(files ...FeatureFile) func(*Env) (map[string]string, error) {
	return func(e *Env) (map[string]string, error) {
		out := map[string]string{}
		if e.Features == "" {
			return out, nil
		}
		for _, f := range files {
			d, err := fileDigest(filepath.Join(e.Features, f.Name()))
			if err == nil && d != f.SHA256 {
				_, err = readFeatures(e.Features, f)
			}
			if err != nil {
				return nil, err
			}
			out[f.Name()] = d
		}
		return out, nil
	}
}

// fileDigest is the SHA-256 of a file, in hexadecimal.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", featureError(path, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", featureError(path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func featureError(path string, err error) error {
	hint := ""
	if errors.Is(err, fs.ErrNotExist) {
		hint = "; `mindgap fetch features` downloads the authors' files"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("cannot read %s: %w%s", path, err, hint)
}
