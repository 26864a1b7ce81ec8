package scenes

import "mindgap/nn/preprocess"

// Sheet paints scenes side by side, columns to a row, each on cell x cell pixels, with gaps of
// gap pixels between and around them in the colour of paper.
func Sheet(specs []Spec, columns, cell, gap int) *preprocess.Image {
	checkSize(cell)
	columns = max(1, min(columns, len(specs)))
	rows := (len(specs) + columns - 1) / columns
	sheet := preprocess.NewImage(columns*(cell+gap)+gap, rows*(cell+gap)+gap)
	for i := range sheet.Pix {
		sheet.Pix[i] = uint8(paper[i%3])
	}
	pix := make([]uint8, 3*cell*cell)
	for i := range specs {
		specs[i].mustBeValid()
		specs[i].paint(pix, cell)
		left, top := gap+i%columns*(cell+gap), gap+i/columns*(cell+gap)
		for y := range cell {
			to := 3 * ((top+y)*sheet.Width + left)
			copy(sheet.Pix[to:], pix[3*y*cell:3*(y+1)*cell])
		}
	}
	return sheet
}
