package paper

import "mindgap/cmd/mindgap/internal/report"

// Places of Figure 1a, in points.
const (
	fig1aWidth, fig1aHeight = 520, 236
	fig1aCell               = 26  // of the matrix of cosines
	fig1aLeft               = 330 // of the matrix
	fig1aTop                = 186 // of the matrix
)

// fig1a is the diagram of two encoders and the symmetric contrastive loss.
func fig1a() report.Sketch {
	s := report.Sketch{
		Name: "fig1a", Title: "Figure 1a: two encoders and the contrastive loss",
		Caption: "Images and texts go through encoders of their own into one space, where all embeddings have length 1. The loss takes the cosines of all pairs in a batch, divided by the temperature τ, and their cross entropy (CE): each image has to find its text along a row, and each text its image along a column. Nothing in it asks the two kinds of embedding to share a region.",
		Width:   fig1aWidth, Height: fig1aHeight,
	}
	s.Shapes = append(s.Shapes, fig1aTower(150, "s1", "image", "x", fig1aPhoto(14, 150))...)
	s.Shapes = append(s.Shapes, fig1aTower(62, "s0", "text", "y", fig1aCaption(14, 62))...)
	s.Shapes = append(s.Shapes, fig1aMatrix()...)
	s.Shapes = append(s.Shapes,
		report.Shape{Text: "L = ½ [ CE over rows + CE over columns ] of  x · y / τ", At: [2]float64{fig1aLeft + 2*fig1aCell, 22}, Size: 11})
	return s
}

// fig1aTower is one modality from its input to its N embeddings, at a height.
func fig1aTower(y float64, color, name, letter string, input []report.Shape) []report.Shape {
	out := append([]report.Shape{}, input...)
	out = append(out, arrow([2]float64{68, y}, [2]float64{88, y})...)
	encoder := [][2]float64{{92, y - 34}, {162, y - 18}, {162, y + 18}, {92, y + 34}}
	out = append(out,
		report.Shape{Line: encoder, Closed: true, Width: 1.2, Fill: .15, Color: color},
		report.Shape{Text: name, At: [2]float64{126, y + 6.5}, Size: 11}, report.Shape{Text: "encoder", At: [2]float64{126, y - 7}, Size: 11})
	out = append(out, arrow([2]float64{166, y}, [2]float64{186, y})...)
	for i, index := range []string{"1", "2", "…", "N"} {
		x := 190 + 24*float64(i)
		out = append(out, report.Shape{Line: box(x, y-12, 24, 24), Closed: true, Width: 1, Fill: .15, Color: color})
		out = append(out, symbol(letter, index, x+12, y, 11)...)
	}
	return out
}

// fig1aMatrix is the cosines of all pairs, partners on the diagonal.
func fig1aMatrix() []report.Shape {
	const n = 4
	index := []string{"1", "2", "…", "N"}
	var out []report.Shape
	for i := range n {
		row := fig1aTop - fig1aCell*(float64(i)+.5)
		out = append(out, symbol("x", index[i], fig1aLeft-14, row, 11)...)
		out = append(out, symbol("y", index[i], fig1aLeft+fig1aCell*(float64(i)+.5), fig1aTop+14, 11)...)
		for j := range n {
			cell := report.Shape{Line: box(fig1aLeft+fig1aCell*float64(j), row-fig1aCell/2, fig1aCell, fig1aCell), Closed: true, Width: .8, Color: "s6", Fill: .08}
			if i == j {
				cell.Color, cell.Fill = "s2", .6
			}
			out = append(out, cell)
		}
	}
	across, down := fig1aLeft+n*fig1aCell, fig1aTop-n*fig1aCell
	out = append(out, arrow([2]float64{fig1aLeft + 6, float64(down) - 12}, [2]float64{float64(across) - 6, float64(down) - 12})...)
	out = append(out, arrow([2]float64{float64(across) + 12, fig1aTop - 6}, [2]float64{float64(across) + 12, float64(down) + 6})...)
	return append(out,
		report.Shape{Text: "image finds text", At: [2]float64{fig1aLeft + 2*fig1aCell, float64(down) - 23}, Size: 9.5},
		report.Shape{Text: "text", At: [2]float64{float64(across) + 20, fig1aTop - 40}, Size: 9.5, Anchor: "start"},
		report.Shape{Text: "finds", At: [2]float64{float64(across) + 20, fig1aTop - 52}, Size: 9.5, Anchor: "start"},
		report.Shape{Text: "image", At: [2]float64{float64(across) + 20, fig1aTop - 64}, Size: 9.5, Anchor: "start"})
}

// fig1aPhoto is a small landscape: hills and a sun.
func fig1aPhoto(x, y float64) []report.Shape {
	return []report.Shape{
		{Line: box(x, y-20, 50, 40), Closed: true, Width: 1},
		{Line: disc([2]float64{x + 37, y + 9}, 5), Closed: true, Fill: .9, Color: "s4"},
		{Line: [][2]float64{{x + 2, y - 18}, {x + 17, y + 6}, {x + 27, y - 7}, {x + 34, y}, {x + 48, y - 18}}, Closed: true, Fill: .7, Color: "s2"},
	}
}

// fig1aCaption is a small text.
func fig1aCaption(x, y float64) []report.Shape {
	return []report.Shape{
		{Line: box(x, y-20, 50, 40), Closed: true, Width: 1},
		{Text: "sun over", At: [2]float64{x + 25, y + 6}, Size: 9}, {Text: "the hills", At: [2]float64{x + 25, y - 6}, Size: 9},
	}
}

// symbol is a letter with an index below its foot.
func symbol(letter, index string, x, y, size float64) []report.Shape {
	if index == "…" {
		return []report.Shape{{Text: "…", At: [2]float64{x, y}, Size: size}}
	}
	return []report.Shape{
		{Text: letter, At: [2]float64{x - size/5, y + size/9}, Size: size},
		{Text: index, At: [2]float64{x + size/3, y - size/4}, Size: .68 * size},
	}
}

// arrow is a line with a head, from left to right or from top to bottom.
func arrow(from, to [2]float64) []report.Shape {
	head := [][2]float64{to, {to[0] - 6, to[1] + 3}, {to[0] - 6, to[1] - 3}}
	if from[0] == to[0] {
		head = [][2]float64{to, {to[0] + 3, to[1] + 6}, {to[0] - 3, to[1] + 6}}
	}
	return []report.Shape{{Line: [][2]float64{from, to}, Width: 1.1}, {Line: head, Closed: true, Fill: 1}}
}

func box(x, y, w, h float64) [][2]float64 {
	return [][2]float64{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
}
