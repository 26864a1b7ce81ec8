package nn

import (
	"fmt"
	"slices"

	"mindgap/engine/tensorfile"
)

// WriteFile writes parameters, and further tensors such as an optimiser's, into a safetensors
// file with free texts. It waits for the device. The file appears whole or not at all.
func WriteFile(name string, texts map[string]string, list []*Param) error {
	specs := make([]tensorfile.TensorSpec, len(list))
	for i, x := range list {
		specs[i] = tensorfile.TensorSpec{Name: x.Name, DType: tensorfile.Float32, Shape: x.Value.T.Shape()}
	}
	w, err := tensorfile.CreateSafetensors(name, texts, specs...)
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, x := range list {
		values, err := x.Value.T.Floats()
		if err != nil {
			return err
		}
		if err := w.Write(x.Name, values); err != nil {
			return err
		}
	}
	return w.Close()
}

// ReadFile fills tensors from a file that WriteFile wrote. Every tensor must be there with its
// shape; others in the file are left alone.
func ReadFile(f *tensorfile.Named, list []*Param) error {
	for _, x := range list {
		info, err := f.Info(x.Name)
		if err != nil {
			return err
		}
		if !slices.Equal(info.Shape, x.Value.T.Shape()) {
			return fmt.Errorf("%s: tensor %s is %v, want %v", f.File(), x.Name, info.Shape, x.Value.T.Shape())
		}
		values, err := f.Float32(x.Name)
		if err != nil {
			return err
		}
		x.Value.T.Write(values)
	}
	return nil
}
