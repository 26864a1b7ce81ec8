package kernels

// packedArgs describes a tile of a product, rows x cols of a packedTile, that stays in registers:
//
//	c[r][j] = init[r][j] + alpha sum over i < k of a[i][r] b[i][j]
//
// a and b lie packed: k times rows numbers, k times cols numbers, one after the other. Distances
// between rows are in bytes. k is at least 1. Of what lies from ahead on one line, aheadStep bytes
// after the one before, is fetched towards the core for every four terms; it is not looked at and
// need not be there.
type packedArgs struct {
	c, init, a, b, ahead *float32
	ldC, ldInit          int
	aheadStep            int
	k                    int
	alpha                float32
}

// packedTile computes tiles of packed operands. All add up a sum in the same order, with one
// rounding for each term: the bits do not depend on which is used.
type packedTile struct {
	name       string
	rows, cols int
	run        func(*packedArgs)
}

// maxPacked is how many elements a tile has at most.
const maxPacked = 12 * 32

// hostPacked is what this process multiplies matrices with, nil where the processor has no vectors of
// fused multiply-adds that are known here: then the BLAS does it. Tests try the others.
var hostPacked = bestPacked()

func bestPacked() *packedTile {
	if list := packedTiles(); len(list) > 0 {
		return &list[0]
	}
	return nil
}

// lines is a matrix, rows ld apart, whose lines are packed side by side: its rows, or its columns
// where across is set.
type lines struct {
	x      []float32
	ld     int
	across bool
}

// fetchAhead is how many rows before its turn a row is fetched.
const fetchAhead = 8

// pack writes terms z0 .. z1 of lines l0 .. l1 to pieces of so many lines, the first of which begins
// at l0: in each piece term after term, depth terms from one piece to the next. Of a piece that is
// not full the rest is 0.
func (m lines) pack(to []float32, piece, depth, l0, l1, z0, z1 int) {
	if m.across {
		for z := z0; z < z1; z++ {
			row, at := m.x[z*m.ld+l0:][:l1-l0], (z-z0)*piece
			if z+fetchAhead < z1 { // a processor fetches along a row by itself, but not from row to row
				fetch(&m.x[(z+fetchAhead)*m.ld+l0], ceil(l1-l0, 16))
			}
			if piece == 12 { // no call for each
				for ; len(row) >= 12; row, at = row[12:], at+depth*12 {
					*(*[12]float32)(to[at:]) = *(*[12]float32)(row)
				}
			}
			for ; len(row) >= piece; row, at = row[piece:], at+depth*piece {
				copy(to[at:][:piece], row)
			}
			if len(row) > 0 {
				copy(to[at:], row)
				clear(to[at+len(row):][:piece-len(row)])
			}
		}
		return
	}
	deep := z1 - z0
	for l := l0; l < l1; l += piece {
		part, width := to[(l-l0)*depth:][:deep*piece], min(piece, l1-l)
		if width < piece {
			clear(part)
		}
		c := 0
		for ; c+4 <= width; c += 4 {
			turn4(part[c:], piece, m.x[(l+c)*m.ld+z0:], m.ld, deep)
		}
		for ; c < width; c++ {
			for z, v := range m.x[(l+c)*m.ld+z0:][:deep] {
				part[z*piece+c] = v
			}
		}
	}
}

// turn4 writes four rows of n elements, ld apart, as columns of to, whose rows are cols apart.
func turn4(to []float32, cols int, from []float32, ld, n int) {
	done := 0
	if hasTurn4 && n >= 4 {
		done = n &^ 3
		_, _ = to[(done-1)*cols+3], from[3*ld+done-1]
		turn4x4(&to[0], 4*cols, &from[0], 4*ld, done)
	}
	a, b, c, d := from[:n], from[ld:][:n], from[2*ld:][:n], from[3*ld:][:n]
	for j := done; j < n; j++ {
		four := to[j*cols:][:4]
		four[0], four[1], four[2], four[3] = a[j], b[j], c[j], d[j]
	}
}
