package kernels

import "mindgap/engine"

// PackParams describes a copy of Batch matrices of Rows x Cols between strides.
type PackParams struct{ Rows, Cols, Batch, LdY, LdX, StepY, StepX int32 }

var pack = &engine.Kernel[PackParams]{
	Name: "pack", Doc: "y = x, rows and matrices at other strides", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[PackParams]{{
		Name: "scalar", File: "pack.comp.glsl",
		Groups: func(p PackParams) int { return ceil(int(p.Batch)*int(p.Rows)*int(p.Cols), 64) },
		Loops:  func(PackParams) int { return 0 },
	}},
	Size: func(p PackParams) []int {
		checkMatrix("pack", p.Rows, p.Cols, p.LdY, p.LdX)
		engine.Check("pack", p.Batch >= 0 && p.StepX >= 0, "batch %d with step %d", p.Batch, p.StepX)
		one := span(p.Rows, p.Cols, p.LdY)
		engine.Check("pack", p.Batch <= 1 || int(p.StepY) >= one, "matrices of y, %d elements apart, overlap", p.StepY)
		return []int{batchSpan(p.Batch, p.StepY, one), batchSpan(p.Batch, p.StepX, span(p.Rows, p.Cols, p.LdX))}
	},
	Cost: func(p PackParams) engine.Cost {
		return engine.Cost{Bytes: 8 * float64(p.Batch) * float64(p.Rows) * float64(p.Cols)}
	},
	Split: func(p PackParams) engine.Split[PackParams] {
		if p.Batch > 1 {
			return engine.Split[PackParams]{
				Rows: int(p.Batch), Step: []int{int(p.StepY), int(p.StepX)},
				Part: func(lo, hi int) PackParams { p.Batch = int32(hi - lo); return p },
			}
		}
		return engine.Split[PackParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdX)},
			Part: func(lo, hi int) PackParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p PackParams, b [][]float64) {
		p.each(func(y, x int) { b[0][y] = b[1][x] })
	},
	Host: func(h *engine.Host, p PackParams, v []engine.View) {
		h.Parallel(int(p.Batch)*int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				z, row := i/int(p.Rows), i%int(p.Rows)
				copy(v[0].F[z*int(p.StepY)+row*int(p.LdY):][:p.Cols], v[1].F[z*int(p.StepX)+row*int(p.LdX):])
			}
		})
	},
	Cases: []PackParams{
		{0, 3, 1, 4, 3, 0, 0}, {1, 1, 1, 1, 1, 0, 0}, {5, 7, 1, 8, 7, 0, 0},
		{6, 5, 3, 8, 15, 50, 5}, {129, 33, 2, 36, 33, 129 * 36, 129 * 33}, {4, 6, 0, 6, 6, 24, 24},
	},
	Bench: []PackParams{{2048, 2049, 1, 2052, 2049, 0, 0}},
}

func (p PackParams) each(f func(y, x int)) {
	for z := range int(p.Batch) {
		eachRow(p.Rows, p.Cols, func(row, col int) {
			f(z*int(p.StepY)+row*int(p.LdY)+col, z*int(p.StepX)+row*int(p.LdX)+col)
		})
	}
}
