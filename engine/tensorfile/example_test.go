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

// Write a checkpoint, find out what it holds, read a tensor of it. The same works for
// checkpoints of PyTorch.
func ExampleOpenNamed() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "model.safetensors")

	w, err := tensorfile.CreateSafetensors(name, map[string]string{"format": "pt"},
		tensorfile.TensorSpec{Name: "weight", DType: tensorfile.Float16, Shape: []int{2, 2}},
		tensorfile.TensorSpec{Name: "bias", DType: tensorfile.Float32, Shape: []int{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Abort()                                // does nothing after Close
	w.Write("weight", []float32{1, 2, 3, 1.0 / 3}) // errors stick until Close
	w.Write("bias", []float32{0.1, 0.2})
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	n, err := tensorfile.OpenNamed(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer n.Close()
	for _, tensor := range n.Names() {
		in, _ := n.Info(tensor)
		fmt.Println(in.Name, in.DType, in.Shape, in.Bytes)
	}
	weight, err := n.Float32("weight")
	fmt.Println(n.Format(), n.Metadata(), weight, err)
	// Output:
	// bias float32 [2] 8
	// weight float16 [2 2] 8
	// safetensors map[format:pt] [1 2 3 0.33325195] <nil>
}
