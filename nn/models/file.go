package models

import (
	"fmt"

	"mindgap/engine/tensorfile"
)

// File is an open checkpoint as a Checkpoint; errors name the file.
type File struct{ *tensorfile.Named }

// Shape gives a tensor's sizes.
func (f File) Shape(name string) ([]int, bool) {
	if !f.Has(name) {
		return nil, false
	}
	info, err := f.Info(name)
	return info.Shape, err == nil
}

// Floats reads a tensor as float32.
func (f File) Floats(name string) ([]float32, error) { return f.Float32(name) }

// FileError says which checkpoint a fault of loading lies in.
func (f File) FileError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f.File(), err)
}
