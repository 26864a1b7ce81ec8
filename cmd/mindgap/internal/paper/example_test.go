package paper_test

import (
	"fmt"

	"mindgap/cmd/mindgap/internal/paper"
)

func ExampleFind() {
	_, nearest := paper.Find(paper.All, "theorem1")
	x, _ := paper.Find(paper.All, "thm1")
	fmt.Println(nearest, x.Where)
	// Output: thm1 Theorem 1
}

func ExampleFind_farAway() {
	for _, name := range []string{"nope", "zzz", "n", "", "figure1", "FIG2"} {
		_, nearest := paper.Find(paper.All, name)
		fmt.Printf("%q ", nearest)
	}
	// Output: "" "" "" "" "fig1" "fig1"
}
