package tensorfile

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Reading 100 MB of numbers from a file that is in the system's cache into memory that is
// there: opening, checking, converting to float32. MB/s are of bytes in the file.
func BenchmarkReadSafetensors(b *testing.B) {
	const tensors, cols = 50, 512
	for _, d := range []DType{Float32, Float16, BFloat16, Float64} {
		b.Run(d.String(), func(b *testing.B) {
			n := 100_000_000 / d.Size() / (tensors * cols) * cols
			name := filepath.Join(b.TempDir(), "x.safetensors")
			var specs []TensorSpec
			for i := range tensors {
				specs = append(specs, TensorSpec{fmt.Sprintf("layer.%d.weight", i), d, []int{n / cols, cols}})
			}
			w, err := CreateSafetensors(name, nil, specs...)
			require.NoError(b, err)
			data := make([]float32, n)
			for i := range data {
				data[i] = float32(i%4093)/4096 - 0.5
			}
			for _, s := range specs {
				require.NoError(b, w.Write(s.Name, data))
			}
			require.NoError(b, w.Close())
			b.SetBytes(int64(n) * tensors * int64(d.Size()))
			for b.Loop() {
				f, err := OpenNamed(name)
				require.NoError(b, err)
				for _, s := range specs {
					require.NoError(b, f.ReadFloat32(s.Name, data))
				}
				require.NoError(b, f.Close())
			}
		})
	}
}
