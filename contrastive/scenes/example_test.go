package scenes_test

import (
	"fmt"

	"mindgap/contrastive/scenes"
)

// A scene, what it is called, and its class in the zero-shot tasks.
func Example() {
	scene := scenes.Source{Seed: 1}.At(8)
	for _, caption := range scene.Captions() {
		fmt.Println(caption)
	}
	picture := scene.Render(64)
	fmt.Println(picture.Width, picture.Height, len(picture.Pix))

	task := scenes.Tasks[0]
	scene = task.Source(1).At(0)
	fmt.Println(task.Name, task.Classes[task.Label(scene)], "-", task.Texts()[task.Label(scene)])
	// Output:
	// a hatched drawing of two large purple rings on the left and a large yellow triangle on the right on rose stripes
	// rose stripes with two large violet rings at the left and a large yellow triangle at the right
	// a drawing of two big purple hoops and a big yellow triangle
	// a drawing of a yellow triangle and two violet rings
	// an image of a yellow shape
	// 64 64 12288
	// shape triangle - a photo of a triangle
}
