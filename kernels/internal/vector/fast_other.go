//go:build !amd64

package vector

const fast = false

func expSum8(*float32, int, float32, *[8]float32) int                           { panic("no assembly") }
func addExp8(_, _, _ *float32, _ int) int                                       { panic("no assembly") }
func pairGradient8(_, _, _ *float32, _ int, _ *PairGradient, _ *[8]float32) int { panic("no assembly") }
func quickGELU8(*float32, int) int                                              { panic("no assembly") }
func quickGELUBack8(_, _, _ *float32, _, _ int) int                             { panic("no assembly") }
func gelu8(*float32, int) int                                                   { panic("no assembly") }
func max8(*float32, int, *[8]float32) int                                       { panic("no assembly") }
func maxOf8(_, _ *float32, _ int)                                               { panic("no assembly") }
func scale8(*float32, int, float32)                                             { panic("no assembly") }
func logits8(_, _ *float32, _ int, _, _ float32)                                { panic("no assembly") }
func sum32(*float32, int, *[32]float32)                                         { panic("no assembly") }
func sums16(*float32, int, float32, *[32]float64)                               { panic("no assembly") }
func normalise8(_, _, _, _ *float32, _ int, _, _, _ float32)                    { panic("no assembly") }
func gradSums8(_, _, _ *float32, _ int, _, _ float32, _ *[16]float64)           { panic("no assembly") }
func gradRow8(_, _, _, _ *float32, _ int, _, _, _, _ float32, _ int)            { panic("no assembly") }
func gradColumns8(_, _ *float64, _, _ *float32, _ int, _, _ float32)            { panic("no assembly") }
func addScaled8(*float64, *float32, int, float64)                               { panic("no assembly") }
func relu8(_, _ *float32, _ int)                                                { panic("no assembly") }
func bins8(*int32, *float32, int, float32, float32, int32, *[16]float32)        { panic("no assembly") }
func squares16(*float32, int, *[16]float64)                                     { panic("no assembly") }
func shift8(_, _ *float32, _, _ *float64, _ int, _ float64, _ *[8]float64)      { panic("no assembly") }
