package vector

import "golang.org/x/sys/cpu"

// fast says whether the assembly runs here; tests turn it off.
var fast = cpu.X86.HasAVX2

// In the functions below n is a multiple of the number in their name, and not 0.

//go:noescape
func expSum8(x *float32, n int, shift float32, sum *[8]float32) int

//go:noescape
func addExp8(sum, x, base *float32, n int) int

//go:noescape
func pairGradient8(to, dots, cols *float32, n int, c *PairGradient, sum *[8]float32) int

//go:noescape
func quickGELU8(x *float32, n int) int

//go:noescape
func quickGELUBack8(dx, dy, x *float32, n int, add int) int

//go:noescape
func gelu8(x *float32, n int) int

//go:noescape
func max8(x *float32, n int, out *[8]float32) int

//go:noescape
func maxOf8(m, x *float32, n int)

//go:noescape
func scale8(x *float32, n int, f float32)

//go:noescape
func logits8(to, p *float32, n int, delta, scale float32)

//go:noescape
func sum32(x *float32, n int, s *[32]float32)

//go:noescape
func sums16(x *float32, n int, m float32, s *[32]float64)

//go:noescape
func normalise8(y, x, gain, bias *float32, n int, m, r, rstd float32)

//go:noescape
func gradSums8(dy, x, gain *float32, n int, mean, rstd float32, s *[16]float64)

//go:noescape
func gradRow8(dx, dy, x, gain *float32, n int, mean, rstd, a, b float32, add int)

//go:noescape
func gradColumns8(gain, bias *float64, dy, x *float32, n int, mean, rstd float32)

//go:noescape
func addScaled8(s *float64, x *float32, n int, f float64)

//go:noescape
func relu8(y, x *float32, n int)

//go:noescape
func bins8(bin *int32, x *float32, n int, lo, perBin float32, last int32, ends *[16]float32)

//go:noescape
func squares16(x *float32, n int, s *[16]float64)

//go:noescape
func shift8(d, x *float32, shift, rest *float64, n int, f float64, s *[8]float64)
