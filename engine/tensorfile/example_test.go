package tensorfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"mindgap/engine/tensorfile"
)

// Append rows to a file, then read a block of them.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "rows.npy")

	w, err := tensorfile.CreateNPY(name, tensorfile.Float32, 2) // shape (rows, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Abort() // does nothing after Close
	for i := range 100 {
		w.WriteRows([]float32{float32(i), float32(i * i)}) // errors stick until Close
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	r, err := tensorfile.OpenArray(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	block := make([]float32, 2*r.Cols())
	if err := r.ReadRows(block, 10, 12); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Shape(), r.DType(), block)
	// Output: [100 2] float32 [10 100 11 121]
}
