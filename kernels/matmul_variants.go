package kernels

import (
	"fmt"
	"slices"

	"mindgap/engine"
)

// variants is the ladder that leads to a fast product: each step is a shader of its own, and
// `mindgap bench ladder` prints them side by side. GPUs take warp, processors texel.
func (l layout) variants() []engine.Variant[MatMulParams] {
	type V = engine.Variant[MatMulParams]
	operands := []string{"a", "b"}
	ladder := func(name, file string, tile int, loops func(p MatMulParams) int) V {
		return V{
			Name: name, File: file, Defines: l.defines(),
			Groups: matmulGroups(tile, tile), Loops: loops, Prefer: engine.Never[MatMulParams],
		}
	}
	vec4 := func(v V) V {
		v.Vec4, v.Fits, v.Defines = []string{"a", "b", "c"}, l.fitsVec4, append(v.Defines, "VEC=4")
		return v
	}
	prefer := func(v V, when func(MatMulParams) bool) V {
		v.Prefer = func(p MatMulParams, c *engine.Caps) bool { return !c.Software && when(p) }
		return v
	}
	tile := func(v V, define string) V {
		v.Defines = append(v.Defines, define)
		return v
	}
	middle := tile(ladder("warp_64", "matmul_5_warp.comp.glsl", 64, warpLoops(64)), "TILE=64")
	small := tile(ladder("vec4_32", "matmul_4_vec4.comp.glsl", 32, vec4Loops(1)), "TILE=32")
	ahead := tile(ladder("warp_ahead", "matmul_5_warp.comp.glsl", 128, warpLoops(128)), "AHEAD=1")
	scalar := ladder("warp_scalar", "matmul_5_warp.comp.glsl", 128, warpLoops(128))
	texel := V{
		Name: "texel", File: "matmul_texel.comp.glsl", Defines: l.defines("TEXEL=1"), Texel: operands,
		Groups: matmulGroups(16, 128), Loops: quadLoops, Prefer: engine.Software[MatMulParams],
		Fits: func(p MatMulParams, _ *engine.Caps) bool { a, b := l.texelFits(p); return a && b && p.K <= 2*chain },
	}
	long := func(v V) V { // the same tile, for what is too long for one chain of sums
		v.Name, v.Defines = v.Name+"_long", append(slices.Clip(v.Defines), fmt.Sprintf("CHAIN=%d", chain))
		v.Fits = func(p MatMulParams, _ *engine.Caps) bool { a, b := l.texelFits(p); return a && b && p.K > 2*chain }
		return v
	}
	tall := texel // its tiles have as many elements: fewer tiles, less waste at the edges
	tall.Name, tall.Defines, tall.Groups = "texel_tall", l.defines("TEXEL=1", "TALL=1"), matmulGroups(256, 8)
	tall.Prefer = func(p MatMulParams, c *engine.Caps) bool {
		return c.Software && matmulGroups(256, 8)(p) < matmulGroups(16, 128)(p)
	}
	wide := texel // a tenth faster or more, and a second to compile
	wide.Name, wide.Defines, wide.Groups = "texel_wide", l.defines("TEXEL=1", "WIDE=1"), matmulGroups(16, 256)
	wide.Prefer = func(p MatMulParams, c *engine.Caps) bool { return c.Software && c.LoopBudget > 0 && worthWide(p) }
	return []V{
		ladder("naive", "matmul_1_naive.comp.glsl", 16, func(p MatMulParams) int { return int(p.K) }),
		ladder("shared", "matmul_2_shared.comp.glsl", 16, deepLoops(16, 0)),
		l.skinny("gemv_a", false, 1), l.skinny("gemv_b", true, 1), l.skinny("skinny_a", false, 8), l.skinny("skinny_b", true, 8),
		vec4(ladder("vec4", "matmul_4_vec4.comp.glsl", 128, vec4Loops(2))),
		prefer(vec4(ladder("warp", "matmul_5_warp.comp.glsl", 128, warpLoops(128))), fillsGPU(128)),
		prefer(vec4(middle), fillsGPU(64)),
		prefer(vec4(small), func(MatMulParams) bool { return true }),
		vec4(ahead),
		prefer(scalar, fillsGPU(128)),
		prefer(ladder("register", "matmul_3_register.comp.glsl", 64, deepLoops(4+16*25, 60)), func(MatMulParams) bool { return true }),
		wide, long(wide),
		tall, long(tall),
		texel, long(texel),
		{
			Name: "storage", File: "matmul_texel.comp.glsl", Defines: l.defines(fmt.Sprintf("CHAIN=%d", chain)),
			Groups: matmulGroups(16, 128), Loops: quadLoops,
		},
	}
}

func (l layout) defines(more ...string) []string {
	bit := map[bool]int{true: 1}
	return append([]string{fmt.Sprintf("TA=%d", bit[l.tA]), fmt.Sprintf("TB=%d", bit[l.tB])}, more...)
}

// matmulGroups counts tiles of C.
func matmulGroups(rows, cols int) func(MatMulParams) int {
	return func(p MatMulParams) int { return int(p.Batch) * ceil(int(p.M), rows) * ceil(int(p.N), cols) }
}

// fillsGPU says whether tiles of so many rows and columns are enough to occupy a GPU; below, smaller
// tiles keep more of it busy.
func fillsGPU(tile int) func(MatMulParams) bool {
	return func(p MatMulParams) bool { return matmulGroups(tile, tile)(p) >= 96 }
}

// worthWide says whether a product is so long (20 ms and more) that tiles of 16 x 256 are worth the
// second for which llvmpipe compiles them, and loses nothing at the edge. (Drivers without a loop
// budget are newer, and compile them for ten seconds.)
func worthWide(p MatMulParams) bool {
	work := float64(p.M) * float64(p.N) * float64(p.K) * float64(p.Batch)
	wide, narrow := matmulGroups(16, 256)(p), matmulGroups(16, 128)(p)
	return work >= 1<<29 && 19*wide <= 10*narrow
}

// Loop counts, where a compiler unrolls nothing. deepLoops: steps of 16 along k, each with
// so many iterations inside, and so many outside of them.
func deepLoops(inside, outside int) func(MatMulParams) int {
	return func(p MatMulParams) int { return ceil(int(p.K), 16)*(1+inside) + outside }
}

func warpLoops(tile int) func(MatMulParams) int {
	rows, parts := tile/16, tile/32
	return deepLoops(8+16*(1+rows/4+parts+rows+rows*parts), 3*rows*(1+parts))
}

// vec4Loops: parts blocks of four rows, and of four columns.
func vec4Loops(parts int) func(MatMulParams) int {
	rows := 4 * parts
	return deepLoops(4+16*(1+parts+rows*(1+parts)), 3*rows*(1+parts))
}

// chain is how many terms matmul_texel adds up before it turns to a total. Tiles without totals take
// sums of two chains at most: with four terms at a time they err as a plain chain of 128 would.
const chain = 256

// quadLoops: steps of 4 along k, totals, up to 3 single steps in 4 parts, rows, or columns one by one,
// to store.
func quadLoops(p MatMulParams) int { return int(p.K)/4 + ceil(int(p.K), chain) + 3*5 + 16 + 16*9 }

// maxQuadK is a k that quadLoops keeps within a budget: less than one in 65 is lost to the totals.
func maxQuadK(budget int) int { return (budget - 180) * 64 / 65 * 4 }

// fitsVec4: what lies along the rows of memory of A, B and C comes in fours.
func (l layout) fitsVec4(p MatMulParams, _ *engine.Caps) bool {
	_, ca := l.shapeA(p)
	_, cb := l.shapeB(p)
	a, b := l.texelFits(p)
	c := p.N%4 == 0 && (p.M <= 1 || p.LdC%4 == 0) && (p.Batch <= 1 || p.StepC%4 == 0)
	return a && b && c && ca%4 == 0 && cb%4 == 0
}

// texelFits: every row of A, of B, begins at a multiple of four elements.
func (l layout) texelFits(p MatMulParams) (a, b bool) {
	ra, _ := l.shapeA(p)
	rb, _ := l.shapeB(p)
	fours := func(rows, ld, step int32) bool { return (rows <= 1 || ld%4 == 0) && (p.Batch <= 1 || step%4 == 0) }
	return fours(ra, p.LdA, p.StepA), fours(rb, p.LdB, p.StepB)
}
