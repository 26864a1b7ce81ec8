package kernels

import "mindgap/engine"

// TransposeParams describes b = a^T: a is rows x cols with row stride LdA, b is cols x rows
// with row stride LdB.
type TransposeParams struct{ Rows, Cols, LdB, LdA int32 }

// transposeTile is the side of the host's blocks: two of them lie in the first-level cache.
const transposeTile = 32

var transpose = &engine.Kernel[TransposeParams]{
	Name: "transpose", Doc: "b = a^T", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "b", Access: engine.Out}, {Name: "a", Access: engine.In}},
	Variants: []engine.Variant[TransposeParams]{
		{
			Name: "shared", File: "transpose.comp.glsl", Defines: []string{"MODE=2"}, Prefer: engine.Hardware[TransposeParams],
			Groups: func(p TransposeParams) int { return ceil(int(p.Rows), 32) * ceil(int(p.Cols), 32) },
			Loops:  func(TransposeParams) int { return 8 },
			Fits: func(_ TransposeParams, c *engine.Caps) bool {
				return c.MaxShared >= 32*33*4 && c.MaxInvocations >= 256
			},
		},
		{
			Name: "block", File: "transpose.comp.glsl", Defines: []string{"MODE=1"}, Vec4: []string{"b", "a"},
			Groups: func(p TransposeParams) int { return ceil(int(p.Rows)/4*(int(p.Cols)/4), 64) },
			Loops:  func(TransposeParams) int { return 1 },
			Fits: func(p TransposeParams, _ *engine.Caps) bool {
				return p.Rows%4 == 0 && p.Cols%4 == 0 && p.LdA%4 == 0 && p.LdB%4 == 0
			},
		},
		{
			Name: "plain", File: "transpose.comp.glsl",
			Groups: func(p TransposeParams) int { return ceil(int(p.Rows)*int(p.Cols), 64) },
			Loops:  func(TransposeParams) int { return 1 },
		},
	},
	Size: func(p TransposeParams) []int {
		checkMatrix("transpose", p.Rows, p.Cols, p.LdA)
		checkMatrix("transpose", p.Cols, p.Rows, p.LdB)
		return []int{span(p.Cols, p.Rows, p.LdB), span(p.Rows, p.Cols, p.LdA)}
	},
	Cost: func(p TransposeParams) engine.Cost { return engine.Cost{Bytes: 8 * float64(p.Rows) * float64(p.Cols)} },
	Ref: func(p TransposeParams, b [][]float64) {
		eachRow(p.Rows, p.Cols, func(r, c int) { b[0][c*int(p.LdB)+r] = b[1][r*int(p.LdA)+c] })
	},
	Host: func(h *engine.Host, p TransposeParams, v []engine.View) {
		b, a, ldb, lda := v[0].F, v[1].F, int(p.LdB), int(p.LdA)
		h.Parallel(int(p.Cols), transposeTile, func(lo, hi int) {
			for r0 := 0; r0 < int(p.Rows); r0 += transposeTile {
				r1 := min(r0+transposeTile, int(p.Rows))
				for c := lo; c < hi; c++ {
					row := b[c*ldb:][:r1]
					for r := r0; r < r1; r++ {
						row[r] = a[r*lda+c]
					}
				}
			}
		})
	},
	Cases: []TransposeParams{
		{0, 3, 1, 3}, {3, 0, 3, 1}, {1, 1, 1, 1}, {1, 7, 2, 9}, {7, 1, 9, 2}, {31, 33, 35, 34}, {32, 32, 32, 32},
		{33, 65, 33, 70}, {64, 36, 68, 40}, {100, 300, 100, 300},
	},
	Bench:  []TransposeParams{{4096, 4096, 4096, 4096}},
	Bucket: TransposeParams.bucket,
}

// Transpose is b = a^T: a is m x n, b is n x m, on one device, not overlapping.
func Transpose(b, a *engine.Tensor) {
	engine.Check("transpose", b.Rows() == a.Cols() && b.Cols() == a.Rows(), "b is %v, a is %v", b, a)
	transpose.Run(TransposeParams{int32(a.Rows()), int32(a.Cols()), int32(b.LD()), int32(a.LD())}, b, a)
}
