package kernels

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// colStrip is how many neighbouring columns one core reduces at a time.
const colStrip = 128

// infoncePartialHost computes the strip in blocks of RowBlock rows x about pairBlock columns
// by BLAS, and reduces each block along both axes on all cores.
func infoncePartialHost(h *engine.Host, p InfoNCEPartialParams, v []engine.View) {
	rows, cols, d := int(p.Rows), int(p.Cols), int(p.D)
	ldQ, ldK, scale := int(p.LdQ), int(p.LdK), v[7].F[0]
	width := min(max(pairBlock/int(p.ColBlock), 1)*int(p.ColBlock), cols)
	height := min(int(p.RowBlock), rows)
	buf := make([]float32, width*height)
	for r0 := 0; r0 < rows && !h.Stopped(); r0 += height {
		nr := min(height, rows-r0)
		for c0 := 0; c0 < cols; c0 += width {
			nc := min(width, cols-c0)
			s := buf[:nr*nc]
			hostDots(h, nr, nc, d, ldQ, ldK, v[5].F[r0*ldQ:], v[6].F[c0*ldK:], s)
			h.Parallel(nr, rowGrain(int32(nc), 1<<14), func(lo, hi int) {
				tmp := make([]float32, nc)
				for i := lo; i < hi; i++ {
					row := s[i*nc:][:nc]
					for j := range row {
						row[j] *= scale
					}
					if j := int(p.First) + r0 + i - c0; j >= 0 && j < nc {
						v[4].F[r0+i] = row[j]
					}
					if p.Sides&sideRows == 0 {
						continue
					}
					for at := 0; at < nc; at += int(p.ColBlock) {
						o := (c0+at)/int(p.ColBlock)*rows + r0 + i
						v[0].F[o], v[1].F[o] = maxSum(row[at:min(at+int(p.ColBlock), nc)], tmp)
					}
				}
			})
			if p.Sides&sideCols == 0 {
				continue
			}
			h.Parallel(nc, colStrip, func(lo, hi int) {
				o := r0/height*cols + c0
				maxSumCols(v[2].F[o+lo:o+hi], v[3].F[o+lo:o+hi], s, nr, nc, lo, hi)
			})
		}
	}
}

// maxSum is (m, sum exp(x - m)) with m = max x. tmp has room for len(x) numbers.
func maxSum(x, tmp []float32) (m, sum float32) {
	m = float32(math.Inf(-1))
	for _, v := range x {
		if v > m {
			m = v
		}
	}
	tmp = tmp[:len(x)]
	copy(tmp, x)
	return m, vector.ExpSum(tmp, finiteBase32(m))
}

// maxSumCols is maxSum of columns lo..hi of a matrix of rows x ld, read row by row.
func maxSumCols(m, sum, s []float32, rows, ld, lo, hi int) {
	var base, tmp [colStrip]float32
	for j := range m {
		m[j], sum[j] = float32(math.Inf(-1)), 0
	}
	for i := range rows {
		for j, v := range s[i*ld+lo : i*ld+hi] {
			if v > m[j] {
				m[j] = v
			}
		}
	}
	for j, v := range m {
		base[j] = finiteBase32(v)
	}
	for i := range rows {
		row := s[i*ld+lo : i*ld+hi]
		for j, v := range row {
			tmp[j] = v - base[j]
		}
		expAll(tmp[:len(row)])
		for j := range row {
			sum[j] += tmp[j]
		}
	}
}

func finiteBase32(m float32) float32 {
	if m < -math.MaxFloat32 {
		return 0
	}
	return m
}
