#include "textflag.h"
#include "go_asm.h"

// Tiles of packed products: packed.go says what they compute. Both have one plan, each row two vectors
// L and H. Sums begin at 0 and stay in registers; the lines of C, which the end writes, are asked for
// at the beginning. A step along k loads a row of B, broadcasts one element of A after the other, and
// multiplies and adds; every four steps one line of what comes next is asked for.

#define BEGIN(ZERO, LAST, L, H) \
	PREFETCHT0 (DX) \
	PREFETCHT0 LAST(DX) \
	ADDQ       CX, DX \
	ZERO       L, L, L \
	ZERO       H, H, H

#define ROW(I, B0, B1, T, L, H) \
	VBROADCASTSS I(R8), T \
	VFMADD231PS  B0, T, L \
	VFMADD231PS  B1, T, H

#define STORE(ALPHA, STEP, L, H) \
	VFMADD213PS (SI), ALPHA, L \
	VFMADD213PS STEP(SI), ALPHA, H \
	VMOVUPS     L, (DX) \
	VMOVUPS     H, STEP(DX) \
	ADDQ        DI, SI \
	ADDQ        CX, DX

// func packed12x32(args *packedArgs)
TEXT ·packed12x32(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX
	MOVQ packedArgs_c(AX), DX
	MOVQ packedArgs_ldC(AX), CX
	BEGIN(VPXORD, 127, Z8, Z9)
	BEGIN(VPXORD, 127, Z10, Z11)
	BEGIN(VPXORD, 127, Z12, Z13)
	BEGIN(VPXORD, 127, Z14, Z15)
	BEGIN(VPXORD, 127, Z16, Z17)
	BEGIN(VPXORD, 127, Z18, Z19)
	BEGIN(VPXORD, 127, Z20, Z21)
	BEGIN(VPXORD, 127, Z22, Z23)
	BEGIN(VPXORD, 127, Z24, Z25)
	BEGIN(VPXORD, 127, Z26, Z27)
	BEGIN(VPXORD, 127, Z28, Z29)
	BEGIN(VPXORD, 127, Z30, Z31)
	MOVQ packedArgs_a(AX), R8
	MOVQ packedArgs_b(AX), SI
	MOVQ packedArgs_ahead(AX), R9
	MOVQ packedArgs_aheadStep(AX), R10
	MOVQ packedArgs_k(AX), BX
	SUBQ $4, BX
	JL   rest

#define STEP512(A, B) \
	VMOVUPS B(SI), Z0 \
	VMOVUPS (B+64)(SI), Z1 \
	ROW(A+0, Z0, Z1, Z2, Z8, Z9) \
	ROW(A+4, Z0, Z1, Z3, Z10, Z11) \
	ROW(A+8, Z0, Z1, Z4, Z12, Z13) \
	ROW(A+12, Z0, Z1, Z5, Z14, Z15) \
	ROW(A+16, Z0, Z1, Z6, Z16, Z17) \
	ROW(A+20, Z0, Z1, Z7, Z18, Z19) \
	ROW(A+24, Z0, Z1, Z2, Z20, Z21) \
	ROW(A+28, Z0, Z1, Z3, Z22, Z23) \
	ROW(A+32, Z0, Z1, Z4, Z24, Z25) \
	ROW(A+36, Z0, Z1, Z5, Z26, Z27) \
	ROW(A+40, Z0, Z1, Z6, Z28, Z29) \
	ROW(A+44, Z0, Z1, Z7, Z30, Z31)

four:
	PREFETCHT1 (R9)
	ADDQ       R10, R9
	STEP512(0, 0)
	STEP512(48, 128)
	STEP512(96, 256)
	STEP512(144, 384)
	ADDQ       $192, R8
	ADDQ       $512, SI
	SUBQ       $4, BX
	JGE        four

rest:
	ADDQ $4, BX
	JZ   store

one:
	STEP512(0, 0)
	ADDQ $48, R8
	ADDQ $128, SI
	DECQ BX
	JNZ  one

store:
	VBROADCASTSS packedArgs_alpha(AX), Z1
	MOVQ         packedArgs_c(AX), DX
	MOVQ         packedArgs_ldC(AX), CX
	MOVQ         packedArgs_init(AX), SI
	MOVQ         packedArgs_ldInit(AX), DI
	STORE(Z1, 64, Z8, Z9)
	STORE(Z1, 64, Z10, Z11)
	STORE(Z1, 64, Z12, Z13)
	STORE(Z1, 64, Z14, Z15)
	STORE(Z1, 64, Z16, Z17)
	STORE(Z1, 64, Z18, Z19)
	STORE(Z1, 64, Z20, Z21)
	STORE(Z1, 64, Z22, Z23)
	STORE(Z1, 64, Z24, Z25)
	STORE(Z1, 64, Z26, Z27)
	STORE(Z1, 64, Z28, Z29)
	STORE(Z1, 64, Z30, Z31)
	VZEROUPPER
	RET

// func packed6x16(args *packedArgs)
TEXT ·packed6x16(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX
	MOVQ packedArgs_c(AX), DX
	MOVQ packedArgs_ldC(AX), CX
	BEGIN(VPXOR, 63, Y4, Y5)
	BEGIN(VPXOR, 63, Y6, Y7)
	BEGIN(VPXOR, 63, Y8, Y9)
	BEGIN(VPXOR, 63, Y10, Y11)
	BEGIN(VPXOR, 63, Y12, Y13)
	BEGIN(VPXOR, 63, Y14, Y15)
	MOVQ packedArgs_a(AX), R8
	MOVQ packedArgs_b(AX), SI
	MOVQ packedArgs_ahead(AX), R9
	MOVQ packedArgs_aheadStep(AX), R10
	MOVQ packedArgs_k(AX), BX
	SUBQ $4, BX
	JL   rest

#define STEP256(A, B) \
	VMOVUPS B(SI), Y0 \
	VMOVUPS (B+32)(SI), Y1 \
	ROW(A+0, Y0, Y1, Y2, Y4, Y5) \
	ROW(A+4, Y0, Y1, Y3, Y6, Y7) \
	ROW(A+8, Y0, Y1, Y2, Y8, Y9) \
	ROW(A+12, Y0, Y1, Y3, Y10, Y11) \
	ROW(A+16, Y0, Y1, Y2, Y12, Y13) \
	ROW(A+20, Y0, Y1, Y3, Y14, Y15)

four:
	PREFETCHT1 (R9)
	ADDQ       R10, R9
	STEP256(0, 0)
	STEP256(24, 64)
	STEP256(48, 128)
	STEP256(72, 192)
	ADDQ       $96, R8
	ADDQ       $256, SI
	SUBQ       $4, BX
	JGE        four

rest:
	ADDQ $4, BX
	JZ   store

one:
	STEP256(0, 0)
	ADDQ $24, R8
	ADDQ $64, SI
	DECQ BX
	JNZ  one

store:
	VBROADCASTSS packedArgs_alpha(AX), Y1
	MOVQ         packedArgs_c(AX), DX
	MOVQ         packedArgs_ldC(AX), CX
	MOVQ         packedArgs_init(AX), SI
	MOVQ         packedArgs_ldInit(AX), DI
	STORE(Y1, 32, Y4, Y5)
	STORE(Y1, 32, Y6, Y7)
	STORE(Y1, 32, Y8, Y9)
	STORE(Y1, 32, Y10, Y11)
	STORE(Y1, 32, Y12, Y13)
	STORE(Y1, 32, Y14, Y15)
	VZEROUPPER
	RET

// func turn4x4(to *float32, ldTo int, from *float32, ldFrom, n int)
TEXT ·turn4x4(SB), NOSPLIT, $0-40
	MOVQ to+0(FP), DI
	MOVQ ldTo+8(FP), CX
	MOVQ from+16(FP), SI
	MOVQ ldFrom+24(FP), DX
	MOVQ n+32(FP), BX
	LEAQ (DX)(DX*2), R8
	LEAQ (CX)(CX*2), R9

turn:
	VMOVUPS   (SI), X0
	VMOVUPS   (SI)(DX*1), X1
	VMOVUPS   (SI)(DX*2), X2
	VMOVUPS   (SI)(R8*1), X3
	VUNPCKLPS X1, X0, X4
	VUNPCKHPS X1, X0, X5
	VUNPCKLPS X3, X2, X6
	VUNPCKHPS X3, X2, X7
	VMOVLHPS  X6, X4, X0
	VMOVHLPS  X4, X6, X1
	VMOVLHPS  X7, X5, X2
	VMOVHLPS  X5, X7, X3
	VMOVUPS   X0, (DI)
	VMOVUPS   X1, (DI)(CX*1)
	VMOVUPS   X2, (DI)(CX*2)
	VMOVUPS   X3, (DI)(R9*1)
	ADDQ      $16, SI
	LEAQ      (DI)(CX*4), DI
	SUBQ      $4, BX
	JNZ       turn
	RET

// func fetch(x *float32, lines int)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), SI
	MOVQ lines+8(FP), BX

line:
	PREFETCHT0 (SI)
	ADDQ       $64, SI
	DECQ       BX
	JNZ        line
	RET
