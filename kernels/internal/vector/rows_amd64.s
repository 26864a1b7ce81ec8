#include "textflag.h"

// func max8(x *float32, n int, out *[8]float32) int
// The largest of each lane; not 0 where an element is NaN.
TEXT ·max8(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	VMOVUPS (SI), Y0
	VXORPS Y1, Y1, Y1
	XORQ AX, AX

loop:
	VMOVUPS (SI)(AX*4), Y2
	VMAXPS Y2, Y0, Y0
	VCMPPS $3, Y2, Y2, Y3 // unordered
	VORPS Y3, Y1, Y1
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPS Y0, (DI)
	VMOVMSKPS Y1, AX
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET

// func scale8(x *float32, n int, f float32)
TEXT ·scale8(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS f+16(FP), Y0
	XORQ AX, AX

loop:
	VMULPS (SI)(AX*4), Y0, Y1
	VMOVUPS Y1, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func logits8(to, p *float32, n int, delta, scale float32)
TEXT ·logits8(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSS delta+24(FP), Y0
	VBROADCASTSS scale+28(FP), Y1
	XORQ AX, AX

loop:
	VMOVUPS (DI)(AX*4), Y2
	VSUBPS Y0, Y2, Y2
	VMULPS (SI)(AX*4), Y1, Y3
	VMULPS Y2, Y3, Y3
	VMOVUPS Y3, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func sum32(x *float32, n int, s *[32]float32)
TEXT ·sum32(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ s+16(FP), DI
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	XORQ AX, AX

loop:
	VADDPS (SI)(AX*4), Y0, Y0
	VADDPS 32(SI)(AX*4), Y1, Y1
	VADDPS 64(SI)(AX*4), Y2, Y2
	VADDPS 96(SI)(AX*4), Y3, Y3
	ADDQ $32, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET

// Adds the eight float32 of Y0, as float64, to the sums A (low four) and B. Uses Y2, Y3.
#define ADD64(A, B) \
	VCVTPS2PD X0, Y2; \
	VEXTRACTF128 $1, Y0, X3; \
	VCVTPS2PD X3, Y3; \
	VADDPD Y2, A, A; \
	VADDPD Y3, B, B

// Adds d = x - m of the eight elements at byte OFF to the sums A and B, and d^2 to C and D.
// Uses Y0, Y2, Y3.
#define CENTRED(OFF, A, B, C, D) \
	VMOVUPS OFF(SI)(AX*4), Y0; \
	VSUBPS Y1, Y0, Y0; \
	ADD64(A, B); \
	VMULPD Y2, Y2, Y2; \
	VMULPD Y3, Y3, Y3; \
	VADDPD Y2, C, C; \
	VADDPD Y3, D, D

// func sums16(x *float32, n int, m float32, s *[32]float64)
// s[0:16] = sums of d = x - m and s[16:32] of d^2.
TEXT ·sums16(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS m+16(FP), Y1
	MOVQ s+24(FP), DI
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	XORQ AX, AX

loop:
	CENTRED(0, Y4, Y5, Y8, Y9)
	CENTRED(32, Y6, Y7, Y10, Y11)
	ADDQ $16, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPD Y4, (DI)
	VMOVUPD Y5, 32(DI)
	VMOVUPD Y6, 64(DI)
	VMOVUPD Y7, 96(DI)
	VMOVUPD Y8, 128(DI)
	VMOVUPD Y9, 160(DI)
	VMOVUPD Y10, 192(DI)
	VMOVUPD Y11, 224(DI)
	VZEROUPPER
	RET

// func normalise8(y, x, gain, bias *float32, n int, m, r, rstd float32)
TEXT ·normalise8(SB), NOSPLIT, $0-52
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), R8
	MOVQ bias+24(FP), R9
	MOVQ n+32(FP), CX
	VBROADCASTSS m+40(FP), Y1
	VBROADCASTSS r+44(FP), Y2
	VBROADCASTSS rstd+48(FP), Y3
	XORQ AX, AX

loop:
	VMOVUPS (SI)(AX*4), Y0
	VSUBPS Y1, Y0, Y0
	VSUBPS Y2, Y0, Y0
	VMULPS Y3, Y0, Y0
	VMULPS (R8)(AX*4), Y0, Y0
	VADDPS (R9)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func gradSums8(dy, x, gain *float32, n int, mean, rstd float32, s *[16]float64)
// s[0:8] = sums of g and s[8:16] of g z, g = dy gain, z = (x - mean) rstd.
TEXT ·gradSums8(SB), NOSPLIT, $0-48
	MOVQ dy+0(FP), R8
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), R9
	MOVQ n+24(FP), CX
	VBROADCASTSS mean+32(FP), Y1
	VBROADCASTSS rstd+36(FP), Y8
	MOVQ s+40(FP), DI
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	XORQ AX, AX

loop:
	VMOVUPS (R8)(AX*4), Y0
	VMULPS (R9)(AX*4), Y0, Y0
	VMOVUPS (SI)(AX*4), Y9
	VSUBPS Y1, Y9, Y9
	VMULPS Y8, Y9, Y9
	ADD64(Y4, Y5)
	VMULPS Y9, Y0, Y0
	ADD64(Y6, Y7)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPD Y4, (DI)
	VMOVUPD Y5, 32(DI)
	VMOVUPD Y6, 64(DI)
	VMOVUPD Y7, 96(DI)
	VZEROUPPER
	RET

// func gradRow8(dx, dy, x, gain *float32, n int, mean, rstd, a, b float32, add int)
// dx = rstd ((dy gain - a) - z b), plus dx where add is not 0.
TEXT ·gradRow8(SB), NOSPLIT, $0-64
	MOVQ dx+0(FP), DI
	MOVQ dy+8(FP), R8
	MOVQ x+16(FP), SI
	MOVQ gain+24(FP), R9
	MOVQ n+32(FP), CX
	VBROADCASTSS mean+40(FP), Y1
	VBROADCASTSS rstd+44(FP), Y2
	VBROADCASTSS a+48(FP), Y3
	VBROADCASTSS b+52(FP), Y4
	MOVQ add+56(FP), BX
	XORQ AX, AX

loop:
	VMOVUPS (R8)(AX*4), Y0
	VMULPS (R9)(AX*4), Y0, Y0
	VSUBPS Y3, Y0, Y0
	VMOVUPS (SI)(AX*4), Y5
	VSUBPS Y1, Y5, Y5
	VMULPS Y2, Y5, Y5
	VMULPS Y4, Y5, Y5
	VSUBPS Y5, Y0, Y0
	VMULPS Y2, Y0, Y0
	TESTQ BX, BX
	JZ   store
	VADDPS (DI)(AX*4), Y0, Y0

store:
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func gradColumns8(gain, bias *float64, dy, x *float32, n int, mean, rstd float32)
// gain += dy z, bias += dy.
TEXT ·gradColumns8(SB), NOSPLIT, $0-48
	MOVQ gain+0(FP), R8
	MOVQ bias+8(FP), R9
	MOVQ dy+16(FP), DX
	MOVQ x+24(FP), SI
	MOVQ n+32(FP), CX
	VBROADCASTSS mean+40(FP), Y1
	VBROADCASTSS rstd+44(FP), Y8
	XORQ AX, AX

loop:
	VMOVUPS (DX)(AX*4), Y0
	VMOVUPS (SI)(AX*4), Y9
	VSUBPS Y1, Y9, Y9
	VMULPS Y8, Y9, Y9
	VMULPS Y9, Y0, Y9
	VMOVUPD (R9)(AX*8), Y4
	VMOVUPD 32(R9)(AX*8), Y5
	ADD64(Y4, Y5)
	VMOVUPD Y4, (R9)(AX*8)
	VMOVUPD Y5, 32(R9)(AX*8)
	VMOVAPS Y9, Y0
	VMOVUPD (R8)(AX*8), Y4
	VMOVUPD 32(R8)(AX*8), Y5
	ADD64(Y4, Y5)
	VMOVUPD Y4, (R8)(AX*8)
	VMOVUPD Y5, 32(R8)(AX*8)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func addScaled8(s *float64, x *float32, n int, f float64)
TEXT ·addScaled8(SB), NOSPLIT, $0-32
	MOVQ s+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD f+24(FP), Y0
	XORQ AX, AX

loop:
	VCVTPS2PD (SI)(AX*4), Y1
	VCVTPS2PD 16(SI)(AX*4), Y2
	VMULPD Y0, Y1, Y1
	VMULPD Y0, Y2, Y2
	VADDPD (DI)(AX*8), Y1, Y1
	VADDPD 32(DI)(AX*8), Y2, Y2
	VMOVUPD Y1, (DI)(AX*8)
	VMOVUPD Y2, 32(DI)(AX*8)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func maxOf8(m, x *float32, n int)
// The larger of x and m is m where one is NaN.
TEXT ·maxOf8(SB), NOSPLIT, $0-24
	MOVQ m+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	XORQ AX, AX

loop:
	VMOVUPS (SI)(AX*4), Y0
	VMAXPS (DI)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func relu8(y, x *float32, n int)
// The larger of 0 and x is x where that is NaN; the sum with 0 makes -0 a 0.
TEXT ·relu8(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VXORPS Y0, Y0, Y0
	XORQ AX, AX

loop:
	VMAXPS (SI)(AX*4), Y0, Y1
	VADDPS Y0, Y1, Y1
	VMOVUPS Y1, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func bins8(bin *int32, x *float32, n int, lo, perBin float32, last int32, ends *[16]float32)
// t = (x - lo) perBin, between 0 and last, is truncated; where it is NaN the bin is last + 1. ends:
// eight smallest, eight largest numbers.
TEXT ·bins8(SB), NOSPLIT, $0-48
	MOVQ bin+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSS lo+24(FP), Y0
	VBROADCASTSS perBin+28(FP), Y1
	MOVL last+32(FP), R8
	VMOVD R8, X2
	VPBROADCASTD X2, Y2
	MOVQ ends+40(FP), DX
	VCVTDQ2PS Y2, Y3      // last
	VPCMPEQD Y4, Y4, Y4
	VPSUBD Y4, Y2, Y4     // last + 1
	VXORPS Y5, Y5, Y5
	VMOVUPS (DX), Y6
	VMOVUPS 32(DX), Y7
	XORQ AX, AX

loop:
	VMOVUPS (SI)(AX*4), Y8
	VMINPS Y6, Y8, Y6     // the second, the old one, where x is NaN
	VMAXPS Y7, Y8, Y7
	VSUBPS Y0, Y8, Y9
	VMULPS Y1, Y9, Y9
	VCMPPS $3, Y9, Y9, Y10 // unordered
	VMAXPS Y5, Y9, Y9
	VMINPS Y3, Y9, Y9
	VCVTTPS2DQ Y9, Y9
	VBLENDVPS Y10, Y4, Y9, Y9
	VMOVUPS Y9, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPS Y6, (DX)
	VMOVUPS Y7, 32(DX)
	VZEROUPPER
	RET

// Adds the squares of four elements at byte OFF, as float64, to S. Uses Y0.
#define SQUARES(OFF, S) \
	VCVTPS2PD OFF(SI)(AX*4), Y0; \
	VMULPD Y0, Y0, Y0; \
	VADDPD Y0, S, S

// func squares16(x *float32, n int, s *[16]float64)
TEXT ·squares16(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ s+16(FP), DI
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	XORQ AX, AX

loop:
	SQUARES(0, Y4)
	SQUARES(16, Y5)
	SQUARES(32, Y6)
	SQUARES(48, Y7)
	ADDQ $16, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPD Y4, (DI)
	VMOVUPD Y5, 32(DI)
	VMOVUPD Y6, 64(DI)
	VMOVUPD Y7, 96(DI)
	VZEROUPPER
	RET

// func shift8(d, x *float32, shift, rest *float64, n int, f float64, s *[8]float64)
// d = f x - shift, s = sums of (f x - shift - rest)^2.
TEXT ·shift8(SB), NOSPLIT, $0-56
	MOVQ d+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ shift+16(FP), R8
	MOVQ rest+24(FP), R9
	MOVQ n+32(FP), CX
	VBROADCASTSD f+40(FP), Y0
	MOVQ s+48(FP), DX
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	XORQ AX, AX

loop:
	VCVTPS2PD (SI)(AX*4), Y1
	VCVTPS2PD 16(SI)(AX*4), Y2
	VMULPD Y0, Y1, Y1
	VMULPD Y0, Y2, Y2
	VSUBPD (R8)(AX*8), Y1, Y1
	VSUBPD 32(R8)(AX*8), Y2, Y2
	VCVTPD2PSY Y1, X6
	VCVTPD2PSY Y2, X7
	VMOVUPS X6, (DI)(AX*4)
	VMOVUPS X7, 16(DI)(AX*4)
	VSUBPD (R9)(AX*8), Y1, Y1
	VSUBPD 32(R9)(AX*8), Y2, Y2
	VMULPD Y1, Y1, Y1
	VMULPD Y2, Y2, Y2
	VADDPD Y1, Y4, Y4
	VADDPD Y2, Y5, Y5
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VMOVUPD Y4, (DX)
	VMOVUPD Y5, 32(DX)
	VZEROUPPER
	RET
