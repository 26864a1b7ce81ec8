package report_test

import (
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
)

func Example() {
	t := &report.Table{Columns: []string{"layer", "mean_cosine"}}
	t.Add(1, 0.609)
	r := &report.Result{
		Claims: []report.Claim{{ID: "cone", Kind: report.Check, Want: ">= 0.5", Got: 0.609, Holds: true}},
		Tables: map[string]*report.Table{"cone": t},
	}
	fmt.Println(r.Checks(), "checks,", r.Failed(), "failed")
	// Output: 1 checks, 0 failed
}
