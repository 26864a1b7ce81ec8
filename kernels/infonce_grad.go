package kernels

import (
	"math"
	"math/rand/v2"
	"slices"

	"mindgap/engine"
)

// InfoNCEGradParams describes a block of rows x cols pairs out of Total matched ones, row i
// being matched with column First + i. WRow and WCol weigh the two directions; the logsumexps
// of a direction of weight 0 are not read. RowBlock x ColBlock pairs share one number of
// dscale_part.
type InfoNCEGradParams struct {
	Rows, Cols, D, LdG, LdQ, LdK int32
	First, Total                 int32
	RowBlock, ColBlock           int32
	WRow, WCol                   float32
}

var infonceGrad = &engine.Kernel[InfoNCEGradParams]{
	Name: "infonce_grad", Doc: "g = dloss scale/total (w_row softmax_rows(s) + w_col softmax_cols(s) - (w_row + w_col) I)", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "g", Access: engine.Out}, {Name: "dscale_part", Access: engine.Out},
		{Name: "q", Access: engine.In}, {Name: "k", Access: engine.In}, {Name: "scale", Access: engine.In},
		{Name: "dloss", Access: engine.In}, {Name: "lse_row", Access: engine.In}, {Name: "lse_col", Access: engine.In},
	},
	Variants: slices.Concat(gradShared("shared", 8), gradShared("shared_64", 4), []engine.Variant[InfoNCEGradParams]{
		gradTexel("texel", false), gradTexel("texel_tail", true),
		{
			Name: "plain", File: "infonce_grad.comp.glsl", Groups: gradTiles,
			Loops: func(p InfoNCEGradParams) int {
				return ceil(int(p.RowBlock)*int(p.ColBlock), 64)*(int(p.D)+1) + 64
			},
		},
	}),
	Size: func(p InfoNCEGradParams) []int {
		checkMatrix("infonce_grad", p.Rows, p.Cols, p.LdG)
		checkMatrix("infonce_grad", p.Rows, p.D, p.LdQ)
		checkMatrix("infonce_grad", p.Cols, p.D, p.LdK)
		engine.Check("infonce_grad", p.D > 0 && p.Total > 0 && p.RowBlock > 0 && p.ColBlock > 0, "width %d, %d pairs, blocks of %d x %d", p.D, p.Total, p.RowBlock, p.ColBlock)
		size := []int{span(p.Rows, p.Cols, p.LdG), gradTiles(p), span(p.Rows, p.D, p.LdQ), span(p.Cols, p.D, p.LdK), 1, 1, 0, 0}
		if p.WRow != 0 {
			size[6] = int(p.Rows)
		}
		if p.WCol != 0 {
			size[7] = int(p.Cols)
		}
		return size
	},
	Cost: func(p InfoNCEGradParams) engine.Cost {
		n, m, d := float64(p.Rows), float64(p.Cols), float64(p.D)
		return engine.Cost{Flops: 2 * n * m * d, Bytes: 4 * (d*(n+m) + n*m)}
	},
	Ref: func(p InfoNCEGradParams, b [][]float64) {
		dots := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[2], b[3])
		clear(b[1])
		eachRow(p.Rows, p.Cols, func(i, j int) {
			dot := dots[i*int(p.Cols)+j]
			row, col, eye := gradTerms(p, b, dot, i, j)
			x := b[5][0] / float64(p.Total) * (row + col - eye)
			b[0][i*int(p.LdG)+j] = b[4][0] * x
			b[1][gradTile(p, i, j)] += dot * x
		})
	},
	Host: infonceGradHost,
	// A softmax term e^(s - lse) errs by the error of s, gamma_{D+1} |scale| sum |q||k|, and
	// of the subtraction, through the exponent, and by exp itself; six roundings follow. In
	// dscale_part each term errs by that, and by the error of q.k; then they are summed.
	Bound: func(p InfoNCEGradParams, e engine.MathErrors, b [][]float64) [][]float64 {
		g, part := make([]float64, len(b[0])), make([]float64, len(b[1]))
		dots := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[2], b[3])
		delta := pairDotErrors(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[2], b[3], 1, e.Tiny)
		scale, f := math.Abs(b[4][0]), math.Abs(b[5][0])/float64(p.Total)
		sum := engine.Gamma(int(p.RowBlock)*int(p.ColBlock) + 6)
		eachRow(p.Rows, p.Cols, func(i, j int) {
			at := i*int(p.Cols) + j
			dot, abs := dots[at], math.Abs(dots[at])
			row, col, eye := gradTerms(p, b, dot, i, j)
			grow := func(term float64, w float32, lse []float64, n int) float64 {
				if w == 0 {
					return 0
				}
				return term*math.Expm1(scale*delta[at]+engine.U*math.Abs(scale*abs)+2*engine.U*math.Abs(b[4][0]*dot-lse[n])+(e.Exp+1)*engine.U) + expTiny + 2*e.Tiny
			}
			err := grow(row, p.WRow, b[6], i) + grow(col, p.WCol, b[7], j)
			all := row + col + eye
			g[i*int(p.LdG)+j] = f*scale*(err+(engine.Gamma(6)+e.Div*engine.U)*all) + (1+scale)*e.Tiny
			part[gradTile(p, i, j)] += f*(err*abs+all*delta[at]+(sum+e.Div*engine.U)*all*abs) + (1+abs)*e.Tiny
		})
		return [][]float64{g, part, nil, nil, nil, nil, nil, nil}
	},
	Inputs: infonceGradInputs,
	Cases: []InfoNCEGradParams{
		{0, 3, 4, 4, 4, 4, 0, 5, 8, 16, 0.5, 0.5}, {1, 1, 1, 1, 1, 1, 0, 1, 8, 16, 0.5, 0.5}, {1, 1, 4, 1, 4, 4, 0, 1, 64, 64, 1, 0},
		{9, 17, 4, 17, 4, 8, 0, 17, 8, 16, 0.5, 0.5}, {8, 16, 6, 20, 8, 8, -2, 90, 8, 16, 1, 0}, {33, 300, 33, 300, 36, 40, 5, 400, 8, 16, 0.5, 0.5},
		{65, 129, 20, 132, 20, 21, 3, 140, 64, 64, 0, 1}, {70, 60, 9, 64, 9, 9, 0, 70, 64, 64, 0.5, 0.5},
		{150, 260, 17, 260, 17, 19, -7, 260, 128, 128, 0.5, 0.5}, {40, 50, 12, 51, 12, 12, 0, 50, 8, 16, 0.5, 0.5},
		{70, 132, 36, 132, 36, 40, 3, 140, 64, 64, 0.5, 0.5}, {140, 260, 20, 264, 20, 24, -7, 260, 128, 128, 0.5, 0.5},
	},
	Bench:  []InfoNCEGradParams{{2048, 2048, 64, 2048, 64, 64, 0, 65536, 8, 16, 0.5, 0.5}, {2048, 2048, 512, 2048, 512, 512, 0, 65536, 8, 16, 0.5, 0.5}},
	Bucket: InfoNCEGradParams.bucket, Tune: infonceGradTune,
}

// gradTiles is the number of blocks that share a number of dscale_part.
func gradTiles(p InfoNCEGradParams) int {
	return ceil(int(p.Rows), int(p.RowBlock)) * ceil(int(p.Cols), int(p.ColBlock))
}

func gradTile(p InfoNCEGradParams, i, j int) int {
	return i/int(p.RowBlock)*ceil(int(p.Cols), int(p.ColBlock)) + j/int(p.ColBlock)
}

// gradTerms gives the three terms of pair (i, j): weighed softmaxes and the identity.
func gradTerms(p InfoNCEGradParams, b [][]float64, dot float64, i, j int) (row, col, eye float64) {
	s := b[4][0] * dot
	if p.WRow != 0 {
		row = float64(p.WRow) * math.Exp(s-b[6][i])
	}
	if p.WCol != 0 {
		col = float64(p.WCol) * math.Exp(s-b[7][j])
	}
	if j == int(p.First)+i {
		eye = float64(p.WRow) + float64(p.WCol)
	}
	return row, col, eye
}

func gradShared(name string, tm int) []engine.Variant[InfoNCEGradParams] {
	tile := int32(16 * tm)
	return sharedTile(engine.Variant[InfoNCEGradParams]{
		Name: name, File: "infonce_grad_shared.comp.glsl",
		Groups: gradTiles,
		Loops:  func(p InfoNCEGradParams) int { return sharedTileLoops(int(p.D), tm) + 3*tm*tm + 16 },
		Fits:   func(p InfoNCEGradParams, _ *engine.Caps) bool { return p.RowBlock == tile && p.ColBlock == tile },
		Prefer: engine.Hardware[InfoNCEGradParams],
	}, tm, []string{"g", "q", "k"}, func(p InfoNCEGradParams) bool {
		return rowsOfFour(p.D, p.LdQ) && rowsOfFour(p.D, p.LdK) && rowsOfFour(p.Cols, p.LdG)
	})
}

func gradTexel(name string, tail bool) engine.Variant[InfoNCEGradParams] {
	v := engine.Variant[InfoNCEGradParams]{
		Name: name, File: "infonce_grad_texel.comp.glsl", Texel: []string{"q", "k"},
		Groups: func(p InfoNCEGradParams) int {
			return ceil(int(p.Rows), texelRows) * ceil(int(p.Cols), texelCols*texelLanes)
		},
		Loops: func(p InfoNCEGradParams) int { return ceil(int(p.D), 4) + 400 },
		Fits: func(p InfoNCEGradParams, _ *engine.Caps) bool {
			return p.RowBlock == texelRows && p.ColBlock == texelCols && p.LdQ%4 == 0 && p.LdK%4 == 0 && (tail || p.D%4 == 0)
		},
		Prefer: engine.Software[InfoNCEGradParams],
	}
	if tail {
		v.Defines = []string{"TAIL=1"}
	}
	return v
}

// infonceGradInputs: unit rows, a scale from 1 to 1000, and the logsumexps of the block.
func infonceGradInputs(p InfoNCEGradParams, r *rand.Rand, b [][]float64) {
	unitRows(r, b[2], p.Rows, p.D, p.LdQ)
	unitRows(r, b[3], p.Cols, p.D, p.LdK)
	b[4][0] = []float64{1, 14.3, 100, 1000}[r.IntN(4)]
	b[5][0] = 1 + r.Float64()
	s := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[2], b[3])
	row, col := make([]float64, p.Rows), make([]float64, p.Cols)
	for i := range s { // at least one logit of each row and column is near its logsumexp
		x := b[4][0] * s[i]
		i, j := i/int(p.Cols), i%int(p.Cols)
		if j == 0 || x > row[i] {
			row[i] = x
		}
		if i == 0 || x > col[j] {
			col[j] = x
		}
	}
	for i := range b[6] {
		b[6][i] = row[i] + r.Float64()
	}
	for j := range b[7] {
		b[7][j] = col[j] + r.Float64()
	}
}
