package speed_test

import (
	"fmt"
	"os"
	"path/filepath"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/cmd/mindgap/internal/speed"
	"mindgap/engine"
)

// A report of one row: the page, the numbers and the roofline.
func ExampleWrite() {
	dir, err := os.MkdirTemp("", "speed-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	folder, err := report.Open(dir)
	if err != nil {
		panic(err)
	}
	r := &bench.Report{
		Device: engine.Caps{Name: "host"}, Roofline: bench.Roofline{GFlops: 200, CopyGBs: 20, ReadGBs: 25, GBs: 25},
		Rows: []bench.Row{{
			Suite: "kernels", Kernel: "relu", Seconds: bench.Interval{Median: 1, Lo: 0.9, Hi: 1.1},
			Rate: bench.Rate{Flops: 2e9, Bytes: 16e9, GFlops: 2, GBs: 16, Percent: 64},
		}},
	}
	if err := speed.Write(folder, r, speed.Run{Program: "mindgap"}); err != nil {
		panic(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		fmt.Println(filepath.Base(f))
	}
	// Output:
	// bench.json
	// index.html
	// roofline.svg
}
