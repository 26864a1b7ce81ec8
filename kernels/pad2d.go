package kernels

import "mindgap/engine"

// Pad2dParams describes images with a border of zeros, and with channels of zeros: x holds N
// images of H x W pixels of C channels, y of (H + 2 Border) x (W + 2 Border) pixels of Width.
// Ld is the distance of pixels.
type Pad2dParams struct{ N, H, W, C, Border, Width, LdY, LdX int32 }

// pixels is the number of pixels of y.
func (p Pad2dParams) pixels() int32 { return p.N * (p.H + 2*p.Border) * (p.W + 2*p.Border) }

// from gives where pixel i of y lies in x, in elements; -1 in the border.
func (p Pad2dParams) from(i int) int {
	lines, columns := int(p.H+2*p.Border), int(p.W+2*p.Border)
	n, y, x := i/(lines*columns), i/columns%lines-int(p.Border), i%columns-int(p.Border)
	if y < 0 || y >= int(p.H) || x < 0 || x >= int(p.W) {
		return -1
	}
	return ((n*int(p.H)+y)*int(p.W) + x) * int(p.LdX)
}

// pad2dVariants: for GPUs neighbours for neighbours, for processors pixel by pixel.
func pad2dVariants() []engine.Variant[Pad2dParams] {
	const file = "pad2d.comp.glsl"
	plain := pixelVariants(file, []string{"y", "x"},
		func(p Pad2dParams) (rows, cols int32, fours bool) {
			return p.pixels(), p.Width, p.C%4 == 0 && p.LdX%4 == 0 && p.LdY%4 == 0
		},
		func(Pad2dParams) int { return 1 })
	var list []engine.Variant[Pad2dParams]
	for _, v := range plain {
		v.Name, v.Defines, v.Prefer = "pixel_"+v.Name, append([]string{"PIXEL=1"}, v.Defines...), engine.Software[Pad2dParams]
		v.Groups = func(p Pad2dParams) int { return ceil(int(p.pixels()), 64) }
		v.Loops = func(p Pad2dParams) int { return int(p.Width) }
		list = append(list, v)
	}
	return append(list, plain...)
}

var pad2d = &engine.Kernel[Pad2dParams]{
	Name: "pad2d", Doc: "y = x with a border of zeros about every image, and with channels of zeros", Source: shaders, Special: true,
	Bufs:     []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: pad2dVariants(),
	Size: func(p Pad2dParams) []int {
		engine.Check("pad2d", min(p.N, p.H, p.W, p.Border) >= 0 && p.Width >= p.C, "%d images of %d x %d x %d, border %d, to %d channels", p.N, p.H, p.W, p.C, p.Border, p.Width)
		checkMatrix("pad2d", p.N*p.H*p.W, p.C, p.LdX)
		checkMatrix("pad2d", p.pixels(), p.Width, p.LdY)
		return []int{span(p.pixels(), p.Width, p.LdY), span(p.N*p.H*p.W, p.C, p.LdX)}
	},
	Cost: func(p Pad2dParams) engine.Cost {
		return engine.Cost{Bytes: 4 * (float64(p.pixels())*float64(p.Width) + float64(p.N*p.H*p.W)*float64(p.C))}
	},
	Split: func(p Pad2dParams) engine.Split[Pad2dParams] {
		one := p
		one.N = 1
		return engine.Split[Pad2dParams]{
			Rows: int(p.N), Step: []int{int(one.pixels() * p.LdY), int(p.H * p.W * p.LdX)},
			Part: func(lo, hi int) Pad2dParams { p.N = int32(hi - lo); return p },
		}
	},
	Ref: func(p Pad2dParams, b [][]float64) {
		eachRow(p.pixels(), p.Width, func(row, c int) {
			v := 0.0
			if at := p.from(row); at >= 0 && c < int(p.C) {
				v = b[1][at+c]
			}
			b[0][row*int(p.LdY)+c] = v
		})
	},
	Host: func(h *engine.Host, p Pad2dParams, v []engine.View) {
		h.Parallel(int(p.pixels()), rowGrain(p.Width, elementGrain), func(lo, hi int) {
			for i := lo; i < hi && p.Width > 0; i++ {
				y := v[0].F[i*int(p.LdY):][:p.Width]
				if at := p.from(i); at >= 0 && p.C > 0 {
					copy(y, v[1].F[at:][:p.C])
					y = y[p.C:]
				}
				clear(y)
			}
		})
	},
	Cases: []Pad2dParams{
		{0, 3, 3, 4, 1, 4, 4, 4}, {1, 0, 2, 1, 1, 1, 1, 1}, {2, 3, 2, 0, 1, 3, 3, 1}, {1, 1, 1, 1, 0, 1, 1, 1}, {2, 3, 4, 3, 2, 4, 4, 3},
		{2, 5, 3, 3, 1, 5, 7, 6}, {3, 4, 5, 8, 1, 12, 16, 12}, {1, 30, 31, 4, 3, 4, 4, 4},
	},
	Bench: []Pad2dParams{{8, 56, 56, 64, 1, 64, 64, 64}},
}

// padded2d is x, N x H x W x C, with a border and with width channels, in the scope.
func padded2d(s *engine.Scope, x *engine.Tensor, border, width int32) *engine.Tensor {
	p := Pad2dParams{
		N: int32(x.Dim(0)), H: int32(x.Dim(1)), W: int32(x.Dim(2)), C: int32(x.Dim(3)), Border: border, Width: width,
		LdY: width, LdX: int32(x.LD()),
	}
	y := s.Floats(x.Dim(0), x.Dim(1)+2*int(border), x.Dim(2)+2*int(border), int(width))
	pad2d.Run(p, y, x)
	return y
}
