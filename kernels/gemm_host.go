package kernels

import (
	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// gemm is C = alpha op(A) op(B) + beta C on the host, C being m x n, in tiles of packed operands, as
// Goto and van de Geijn lay them out ("Anatomy of High-Performance Matrix Multiplication", 2008). B is
// packed once for all cores, in panels as wide as a tile; each core packs the rows of A that it
// takes, a part of the terms at a time. A panel's part then stays in the first-level cache, A's in the
// second. Where A has few rows it is A that is packed for all, and each core packs its panels of B.
// Every sum is added up in parts of gemmDepth terms, first to last: bits depend neither on the
// cores nor on how C is cut.
type gemm struct {
	m, n, k       int
	tA, tB        bool
	a, b, c       []float32
	lda, ldb, ldc int
	alpha, beta   float32
	done          func(y0, y1, x0, x1 int) // called for blocks of C that are finished; nil: nothing to do
}

// Sizes of what is done at a time. A panel's part is gemmDepth terms of it: 32 KiB where a tile is 32
// wide. What is packed for all cores is at most slabSize numbers, slabDepth terms deep.
const (
	gemmDepth = 256
	slabSize  = 1 << 22
	slabDepth = 32 * gemmDepth
	gemmTiles = 32      // of rows that a core takes, at most: half of a second-level cache of 1 MiB
	gemmWork  = 1 << 20 // multiply-adds that are worth another core
)

// usePacked says whether a product is made here rather than by the BLAS: from packedRows x packedCols on
// (less takes as long as reading an operand), and from least multiply-adds on, since OpenBLAS has less
// to do around a short one; gonum has more.
func usePacked(h *engine.Host, m, n, k, least int) bool {
	if hostPacked == nil || h.ByName || m < packedRows || n < packedCols {
		return false
	}
	if h.BLAS.Name() == "gonum" {
		least = min(least, 1<<10)
	}
	return m*n*k >= least
}

const (
	packedRows, packedCols = 4, 8
	packedWork             = 1 << 15
)

// sgemm is the BLAS's Sgemm, made here from least multiply-adds on; within a loop on its caller's core.
func sgemm(h *engine.Host, least int, tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if !usePacked(h, m, n, k, least) {
		h.BLAS.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	g := gemm{
		m: m, n: n, k: k, tA: tA == blas.Trans, tB: tB == blas.Trans, alpha: alpha, beta: beta,
		a: a, lda: lda, b: b, ldb: ldb, c: c, ldc: ldc,
	}
	g.run(h, hostPacked)
}

// run multiplies; k is at least 1.
func (g *gemm) run(h *engine.Host, t *packedTile) {
	deep, tiles := min(g.k, slabDepth), ceil(g.m, t.rows)
	few := tiles <= gemmTiles && g.m < g.n
	wide, size := g.n, tiles*t.rows*deep
	if !few {
		wide = min(ceil(g.n, t.cols), max(1, slabSize/(deep*t.cols))) * t.cols
		size = wide * deep
	}
	lent := borrow(size)
	defer giveBack(lent)
	for x := 0; x < g.n; x += wide {
		for z := 0; z < g.k; z += deep {
			s := slab{gemm: g, t: t, few: few, x0: x, x1: min(x+wide, g.n), z0: z, depth: min(deep, g.k-z), packed: *lent}
			s.pack(h)
			s.multiply(h)
		}
	}
}

// slab is columns x0 .. x1 of C and depth terms of their sums, from z0 on.
type slab struct {
	*gemm
	t         *packedTile
	few       bool // rows: packed is A, row of tiles after row of tiles; else B, panel after panel
	x0, x1    int
	z0, depth int
	packed    []float32
}

func (s *slab) panels() int { return ceil(s.x1-s.x0, s.t.cols) }

// linesA and linesB are the operands as they are packed.
func (s *slab) linesA() lines { return lines{s.a, s.lda, s.tA} }
func (s *slab) linesB() lines { return lines{s.b, s.ldb, !s.tB} }

// pack packs for all cores, some pieces and some terms at a time: runs of rows that are long enough to
// read, few enough to share out.
func (s *slab) pack(h *engine.Host) {
	from, piece, l0, l1 := s.linesB(), s.t.cols, s.x0, s.x1
	if s.few {
		from, piece, l0, l1 = s.linesA(), s.t.rows, 0, s.m
	}
	const group, part = 256, 128
	pieces, parts := max(1, group/piece), ceil(s.depth, part)
	h.Parallel(ceil(l1-l0, pieces*piece)*parts, max(1, elementGrain/(part*group)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p, z := i/parts*pieces, i%parts*part
			l := l0 + p*piece
			from.pack(s.packed[(p*s.depth+z)*piece:], piece, s.depth, l, min(l+pieces*piece, l1), s.z0+z, s.z0+min(z+part, s.depth))
		}
	})
}

// multiply deals out blocks of C: rows, so that each row of A is packed once, or else columns.
func (s *slab) multiply(h *engine.Host) {
	tiles, panels := ceil(s.m, s.t.rows), s.panels()
	high, share := tiles, panels
	if s.few {
		worth := ceil(gemmWork, s.m*s.t.cols*s.depth)
		share = max(ceil(panels, 8*h.Workers), worth)
	} else {
		worth := ceil(gemmWork, s.t.rows*(s.x1-s.x0)*s.depth)
		high = max(ceil(tiles, 8*h.Workers), 4)
		if tiles >= 80*h.Workers { // panels pass by less often
			high = max(high, 16)
		}
		high = max(min(high, gemmTiles), worth)
	}
	across, local := ceil(panels, share), max(high*s.t.rows, s.t.cols)*min(gemmDepth, s.depth)+maxPacked
	h.Parallel(ceil(tiles, high)*across, 1, func(lo, hi int) {
		lent := borrow(local)
		defer giveBack(lent)
		for i := lo; i < hi && !h.Stopped(); i++ {
			y, p := i/across*high*s.t.rows, i%across*share
			s.block(y, min(y+high*s.t.rows, s.m), p, min(p+share, panels), *lent)
		}
	})
}

// zeros is a row of a tile that starts from nothing.
var zeros [32]float32

// block computes rows y0 .. y1 of panels p0 .. p1. local has room for what a core packs for itself, and for a
// tile.
func (s *slab) block(y0, y1, p0, p1 int, local []float32) {
	x0, x1 := s.x0+p0*s.t.cols, min(s.x0+p1*s.t.cols, s.x1)
	if s.z0 == 0 && s.beta != 0 && s.beta != 1 {
		for y := y0; y < y1; y++ {
			vector.Scale(s.c[y*s.ldc+x0:y*s.ldc+x1], s.beta)
		}
	}
	args := packedArgs{alpha: s.alpha}
	for z := 0; z < s.depth; z += gemmDepth {
		args.k = min(gemmDepth, s.depth-z)
		s.part(&args, y0, y1, p0, p1, z, local)
	}
	if s.done != nil && s.z0+s.depth == s.k {
		s.done(y0, y1, x0, x1)
	}
}

// part adds the args.k terms from z on.
func (s *slab) part(args *packedArgs, y0, y1, p0, p1, z int, local []float32) {
	rows, cols, k, z0 := s.t.rows, s.t.cols, args.k, s.z0+z
	tiles := ceil(y1-y0, rows)
	a, apart := local, k*rows // from a tile's rows to the next one's
	if s.few {
		a, apart = s.packed[z*rows:], s.depth*rows
	} else {
		s.linesA().pack(local, rows, k, y0, y1, z0, z0+k)
	}
	fresh := z0 == 0 && s.beta == 0
	edge := local[len(local)-maxPacked:]
	for p := p0; p < p1; p++ {
		x := s.x0 + p*cols
		width := min(cols, s.x1-x)
		var next []float32
		if s.few {
			s.linesB().pack(local, cols, k, x, x+width, z0, z0+k)
			args.b, args.ahead, args.aheadStep = &local[0], &local[0], 0
		} else {
			// While a panel's part is used the next one's comes nearer, an equal share with every tile.
			args.b, next = &s.packed[(p*s.depth+z)*cols], s.packed[((p+1)*s.depth+z)*cols%len(s.packed):]
			args.aheadStep = 16 * cols / tiles
		}
		for i := range tiles {
			y := y0 + i*rows
			height := min(rows, y1-y)
			c := s.c[y*s.ldc+x:]
			args.a = &a[i*apart]
			if next != nil {
				args.ahead = &next[min(i*k*cols/tiles, len(next)-1)]
			}
			if height == rows && width == cols {
				args.c, args.init, args.ldC, args.ldInit = &c[0], &c[0], 4*s.ldc, 4*s.ldc
				if fresh {
					args.init, args.ldInit = &zeros[0], 0
				}
				s.t.run(args)
				continue
			}
			// A tile at an edge is computed whole, beside, and stored in part.
			for r := range height {
				if fresh {
					clear(edge[r*cols:][:width])
				} else {
					copy(edge[r*cols:][:width], c[r*s.ldc:])
				}
			}
			args.c, args.init, args.ldC, args.ldInit = &edge[0], &edge[0], 4*cols, 4*cols
			s.t.run(args)
			for r := range height {
				copy(c[r*s.ldc:][:width], edge[r*cols:])
			}
		}
	}
}
