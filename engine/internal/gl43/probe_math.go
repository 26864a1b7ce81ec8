//go:build cgo && !nogl && !darwin

package gl43

import (
	"encoding/binary"
	"math"
)

// MathErrors are the errors of the device's functions, in units of u = 2^-24: relative for
// exp, sqrt and division; relative to max(1, |log x|) for log, whose result may be near 0;
// absolute for sin and cos. Ranges: exp [-87, 88], log and sqrt 2^-126 to 2^127, sin and
// cos [-2 pi, 2 pi], quotients and operands without overflow or underflow.
//
// They are the largest of mathPoints samples times mathMargin, plus mathExtra: samples do
// not meet the worst argument.
type MathErrors struct {
	Exp, Log, Sin, Cos, Sqrt, Div float64
	Tiny                          float64 // 2^-126 where denormals are flushed, else 2^-149
}

const (
	mathPoints = 16384
	mathMargin = 1.5
	mathExtra  = 1 // half a unit in the last place, 2^-24 of the result's binade, is at most 1 u
)

// mathInputs are the probe's arguments: a low-discrepancy walk over each range, half of
// log's near 1 where its result is smallest.
func mathInputs() []byte {
	var out []byte
	put := func(v float64) { out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v))) }
	at := func(i int, step float64) float64 { _, f := math.Modf(float64(i) * step); return f }
	const a, b = 0.6180339887498949, 0.7548776662466927 // golden ratio, plastic number
	for i := range mathPoints {
		put(-87 + 175*at(i, a))
	}
	for i := range mathPoints {
		if i%2 == 0 {
			put(math.Exp2(-126 + 253*at(i, a)))
		} else {
			put(math.Exp2(-1 + 2*at(i, a)))
		}
	}
	for i := range mathPoints {
		put(2 * math.Pi * (2*at(i, a) - 1))
	}
	for i := range mathPoints {
		put(math.Exp2(-126 + 253*at(i, a)))
	}
	for i := range mathPoints {
		// Keep the quotient's exponent within -100 to 100 whatever the numerator's is.
		e := -126 + 253*at(i, a)
		lo, hi := math.Max(-125, e-100), math.Min(126, e+100)
		put(math.Exp2(lo + (hi-lo)*at(i, b)))
	}
	put(0x1p-100)
	put(0x1p-40) // a denormal product of normal numbers
	put(0x1p-140)
	put(0x1p100) // a normal product of a denormal
	return out
}

func mathErrors(in, got []byte) MathErrors {
	x := func(i int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(in[4*i:]))) }
	y := func(i int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(got[4*i:]))) }
	const n = mathPoints
	var worst [6]float64
	for i := range n {
		logx := math.Log(x(n + i))
		want := [6]float64{math.Exp(x(i)), logx, math.Sin(x(2*n + i)), math.Cos(x(2*n + i)),
			math.Sqrt(x(3*n + i)), x(3*n+i) / x(4*n+i)}
		scale := [6]float64{want[0], math.Max(1, math.Abs(logx)), 1, 1, want[4], want[5]}
		for k := range want {
			err := math.Abs(y(k*n+i)-want[k]) / scale[k]
			if !(err <= worst[k]) { // NaN counts
				worst[k] = err
			}
		}
	}
	m := func(k int) float64 { return worst[k]*(1<<24)*mathMargin + mathExtra }
	e := MathErrors{Exp: m(0), Log: m(1), Sin: m(2), Cos: m(3), Sqrt: m(4), Div: m(5), Tiny: 0x1p-149}
	if y(6*n) == 0 || y(6*n+1) == 0 {
		e.Tiny = 0x1p-126
	}
	return e
}
