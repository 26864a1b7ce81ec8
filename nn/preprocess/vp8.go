package preprocess

import "image"

// fromVP8 makes RGB of what lossy WebP holds, luma and chroma of half the size, as libwebp does:
// chroma goes up with weights 9, 3, 3, 1 (rounded in two steps), and colours are those of
// ITU-R BT.601 with luma in 16..235, in fixed point.
func fromVP8(m *image.YCbCr) *Image {
	b := m.Bounds()
	out := NewImage(b.Dx(), b.Dy())
	last := (out.Height - 1) / 2
	for y := range out.Height {
		// Odd rows lie below their chroma row's middle, even ones above it.
		near := y / 2
		far := min(max(near-1+2*(y&1), 0), last)
		upsampleVP8(out.Pix[3*y*out.Width:][:3*out.Width], m.Y[y*m.YStride:],
			[2][]uint8{m.Cb[near*m.CStride:], m.Cr[near*m.CStride:]}, [2][]uint8{m.Cb[far*m.CStride:], m.Cr[far*m.CStride:]})
	}
	return out
}

// upsampleVP8 makes a row of pixels from its luma and the nearer and the farther row of chroma.
func upsampleVP8(out, luma []uint8, near, far [2][]uint8) {
	width := len(out) / 3
	last := (width - 1) / 2
	var chroma [2]int32
	for x := range width {
		i := x / 2
		j := i - 1 + 2*(x&1)
		edge := j < 0 || j > last
		for c := range chroma {
			n, f := int32(near[c][i]), int32(far[c][i])
			if edge {
				chroma[c] = (3*n + f + 2) >> 2
				continue
			}
			n2, f2 := int32(near[c][j]), int32(far[c][j])
			across := (n + f + n2 + f2 + 8 + 2*(f+n2)) >> 3 // 1, 3, 3, 1 of 8
			chroma[c] = (across + n) >> 1
		}
		yuv((*[3]uint8)(out[3*x:]), int32(luma[x]), chroma[0], chroma[1])
	}
}

// yuv is R = 1.164 (Y - 16) + 1.596 (V - 128), G = 1.164 (Y - 16) - 0.391 (U - 128) - 0.813 (V - 128),
// B = 1.164 (Y - 16) + 2.018 (U - 128), with libwebp's factors of 14 bits.
func yuv(p *[3]uint8, y, u, v int32) {
	y = y * 19077 >> 8
	limit := func(v int32) uint8 { return uint8(min(max(v>>6, 0), 255)) }
	p[0] = limit(y + v*26149>>8 - 14234)
	p[1] = limit(y - u*6419>>8 - v*13320>>8 + 8708)
	p[2] = limit(y + u*33050>>8 - 17685)
}
