package kernels

import (
	"fmt"

	"mindgap/engine"
)

// skinny is the variant for products in which one operand has no more than few rows or columns:
// the other, A or (bigB) B, is read once at the speed of the memory.
func (l layout) skinny(name string, bigB bool, few int32) engine.Variant[MatMulParams] {
	// Its rows run along k: a warp takes two of them. Else they lie across: a group takes 32 columns.
	along, big, out := !l.tA, "A", 32
	if bigB {
		along, big = l.tB, "B"
	}
	if along {
		out = 16
	}
	vec4, defines := []string{map[bool]string{true: "b", false: "a"}[bigB]}, []string{fmt.Sprintf("FEW=%d", few), "VEC_" + big + "=4", fmt.Sprintf("BIG=%d", flag(bigB))}
	if l.tB { // A B^T: both run along k
		vec4, defines = []string{"a", "b"}, append(defines[:1:1], "VEC_A=4", "VEC_B=4", defines[2])
	}
	sides := func(p MatMulParams) (small, large int32) {
		if bigB {
			return p.M, p.N
		}
		return p.N, p.M
	}
	return engine.Variant[MatMulParams]{
		Name: name, File: "matmul_skinny.comp.glsl", Defines: l.defines(defines...), Vec4: vec4,
		Groups: func(p MatMulParams) int {
			small, large := sides(p)
			return int(p.Batch) * ceil(int(large), out) * min(int(small), 1)
		},
		Loops: func(p MatMulParams) int {
			return ceil(int(p.K), 128)*(1+4*(1+int(few))) + int(few)*34 + 8*int(few) + 40
		},
		Fits: func(p MatMulParams, _ *engine.Caps) bool {
			small, _ := sides(p)
			a, b := l.texelFits(p)
			_, ca := l.shapeA(p)
			_, cb := l.shapeB(p)
			if l.tB {
				return small <= few && a && b && ca%4 == 0
			}
			if bigB {
				return small <= few && b && cb%4 == 0
			}
			return small <= few && a && ca%4 == 0
		},
		Prefer: engine.Hardware[MatMulParams],
	}
}
