package kernels

import (
	"unsafe"

	"mindgap/engine"
)

// tiles computes bands of lines of out. For each band its part of the input is copied with
// zeros where taps fall outside the image (or read where it lies, where none do): then the taps
// of a line are one run of memory, and a tile of vector registers walks through kh of those.
// No patch is ever copied.
func (g *gather) tiles(h *engine.Host, t vectorTile) {
	count, depth := ceil(g.o, t.cols), g.depth()
	whole := borrow(count * t.cols * depth)
	defer giveBack(whole)
	panels := *whole
	g.panels(h, panels, t.cols)
	vector := make([]float32, count*t.cols)
	copy(vector, g.vector)
	lines := g.n * g.oh
	height := max(max(min(g.pixels()/(4*h.Workers), 512), 64)/g.ow, 1)
	bands := ceil(lines, height)
	share := count // of the panels, for one core and band
	if bands < 2*h.Workers {
		share = ceil(count, ceil(2*h.Workers, bands))
	}
	shares := ceil(count, share)
	h.Parallel(bands*shares, 1, func(lo, hi int) {
		buffer := borrow(g.bandSize(height))
		defer giveBack(buffer)
		for i := lo; i < hi; i++ {
			from, to := i/shares*height, min((i/shares+1)*height, lines)
			b := g.band(from, to, t.rows, *buffer)
			first := i % shares * share
			for p := first; p < min(first+share, count); p++ {
				g.panel(t, b, p*t.cols, panels[p*t.cols*depth:], vector[p*t.cols:])
			}
		}
	})
}

// panels cuts the filters into panels of cols of them: [panel][depth][cols], 0 beyond the last.
func (g *gather) panels(h *engine.Host, panels []float32, cols int) {
	depth := g.depth()
	const part = 128 // of the depth
	parts := ceil(depth, part)
	h.Parallel(ceil(g.o, cols)*parts, max(1, elementGrain/(part*cols)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			o, k := i/parts*cols, i%parts*part
			width, deep := min(cols, g.o-o), min(part, depth-k)
			to := panels[(i/parts*depth+k)*cols:][:deep*cols]
			if width < cols {
				clear(to)
			}
			if g.turned {
				for j := range deep {
					copy(to[j*cols:], g.filters[(k+j)*g.o+o:][:width])
				}
				continue
			}
			from := g.filters[o*depth+k:]
			c := 0
			for ; c+4 <= width; c += 4 {
				turn4(to[c:], cols, from[c*depth:], depth, deep)
			}
			for ; c < width; c++ {
				for j, v := range from[c*depth:][:deep] {
					to[j*cols+c] = v
				}
			}
		}
	})
}

// turn4 writes four rows of n elements, ld apart, as columns of to.
func turn4(to []float32, cols int, from []float32, ld, n int) {
	a, b, c, d := from[:n], from[ld:][:n], from[2*ld:][:n], from[3*ld:][:n]
	for j, v := range a {
		four := to[j*cols:][:4]
		four[0], four[1], four[2], four[3] = v, b[j], c[j], d[j]
	}
}

// band is what a core reads for some lines of out.
type band struct {
	in          []float32
	pitch       int   // elements from a line to the next
	first, last int   // pixels of out
	at          []int // bytes from in to each one's first tap; the last is repeated to fill a tile
}

// inside says whether every tap of every pixel lies in the image, its runs in one piece.
func (g *gather) inside() bool {
	return g.top <= 0 && g.left <= 0 && (g.oh-1)*g.stride-g.top+g.kh <= g.h && (g.ow-1)*g.stride-g.left+g.kw <= g.w &&
		(g.ld == g.c || g.kw == 1)
}

// bandSize is the number of elements that the copies of so many lines need at most.
func (g *gather) bandSize(lines int) int {
	if g.inside() {
		return 0
	}
	images := ceil(lines-1, g.oh) + 1
	return (lines*g.stride + images*g.kh) * g.bandPitch()
}

func (g *gather) bandPitch() int { return ((g.ow-1)*g.stride + g.kw) * g.c }

func (g *gather) band(lo, hi, rows int, buffer []float32) band {
	b := band{in: buffer, first: lo * g.ow, last: hi * g.ow, pitch: g.bandPitch()}
	step := g.stride * g.c
	if g.inside() {
		b.in, b.pitch, step = g.in, g.w*g.ld, g.stride*g.ld
	}
	b.at = make([]int, 0, ceil(b.last-b.first, rows)*rows+maxRows-rows) // tiles look at maxRows
	next := 0                                                           // lines written to the buffer
	for lo < hi {
		image, oy := lo/g.oh, lo%g.oh
		n := min(g.oh-oy, hi-lo)
		at := ((image*g.h+oy*g.stride-g.top)*g.w - g.left) * g.ld
		if !g.inside() {
			at = next * b.pitch
			deep := (n-1)*g.stride + g.kh
			g.copyLines(buffer[at:][:deep*b.pitch], image, oy*g.stride-g.top, deep)
			next += deep
		}
		for y := range n {
			for x := range g.ow {
				b.at = append(b.at, 4*(at+y*g.stride*b.pitch+x*step))
			}
		}
		lo += n
	}
	for len(b.at) < cap(b.at) {
		b.at = append(b.at, b.at[len(b.at)-1])
	}
	return b
}

// copyLines copies lines of an image, the first being iy, with 0 where they leave it.
func (g *gather) copyLines(dst []float32, image, iy, lines int) {
	c, pitch := g.c, g.bandPitch()
	from := min(max(0, g.left), pitch/c)
	to := max(min(g.w+g.left, pitch/c), from)
	for i := range lines {
		line := dst[i*pitch:][:pitch]
		if y := iy + i; y >= 0 && y < g.h && to > from {
			clear(line[:from*c])
			clear(line[to*c:])
			copyPixels(line[from*c:to*c], g.in[((image*g.h+y)*g.w+from-g.left)*g.ld:], c, g.ld)
			continue
		}
		clear(line)
	}
}

// panel computes the tiles of a band for the filters from o on.
func (g *gather) panel(t vectorTile, b band, o int, filters, vector []float32) {
	width := min(t.cols, g.o-o)
	floor, act := g.act.floor()
	init, ldInit := vector, 0
	if g.matrix != nil {
		init, ldInit = g.matrix, g.ldM
		if g.vector != nil {
			g.startPanel(b, o, width)
			init, ldInit = g.out, g.ldOut
		}
	}
	args := tileArgs{
		a: unsafe.SliceData(b.in), aStep: 4, aLine: 4 * b.pitch, bStep: 4 * t.cols, k: g.kw * g.c, floor: floor,
	}
	var edge [maxTile]float32
	for i := b.first; i < b.last; i += t.rows {
		rows := min(t.rows, b.last-i)
		args.off = &b.at[i-b.first]
		args.b, args.lines, args.at = &filters[0], g.kh, 0
		out := g.out[i*g.ldOut+o:]
		from := init
		if ldInit > 0 {
			from = init[i*ldInit+o:]
		}
		if rows == t.rows && width == t.cols {
			args.c, args.ldC, args.init, args.ldInit = &out[0], 4*g.ldOut, &from[0], 4*ldInit
			t.run(&args)
			continue
		}
		// A tile at an edge is computed whole, beside, and stored in part.
		for r := range rows {
			copy(edge[r*t.cols:][:width], from[r*ldInit:])
		}
		args.c, args.ldC, args.init, args.ldInit = &edge[0], 4*t.cols, &edge[0], 4*t.cols
		t.run(&args)
		for r := range rows {
			copy(out[r*g.ldOut:][:width], edge[r*t.cols:])
		}
	}
	if act != NoActivation {
		act.rows(g.out[o:], g.ldOut, width, b.first, b.last)
	}
}

// startPanel is start for the columns of a panel.
func (g *gather) startPanel(b band, o, width int) {
	for r := b.first; r < b.last; r++ {
		sumRow(g.out[r*g.ldOut+o:][:width], g.vector[o:][:width], g.matrix[r*g.ldM+o:][:width], 0)
	}
}
