package measure

import (
	"path/filepath"
	"testing"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
)

// BenchmarkMeasure measures 10,000 pairs of 512 float32 numbers on the host, the core table
// and everything.
func BenchmarkMeasure(b *testing.B) {
	x, y := synthetic(10000, 512, 1)
	var files []string
	for k, rows := range []struct{ data []float64 }{{x.Data}, {y.Data}} {
		path := filepath.Join(b.TempDir(), string(rune('a'+k))+".npy")
		data := make([]float32, len(rows.data))
		for i, v := range rows.data {
			data[i] = float32(v)
		}
		if err := tensorfile.WriteNPY(path, []int{x.N, x.D}, data); err != nil {
			b.Fatal(err)
		}
		files = append(files, path)
	}
	d, err := engine.Open("host")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	for _, core := range []bool{true, false} {
		b.Run(map[bool]string{true: "core", false: "all"}[core], func(b *testing.B) {
			o := options(d)
			o.Core = core
			for b.Loop() {
				if _, err := Run(b.Context(), files, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
