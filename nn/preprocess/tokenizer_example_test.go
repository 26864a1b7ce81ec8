package preprocess_test

import (
	"fmt"

	"mindgap/nn/preprocess"
)

// Few words need no vocabulary of byte pairs.
func ExampleNewWordVocabulary() {
	v, err := preprocess.NewWordVocabulary([]string{"a", "red", "circle"}, 6)
	if err != nil {
		panic(err)
	}
	fmt.Println(v.Size(), v.Encode("A red circle"))
	// Output: 7 [5 1 2 3 6 0]
}
