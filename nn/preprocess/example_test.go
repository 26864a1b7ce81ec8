package preprocess_test

import (
	"context"
	"fmt"

	"mindgap/nn/preprocess"
)

// A picture as CLIP ViT-B/32 takes it: 224 x 224 x 3 numbers, normalised.
func ExamplePipeline() {
	m, err := preprocess.DecodeFile("testdata/pictures/420.jpg")
	if err != nil {
		fmt.Println(err)
		return
	}
	p := preprocess.CLIP(224)
	x := make([]float32, p.Len())
	p.Apply(x, m)
	fmt.Printf("%d x %d pixels become %d numbers, the first of them %.4f\n", m.Width, m.Height, len(x), x[0])
	// Output: 37 x 29 pixels become 150528 numbers, the first of them -0.9164
}

// Many pictures, prepared on all cores while the network works on those before them.
func ExampleLoader() {
	names := []string{"testdata/pictures/420.jpg", "testdata/pictures/grey.jpg", "testdata/pictures/2_8.png"}
	l := preprocess.Loader{Pipeline: preprocess.ImageNet(32), Batch: 2}
	open := func(i int) (*preprocess.Image, error) { return preprocess.DecodeFile(names[i]) }
	for b, err := range l.Load(context.Background(), len(names), open) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("pictures %d to %d: %d numbers\n", b.First, b.First+b.Count-1, len(b.Pixels))
	}
	// Output:
	// pictures 0 to 1: 6144 numbers
	// pictures 2 to 2: 3072 numbers
}
