package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"mindgap/engine/tensorfile"
	"mindgap/nn"
)

// DigestText names the text of a file that Save wrote which holds Digest of its tensors.
const DigestText = "tensors"

// Save writes parameters into a safetensors file as PyTorch lays them out, which LoadCLIP and
// other programs read: convolutions are O x I x KH x KW. Free texts go with them, and the digest
// of the tensors. It waits for the device; the file appears whole or not at all.
func Save(name string, texts map[string]string, list []*nn.Param) error {
	tensors := make(saved, len(list))
	specs := make([]tensorfile.TensorSpec, len(list))
	for i, x := range list {
		values, err := x.Value.T.Floats()
		if err != nil {
			return err
		}
		shape := x.Value.T.Shape()
		if x.Kernel {
			values, shape = channelsFirst(values, shape), []int{shape[0], shape[3], shape[1], shape[2]}
		}
		tensors[x.Name] = array{shape, values}
		specs[i] = tensorfile.TensorSpec{Name: x.Name, DType: tensorfile.Float32, Shape: shape}
	}
	digest, err := Digest(tensors)
	if err != nil {
		return err
	}
	all := map[string]string{"format": "pt", DigestText: digest}
	maps.Copy(all, texts)
	w, err := tensorfile.CreateSafetensors(name, all, specs...)
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, s := range specs {
		if err := w.Write(s.Name, tensors[s.Name].values); err != nil {
			return err
		}
	}
	return w.Close()
}

// Digest is the SHA-256 of a file's tensors in the order of their names: each one's name, shape
// and numbers as float32, little-endian. It depends on neither format nor texts.
func Digest(w Checkpoint) (string, error) {
	h := sha256.New()
	for _, name := range slices.Sorted(slices.Values(w.Names())) {
		values, err := w.Floats(name)
		if err != nil {
			return "", err
		}
		shape, _ := w.Shape(name)
		fmt.Fprintf(h, "%q %v\n", name, shape)
		binary.Write(h, binary.LittleEndian, values) // a hash takes all
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// saved are tensors that are about to be written.
type saved map[string]array

type array struct {
	shape  []int
	values []float32
}

func (s saved) Names() []string { return slices.Collect(maps.Keys(s)) }

func (s saved) Shape(name string) ([]int, bool) { a, ok := s[name]; return a.shape, ok }

func (s saved) Floats(name string) ([]float32, error) { return s[name].values, nil }

// channelsFirst turns O x H x W x I, the shape given, into O x I x H x W.
func channelsFirst(x []float32, shape []int) []float32 {
	o, area, in := shape[0], shape[1]*shape[2], shape[3]
	y := make([]float32, len(x))
	for a := range o {
		for p := range area {
			for c := range in {
				y[(a*in+c)*area+p] = x[(a*area+p)*in+c]
			}
		}
	}
	return y
}
