package progress_test

import (
	"fmt"
	"time"

	"mindgap/cmd/mindgap/internal/progress"
)

func Example() {
	fmt.Println(progress.Count(1234567), progress.Duration(75*time.Second))
	// Output: 1.23M 1m15s
}
