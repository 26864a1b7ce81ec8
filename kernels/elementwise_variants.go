package kernels

import (
	"slices"

	"mindgap/engine"
)

// elementRun is how many elements eight invocations take together with RUN=8 (include/element.glsl).
const elementRun = 8 * 8 * 4

// variants are those of include/element.glsl: an invocation takes a run of vec4 (run; their inputs
// texels, or blocks where an input is the output as well), a vec4 (vec4) or an element (scalar) of
// the rows or, flat, of the matrix as one row.
func (w elementwise[P]) variants() []engine.Variant[P] {
	var inputs, outputs []string // what is taken in vectors
	for _, b := range w.bufs {
		switch {
		case b.Name == w.single || slices.Contains(w.perRow, b.Name):
		case b.Access.Writes():
			outputs = append(outputs, b.Name)
		default:
			inputs = append(inputs, b.Name)
		}
	}
	variant := func(name string, each int, fits func(P, *engine.Caps) bool, defines ...string) engine.Variant[P] {
		return engine.Variant[P]{
			Name: name, File: w.file, Defines: append(defines, w.defines...), Vec4: append(slices.Clone(outputs), inputs...),
			Groups: func(p P) int {
				rows, cols, _ := w.layout(p)
				return ceil(int(rows)*int(cols), 64*each)
			},
			Loops: func(P) int { return 1 + each/4 }, Fits: fits,
		}
	}
	runs := func(name string, fits func(P, *engine.Caps) bool, defines ...string) (texels, blocks engine.Variant[P]) {
		blocks = variant(name, elementRun/8, fits, append(defines, "VEC=4", "RUN=8")...)
		blocks.Prefer = engine.Software[P]
		texels = blocks
		texels.Name, texels.Defines = "texel_"+name, append(slices.Clone(blocks.Defines), "TEXEL=1")
		texels.Texel, texels.Vec4 = inputs, outputs
		return texels, blocks
	}
	flatTexels, flatBlocks := runs("flat_run", w.flatRuns, "FLAT=1")
	texels, blocks := runs("run", w.rowRuns)
	scalar := variant("scalar", 1, nil)
	scalar.Vec4 = nil
	list := []engine.Variant[P]{
		flatTexels, flatBlocks, variant("flat", 4, w.contiguous, "VEC=4", "FLAT=1"),
		texels, blocks, variant("vec4", 4, w.fours, "VEC=4"), scalar,
	}
	if len(w.perRow) > 0 {
		return list[3:] // one long row has lost its rows' numbers
	}
	return list
}

// fours reports whether rows can be taken four elements at a time.
func (w elementwise[P]) fours(p P, _ *engine.Caps) bool {
	_, cols, ops := w.layout(p)
	ok := cols%4 == 0
	for _, o := range ops {
		ok = ok && (o.scalar || o.ld%4 == 0)
	}
	return ok
}

// rowRuns reports whether rows are made of whole runs.
func (w elementwise[P]) rowRuns(p P, c *engine.Caps) bool {
	_, cols, _ := w.layout(p)
	return cols%elementRun == 0 && w.fours(p, c)
}

// flatRuns reports whether the matrix as one row is, and need not be cut: cuts fall between rows.
func (w elementwise[P]) flatRuns(p P, c *engine.Caps) bool {
	rows, cols, _ := w.layout(p)
	n := int64(rows) * int64(cols)
	return n%elementRun == 0 && 4*n <= c.MaxBlockBytes-int64(c.BlockAlign) && w.contiguous(p, c)
}

// contiguous reports whether every buffer is one run of elements, a multiple of four.
func (w elementwise[P]) contiguous(p P, _ *engine.Caps) bool {
	rows, cols, ops := w.layout(p)
	ok := int(rows)*int(cols)%4 == 0
	for _, o := range ops {
		ok = ok && (o.scalar || o.ld == cols || rows <= 1)
	}
	return ok
}
