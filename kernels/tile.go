package kernels

// tileArgs describes a tile of sums, rows x cols of a vectorTile, that stays in registers:
//
//	c[r][j] = max(floor, init[r][j] + sum over l < lines, i < k of a[r][l][i] b[l][i][j])
//
// Row r of a begins off[r] bytes after a (off points to maxRows numbers). Distances are in bytes: ldC and ldInit between rows,
// aStep and bStep from one i to the next, aLine from one l to the next, bLine from the end of
// one l to the beginning of the next. lines and k are at least 1, at is 0; lines and at are
// used up. Nothing need be aligned.
type tileArgs struct {
	c, init, a, b *float32
	ldC, ldInit   int
	off           *int
	aStep, bStep  int
	aLine, bLine  int
	k, lines, at  int
	floor         float32
}

// vectorTile computes tiles; run is nil on a processor without vectors of fused multiply-adds.
type vectorTile struct {
	rows, cols int
	run        func(*tileArgs)
}

// What a tile has at most.
const (
	maxRows = 8
	maxTile = maxRows * 32 // elements
)

// hostTile is what this process computes tiles with; tests try the others.
var hostTile = bestTile()

func bestTile() vectorTile {
	if list := vectorTiles(); len(list) > 0 {
		return list[0]
	}
	return vectorTile{}
}
