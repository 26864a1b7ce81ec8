package paper

import (
	_ "embed"

	"mindgap/cmd/mindgap/internal/report"
)

//go:embed fig3_sphere_widget.html
var sphereHTML string

//go:embed fig3_sphere_widget.js
var sphereScript string

var sphereWidget = &report.Widget{
	Title:   "Turn the sphere, change the temperature",
	Caption: "Drag the sphere, or focus it and press the arrow keys, to turn it. When the temperature changes, the texts go to where the loss is lowest; the second slider moves them by hand. The curve is the loss over the angle between the modalities at this temperature; rings mark its lowest points and the square where the texts are now.",
	HTML:    sphereHTML, Script: sphereScript,
}
