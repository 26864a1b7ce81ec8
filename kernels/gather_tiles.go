package kernels

import (
	"math"
	"unsafe"

	"mindgap/engine"
)

// tiles computes bands of lines of out, each for some panels of filters. For a band its part of
// the input is copied with zeros where taps fall outside the image (or read where it lies,
// where none do): then the taps of a line are one run of memory, and a tile of vector registers
// walks through kh of those. No patch is ever copied.
func (g *gather) tiles(h *engine.Host, t vectorTile) {
	count, depth := ceil(g.o, t.cols), g.depth()
	whole := borrow(count * t.cols * depth)
	defer giveBack(whole)
	g.panels(h, *whole, t.cols)
	vector := make([]float32, count*t.cols)
	copy(vector, g.vector)
	height, share := g.plan(count, h.Workers)
	lines, shares := g.n*g.oh, ceil(count, share)
	h.Parallel(ceil(lines, height)*shares, 1, func(lo, hi int) {
		buffer := borrow(g.bandSize(height))
		defer giveBack(buffer)
		for i := lo; i < hi; i++ {
			from, first := i/shares*height, i%shares*share
			b := g.band(from, min(from+height, lines), t.rows, *buffer)
			for p := first; p < min(first+share, count); p++ {
				g.panel(t, b, p*t.cols, (*whole)[p*t.cols*depth:][:t.cols*depth], vector[p*t.cols:])
			}
		}
	})
}

// plan gives the lines of a band, and how many of count panels a core computes with it: such that
// there is work for all cores, and of those the one that moves least memory. Every band reads
// all filters, every share of the panels copies all of the input.
func (g *gather) plan(count, workers int) (height, share int) {
	lines, enough := g.n*g.oh, 4*workers
	best := math.Inf(1)
	for pixels := 1024; pixels >= 64; pixels /= 2 {
		high := max(pixels/g.ow, 1)
		bands := ceil(lines, high)
		per := ceil(count, min(ceil(enough, bands), count))
		shares := ceil(count, per)
		moved := float64(bands)*float64(g.o*g.depth()) + float64(shares)*float64(g.n*g.h*g.w*g.c)
		// Cores that find no work cost in proportion.
		if moved *= max(1, float64(enough)/float64(bands*shares)); moved < best {
			best, height, share = moved, high, per
		}
	}
	return height, share
}

// panels cuts the filters into panels of cols of them: [panel][depth][cols], 0 beyond the last.
func (g *gather) panels(h *engine.Host, panels []float32, cols int) {
	const part = 128 // of the depth
	depth := g.depth()
	parts, filters := ceil(depth, part), lines{x: g.filters, ld: depth}
	if g.turned {
		filters.ld, filters.across = g.o, true
	}
	h.Parallel(ceil(g.o, cols)*parts, max(1, elementGrain/(part*cols)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			o, k := i/parts*cols, i%parts*part
			filters.pack(panels[(i/parts*depth+k)*cols:], cols, depth, o, min(o+cols, g.o), k, min(k+part, depth))
		}
	})
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
	// A tile reads maxRows numbers, whatever its rows.
	b.at = make([]int, 0, ceil(b.last-b.first, rows)*rows+maxRows-rows)
	next := 0 // lines written to the buffer
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

// partBytes is how much of a panel is taken at a time: half of a small first-level cache.
const partBytes = 16 << 10

// panel computes the tiles of a band for the filters from o on: part by part along the depth,
// so that a part of the filters stays in the first-level cache while all tiles take it. A part
// is a piece of one run of taps, or several runs.
func (g *gather) panel(t vectorTile, b band, o int, filters, vector []float32) {
	floor, act := g.act.floor()
	j := tileJob{
		vectorTile: t, band: b, out: g.out[o:], ldOut: g.ldOut, width: min(t.cols, g.o-o), start: vector,
		args: tileArgs{a: unsafe.SliceData(b.in), aStep: 4, aLine: 4 * b.pitch, bStep: 4 * t.cols, floor: float32(math.Inf(-1))},
	}
	if g.matrix != nil {
		j.start, j.ldStart = g.matrix[o:], g.ldM
		if g.vector != nil {
			for r := b.first; r < b.last; r++ {
				sumRow(j.out[r*g.ldOut:][:j.width], vector[:j.width], j.start[r*g.ldM:][:j.width], 0)
			}
			j.start, j.ldStart = j.out, j.ldOut
		}
	}
	run := g.kw * g.c
	most := partBytes / (4 * t.cols)
	piece, deep := run, min(max(1, most/run), g.kh)
	if run > most {
		piece = ceil(run, ceil(run, most))
	}
	for line := 0; line < g.kh; line += deep {
		for at := 0; at < run; at += piece {
			lines := min(deep, g.kh-line)
			j.args.k, j.args.b = min(piece, run-at), &filters[(line*run+at)*t.cols]
			if line+lines == g.kh && at+piece >= run {
				j.args.floor = floor
			}
			j.run(lines, 4*(line*b.pitch+at))
			j.start, j.ldStart = j.out, j.ldOut // the next part goes on from there
		}
	}
	if act != NoActivation {
		act.rows(j.out, g.ldOut, j.width, b.first, b.last)
	}
}

// tileJob is a part of the depth for all tiles of a band.
type tileJob struct {
	vectorTile
	band
	out, start     []float32 // from the panel's first column on
	ldOut, ldStart int
	width          int // of the panel
	args           tileArgs
}

func (j *tileJob) run(lines, at int) {
	var edge [maxTile]float32
	a := &j.args
	for i := j.first; i < j.last; i += j.rows {
		rows := min(j.rows, j.last-i)
		out, start := j.out[i*j.ldOut:], j.start[i*j.ldStart:]
		a.off, a.lines, a.at = &j.at[i-j.first], lines, at
		if rows == j.rows && j.width == j.cols {
			a.c, a.ldC, a.init, a.ldInit = &out[0], 4*j.ldOut, &start[0], 4*j.ldStart
			j.vectorTile.run(a)
			continue
		}
		// A tile at an edge is computed whole, beside, and stored in part.
		for r := range rows {
			copy(edge[r*j.cols:][:j.width], start[r*j.ldStart:])
		}
		a.c, a.ldC, a.init, a.ldInit = &edge[0], 4*j.cols, &edge[0], 4*j.cols
		j.vectorTile.run(a)
		for r := range rows {
			copy(out[r*j.ldOut:][:j.width], edge[r*j.cols:])
		}
	}
}
