package kernels

import "mindgap/engine"

// pixelVariants are those of a kernel with an invocation for every element (scalar) or for
// four neighbours (vec4) of a matrix of rows x cols; fours says that all strides are
// multiples of four.
func pixelVariants[P any](file string, buffers []string, layout func(P) (rows, cols int32, fours bool), loops func(P) int, defines ...string) []engine.Variant[P] {
	groups := func(vec int) func(P) int {
		return func(p P) int {
			rows, cols, _ := layout(p)
			return ceil(int(rows)*(int(cols)/vec), 64)
		}
	}
	return []engine.Variant[P]{
		{
			Name: "vec4", File: file, Defines: append([]string{"VEC=4"}, defines...), Vec4: buffers, Groups: groups(4), Loops: loops,
			Fits: func(p P, _ *engine.Caps) bool { _, cols, fours := layout(p); return fours && cols%4 == 0 },
		},
		{Name: "scalar", File: file, Defines: defines, Groups: groups(1), Loops: loops},
	}
}
