#include "textflag.h"

// Offsets into table (activation.go).
#define MOST 0(BX)
#define LEAST 32(BX)
#define LOG2E 64(BX)
#define ROUND 96(BX)
#define BIAS 128(BX)
#define HIGH 160(BX)
#define LOW 192(BX)
#define FIT(i) (224+32*i)(BX)
#define ONE 416(BX)
#define SIGN 448(BX)
#define QUICK 480(BX)
#define CARE 512(BX)
#define NOTHING 544(BX)
#define HALF 576(BX)
#define SLOPE 608(BX)
#define TAIL(i) (640+32*i)(BX)

// Y5 = e^Y0 for LEAST <= Y0 <= MOST. Uses Y0, Y2, Y3, Y4.
#define EXP \
	VMULPS LOG2E, Y0, Y2; \
	VADDPS ROUND, Y2, Y2; \
	VPSUBD BIAS, Y2, Y3; \
	VPSLLD $23, Y3, Y3; \
	VSUBPS ROUND, Y2, Y2; \
	VMULPS HIGH, Y2, Y4; \
	VSUBPS Y4, Y0, Y0; \
	VMULPS LOW, Y2, Y4; \
	VSUBPS Y4, Y0, Y0; \
	VMULPS FIT(0), Y0, Y5; \
	VADDPS FIT(1), Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VADDPS FIT(2), Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VADDPS FIT(3), Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VADDPS FIT(4), Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VADDPS FIT(5), Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VMULPS Y0, Y5, Y5; \
	VADDPS Y0, Y5, Y5; \
	VADDPS ONE, Y5, Y5; \
	VMULPS Y3, Y5, Y5

// Y5 = e^Y0 for Y0 <= 0, and 0 below NOTHING; goes to done where an element between NOTHING and
// CARE, or NaN, wants the form for one element. Uses Y0 to Y4, Y10 and R8.
#define EXP_NEG \
	VCMPPS $9, CARE, Y0, Y1; \
	VCMPPS $1, NOTHING, Y0, Y10; \
	VANDNPS Y1, Y10, Y1; \
	VMOVMSKPS Y1, R8; \
	TESTL R8, R8; \
	JNZ done; \
	EXP; \
	VANDNPS Y5, Y10, Y5

// Y5 = e^Y0 as Exp makes it; goes to done where an element is NaN or large. Uses Y0 to Y4 and R8.
#define EXP_ALL \
	VCMPPS $6, MOST, Y0, Y1; /* not (v <= most) */ \
	VMOVMSKPS Y1, R8; \
	TESTL R8, R8; \
	JNZ done; \
	VCMPPS $13, LEAST, Y0, Y1; /* v >= least */ \
	EXP; \
	VANDPS Y1, Y5, Y5

// func expSum8(x *float32, n int, shift float32, sum *[8]float32) int
TEXT ·expSum8(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS shift+16(FP), Y15
	MOVQ sum+24(FP), DI
	VMOVUPS (DI), Y14
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y0
	VSUBPS Y15, Y0, Y0
	EXP_ALL
	VMOVUPS Y5, (SI)(AX*4)
	VADDPS Y5, Y14, Y14
	ADDQ $8, AX
	JMP  loop

done:
	VMOVUPS Y14, (DI)
	VZEROUPPER
	MOVQ AX, ret+32(FP)
	RET

// func addExp8(sum, x, base *float32, n int) int
TEXT ·addExp8(SB), NOSPLIT, $0-40
	MOVQ sum+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ base+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y0
	VSUBPS (DX)(AX*4), Y0, Y0
	EXP_ALL
	VADDPS (DI)(AX*4), Y5, Y5
	VMOVUPS Y5, (DI)(AX*4)
	ADDQ $8, AX
	JMP  loop

done:
	VZEROUPPER
	MOVQ AX, ret+32(FP)
	RET

// func quickGELU8(x *float32, n int) int
TEXT ·quickGELU8(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y6
	VMULPS QUICK, Y6, Y7 // a
	VORPS SIGN, Y7, Y0 // -|a|
	EXP_NEG
	VADDPS ONE, Y5, Y8 // 1 + e
	VMOVUPS ONE, Y9
	VBLENDVPS Y7, Y5, Y9, Y9 // a < 0 ? e : 1
	VDIVPS Y8, Y9, Y9
	VMULPS Y9, Y6, Y6
	VMOVUPS Y6, (SI)(AX*4)
	ADDQ $8, AX
	JMP  loop

done:
	VZEROUPPER
	MOVQ AX, ret+16(FP)
	RET

// func quickGELUBack8(dx, dy, x *float32, n int, add int) int
TEXT ·quickGELUBack8(SB), NOSPLIT, $0-48
	MOVQ dx+0(FP), DI
	MOVQ dy+8(FP), DX
	MOVQ x+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ add+32(FP), R9
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y6
	VMULPS QUICK, Y6, Y7 // a
	VORPS SIGN, Y7, Y0 // -|a|
	EXP_NEG
	VADDPS ONE, Y5, Y8 // 1 + e
	VMOVUPS ONE, Y11
	VBLENDVPS Y7, Y5, Y11, Y9 // a < 0 ? e : 1
	VDIVPS Y8, Y9, Y9 // s
	VDIVPS Y8, Y11, Y11 // r = 1 / (1 + e)
	VMULPS Y11, Y5, Y12
	VMULPS Y11, Y12, Y12 // s' = e r r
	VMULPS Y7, Y12, Y12
	VANDNPS Y12, Y10, Y12 // no 0 Inf
	VADDPS Y12, Y9, Y9
	VMULPS (DX)(AX*4), Y9, Y9
	TESTQ R9, R9
	JZ   store
	VADDPS (DI)(AX*4), Y9, Y9

store:
	VMOVUPS Y9, (DI)(AX*4)
	ADDQ $8, AX
	JMP  loop

done:
	VZEROUPPER
	MOVQ AX, ret+40(FP)
	RET

// func gelu8(x *float32, n int) int
TEXT ·gelu8(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y6
	VMULPS HALF, Y6, Y0
	VMULPS Y6, Y0, Y0 // -x^2/2
	EXP_NEG
	VMOVUPS SIGN, Y7
	VANDNPS Y6, Y7, Y7 // |x|
	VMULPS SLOPE, Y7, Y7
	VADDPS ONE, Y7, Y7
	VMOVUPS ONE, Y8
	VDIVPS Y7, Y8, Y7 // s = 1 / (1 + 0.27 |x|)
	VMULPS TAIL(8), Y7, Y9
	VADDPS TAIL(7), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(6), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(5), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(4), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(3), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(2), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(1), Y9, Y9
	VMULPS Y7, Y9, Y9
	VADDPS TAIL(0), Y9, Y9
	VMULPS Y7, Y5, Y5
	VMULPS Y9, Y5, Y5 // q = (e s) P
	VSUBPS Y5, Y8, Y8 // 1 - q
	VBLENDVPS Y6, Y5, Y8, Y8 // x < 0 ? q : 1 - q
	VMULPS Y8, Y6, Y6
	VMOVUPS Y6, (SI)(AX*4)
	ADDQ $8, AX
	JMP  loop

done:
	VZEROUPPER
	MOVQ AX, ret+16(FP)
	RET

// func pairGradient8(to, dots, cols *float32, n int, c *PairGradient, sum *[8]float32) int
TEXT ·pairGradient8(SB), NOSPLIT, $0-56
	MOVQ to+0(FP), DI
	MOVQ dots+8(FP), SI
	MOVQ cols+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ c+32(FP), R9
	MOVQ sum+40(FP), R10
	VBROADCASTSS (R9), Y15 // scale
	VBROADCASTSS 4(R9), Y14 // lse
	VBROADCASTSS 8(R9), Y13 // w_row
	VBROADCASTSS 12(R9), Y12 // w_col
	VBROADCASTSS 16(R9), Y11 // factor
	VMOVUPS (R10), Y10
	VXORPS Y1, Y1, Y1
	VUCOMISS X1, X13
	SETNE R11
	VUCOMISS X1, X12
	SETNE R12
	MOVQ ·table+0(SB), BX
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVUPS (SI)(AX*4), Y8
	VMULPS Y15, Y8, Y7 // logit
	VXORPS Y6, Y6, Y6
	TESTB R11, R11
	JZ   columns
	VSUBPS Y14, Y7, Y0
	EXP_ALL
	VMULPS Y13, Y5, Y6

columns:
	TESTB R12, R12
	JZ   store
	VSUBPS (DX)(AX*4), Y7, Y0
	EXP_ALL
	VMULPS Y12, Y5, Y5
	VADDPS Y5, Y6, Y6

store:
	VMULPS Y11, Y6, Y6
	VMULPS Y15, Y6, Y7
	VMOVUPS Y7, (DI)(AX*4)
	VMULPS Y8, Y6, Y6
	VADDPS Y6, Y10, Y10
	ADDQ $8, AX
	JMP  loop

done:
	VMOVUPS Y10, (R10)
	VZEROUPPER
	MOVQ AX, ret+48(FP)
	RET
