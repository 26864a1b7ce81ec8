package kernels

import (
	"fmt"

	"mindgap/engine"
)

// skinny is the variant for products in which one operand has no more than few rows or columns:
// the other, A or (bigB) B, is read once at the speed of the memory.
func (l layout) skinny(name string, bigB bool, few int32) engine.Variant[MatMulParams] {
	// Where the rows of the large one run along k, a group takes 16 of them, else 32 columns.
	out := 32
	if bigB && l.tB || !bigB && !l.tA {
		out = 16
	}
	// It is read four elements at a time, and the small one in A B^T, where both run along k.
	fourA, fourB := !bigB || l.tB, bigB || l.tB
	var vec4 []string
	defines := l.defines(fmt.Sprintf("BIG=%d", flag(bigB)), fmt.Sprintf("FEW=%d", few))
	if fourA {
		vec4, defines = append(vec4, "a"), append(defines, "VEC_A=4")
	}
	if fourB {
		vec4, defines = append(vec4, "b"), append(defines, "VEC_B=4")
	}
	sides := func(p MatMulParams) (small, large int32) {
		if bigB {
			return p.M, p.N
		}
		return p.N, p.M
	}
	return engine.Variant[MatMulParams]{
		Name: name, File: "matmul_skinny.comp.glsl", Defines: defines, Vec4: vec4,
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
			return small <= few && (!fourA || a && ca%4 == 0) && (!fourB || b && cb%4 == 0)
		},
		Prefer: engine.Hardware[MatMulParams],
	}
}
