package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// MatMulSumParams describes C = act(alpha (P_0 + P_1 + ...) + beta C + bias): C is M x N, the parts
// P_z lie one after the other without gaps.
type MatMulSumParams struct {
	M, N, Parts, LdC int32
	Alpha, Beta      float32
	HasBias          int32
	Act              Activation
}

var matmulSum = &engine.Kernel[MatMulSumParams]{
	Name: "matmul_sum", Doc: "C = act(alpha (P_0 + P_1 + ...) + beta C + bias): the end of a product cut along k", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "c", Access: engine.InOut}, {Name: "p", Access: engine.In}, {Name: "bias", Access: engine.In}},
	Variants: []engine.Variant[MatMulSumParams]{
		{
			Name: "vec4", File: "matmul_sum.comp.glsl", Defines: []string{"VEC=4"}, Vec4: []string{"c", "p", "bias"},
			Groups: func(p MatMulSumParams) int { return ceil(int(p.M)*int(p.N)/4, 64) },
			Loops:  func(p MatMulSumParams) int { return int(p.Parts) },
			Fits:   func(p MatMulSumParams, _ *engine.Caps) bool { return p.N%4 == 0 && (p.M <= 1 || p.LdC%4 == 0) },
		},
		{
			Name: "scalar", File: "matmul_sum.comp.glsl",
			Groups: func(p MatMulSumParams) int { return ceil(int(p.M)*int(p.N), 64) },
			Loops:  func(p MatMulSumParams) int { return int(p.Parts) },
		},
	},
	Size: func(p MatMulSumParams) []int {
		checkMatrix("matmul_sum", p.M, p.N, p.LdC)
		if p.Parts < 1 || p.Act < NoActivation || int(p.Act) >= len(activations) {
			engine.Check("matmul_sum", false, "%d parts, activation %d", p.Parts, p.Act)
		}
		return []int{span(p.M, p.N, p.LdC), int(p.Parts) * int(p.M) * int(p.N), int(p.N) * int(p.HasBias)}
	},
	Cost: func(p MatMulSumParams) engine.Cost {
		n, parts := float64(p.M)*float64(p.N), float64(p.Parts)
		return engine.Cost{Flops: n * parts, Bytes: 4 * n * (parts + 1)}
	},
	Ref: func(p MatMulSumParams, b [][]float64) {
		eachRow(p.M, p.N, func(row, col int) {
			v := &b[0][row*int(p.LdC)+col]
			sum, _ := p.sum(b, row, col)
			rescale(v, float64(p.Beta))
			*v = p.Act.Define(*v + sum)
		})
	},
	Host: func(h *engine.Host, p MatMulSumParams, v []engine.View) {
		n := int(p.N)
		h.Parallel(int(p.M), rowGrain(p.N*p.Parts, 1<<15), func(lo, hi int) {
			sum := make([]float32, n)
			for row := lo; row < hi; row++ {
				clear(sum)
				for z := range int(p.Parts) {
					for j, x := range v[1].F[(z*int(p.M)+row)*n:][:n] {
						sum[j] += x
					}
				}
				c := v[0].F[row*int(p.LdC):][:n]
				for j := range c {
					rescale(&c[j], p.Beta)
					c[j] += p.Alpha * sum[j]
					if p.HasBias != 0 {
						c[j] += v[2].F[j]
					}
				}
				p.Act.applyAll(c)
			}
		})
	},
	// As for matmul: a sum of Parts terms and three more roundings. Ref has overwritten C, which was
	// within [-1, 1].
	Bound: func(p MatMulSumParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		scale := math.Abs(float64(p.Beta))
		eachRow(p.M, p.N, func(row, col int) {
			x, mag := p.sum(b, row, col)
			d := engine.Gamma(int(p.Parts)+3)*(mag+scale) + e.Tiny*(float64(p.Parts)*(1+math.Abs(float64(p.Alpha)))+scale+4)
			own := math.Max(p.Act.Error(x, e), math.Max(p.Act.Error(x-scale, e), p.Act.Error(x+scale, e)))
			out[row*int(p.LdC)+col] = p.Act.Lipschitz()*d + own
		})
		return [][]float64{out, nil, nil}
	},
	Inputs: func(_ MatMulSumParams, r *rand.Rand, b [][]float64) { matmulInputs(MatMulParams{}, r, b) },
	Cases: []MatMulSumParams{
		{0, 3, 2, 3, 1, 0, 0, NoActivation}, {1, 1, 1, 1, 1, 0, 0, NoActivation}, {5, 7, 3, 9, -1.5, 0.5, 1, ActReLU},
		{4, 12, 5, 16, 2, 0, 1, ActGELU}, {9, 8, 16, 8, 1, 1, 0, NoActivation}, {3, 100, 2, 100, 0.5, 0, 1, ActTanh},
	},
	Bench: []MatMulSumParams{{256, 256, 16, 256, 1, 0, 1, ActReLU}},
}

// sum is what is added to beta C, and the sum of its terms' sizes.
func (p MatMulSumParams) sum(b [][]float64, row, col int) (sum, size float64) {
	alpha, n := float64(p.Alpha), int(p.N)
	for z := range int(p.Parts) {
		x := alpha * b[1][(z*int(p.M)+row)*n+col]
		sum, size = sum+x, size+math.Abs(x)
	}
	if p.HasBias != 0 {
		sum, size = sum+b[2][col], size+math.Abs(b[2][col])
	}
	return sum, size
}

// Products are cut along k where the tiles of C are too few to occupy a GPU: into so many parts
// that partGroups tiles of 64 x 64 are there (of 32 rows or columns in a skinny product), each of
// at least partLength terms. The number depends on the shape alone, so do results.
const (
	partGroups = 128
	partLength = 256
)

// kParts is into how many parts a product is cut on a GPU; 1: it is not.
func kParts(p MatMulParams) int {
	if p.M == 0 || p.N == 0 || p.Batch != 1 || p.Alpha == 0 {
		return 1
	}
	tiles := matmulGroups(64, 64)(p)
	if min(p.M, p.N) <= 8 {
		tiles = ceil(int(max(p.M, p.N)), 32)
	}
	return max(1, min(partGroups/tiles, int(p.K)/partLength))
}

// cutsAlongK: GPUs gain by it; where loops are limited, Gemm cuts for that.
func cutsAlongK(c engine.Caps) bool { return !c.Software && c.LoopBudget == 0 }

// gemmInParts computes a product over parts of k, all in one launch as a batch but for a rest, and
// adds them up in another. p is what Gemm would run.
func gemmInParts(k *engine.Kernel[MatMulParams], p MatMulParams, parts int, c, a, b, bias *engine.Tensor, o MatMulOptions) {
	s := c.Device().Scope()
	defer s.Close()
	each := (int(p.K)/parts + 15) &^ 15 // whole steps of the tiles, and aligned
	whole := int(p.K) / each
	rest := int(p.K) - whole*each
	sums := s.Floats(whole+int(flag(rest > 0)), int(p.M), int(p.N))
	q := p
	q.K, q.LdC, q.Alpha, q.Beta, q.HasBias, q.Act = int32(each), p.N, 1, 0, 0, NoActivation
	q.Batch, q.StepC = int32(whole), p.M*p.N
	step := func(rows bool, ld int32) int32 { // from one part to the next
		if rows {
			return int32(each) * ld
		}
		return int32(each)
	}
	q.StepA, q.StepB = step(o.TransA, p.LdA), step(!o.TransB, p.LdB)
	k.Run(q, sums, a, b, bias)
	if rest > 0 {
		q.K, q.Batch = int32(rest), 1
		at := whole * each
		k.Run(q, sums.SliceRows(whole, whole+1), alongK(a, o.TransA, at, int(p.K)), alongK(b, !o.TransB, at, int(p.K)), bias)
	}
	matmulSum.Run(MatMulSumParams{
		M: p.M, N: p.N, Parts: int32(sums.Dim(0)), LdC: p.LdC, Alpha: p.Alpha, Beta: p.Beta, HasBias: p.HasBias, Act: p.Act,
	}, c, sums, bias)
}
