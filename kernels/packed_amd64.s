#include "textflag.h"
#include "go_asm.h"

// Tiles of packed products: packed.go says what they compute. Both have one plan. Sums begin at
// 0 and stay in registers; what they are added to is asked for at the beginning and needed at the
// end. A step along k loads a row of B, broadcasts one element of A after the other, and
// multiplies and adds; every four steps one line of what comes next is asked for.

// func packed12x32(args *packedArgs)
TEXT ·packed12x32(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX

	// Sums are Z8 .. Z31, two for each row.
	MOVQ packedArgs_c(AX), DX
	MOVQ packedArgs_ldC(AX), CX
#define BEGIN512(L, H) \
	PREFETCHT0 (DX) \
	PREFETCHT0 127(DX) \
	ADDQ       CX, DX \
	VPXORD     L, L, L \
	VPXORD     H, H, H
	BEGIN512(Z8, Z9)
	BEGIN512(Z10, Z11)
	BEGIN512(Z12, Z13)
	BEGIN512(Z14, Z15)
	BEGIN512(Z16, Z17)
	BEGIN512(Z18, Z19)
	BEGIN512(Z20, Z21)
	BEGIN512(Z22, Z23)
	BEGIN512(Z24, Z25)
	BEGIN512(Z26, Z27)
	BEGIN512(Z28, Z29)
	BEGIN512(Z30, Z31)
	MOVQ packedArgs_a(AX), R8
	MOVQ packedArgs_b(AX), SI
	MOVQ packedArgs_ahead(AX), R9
	MOVQ packedArgs_aheadStep(AX), R10
	MOVQ packedArgs_k(AX), BX
	SUBQ $4, BX
	JL   rest512

#define ROW512(I, T, L, H) \
	VBROADCASTSS I(R8), T \
	VFMADD231PS  Z0, T, L \
	VFMADD231PS  Z1, T, H
#define STEP512(A, B) \
	VMOVUPS B(SI), Z0 \
	VMOVUPS (B+64)(SI), Z1 \
	ROW512(A+0, Z2, Z8, Z9) \
	ROW512(A+4, Z3, Z10, Z11) \
	ROW512(A+8, Z4, Z12, Z13) \
	ROW512(A+12, Z5, Z14, Z15) \
	ROW512(A+16, Z6, Z16, Z17) \
	ROW512(A+20, Z7, Z18, Z19) \
	ROW512(A+24, Z2, Z20, Z21) \
	ROW512(A+28, Z3, Z22, Z23) \
	ROW512(A+32, Z4, Z24, Z25) \
	ROW512(A+36, Z5, Z26, Z27) \
	ROW512(A+40, Z6, Z28, Z29) \
	ROW512(A+44, Z7, Z30, Z31)

four512:
	PREFETCHT1 (R9)
	ADDQ       R10, R9
	STEP512(0, 0)
	STEP512(48, 128)
	STEP512(96, 256)
	STEP512(144, 384)
	ADDQ       $192, R8
	ADDQ       $512, SI
	SUBQ       $4, BX
	JGE        four512

rest512:
	ADDQ $4, BX
	JZ   store512

one512:
	STEP512(0, 0)
	ADDQ $48, R8
	ADDQ $128, SI
	DECQ BX
	JNZ  one512

store512:
	VBROADCASTSS packedArgs_alpha(AX), Z1
	MOVQ         packedArgs_c(AX), DX
	MOVQ         packedArgs_ldC(AX), CX
	MOVQ         packedArgs_init(AX), SI
	MOVQ         packedArgs_ldInit(AX), DI
#define STORE512(L, H) \
	VFMADD213PS (SI), Z1, L \
	VFMADD213PS 64(SI), Z1, H \
	VMOVUPS     L, (DX) \
	VMOVUPS     H, 64(DX) \
	ADDQ        DI, SI \
	ADDQ        CX, DX
	STORE512(Z8, Z9)
	STORE512(Z10, Z11)
	STORE512(Z12, Z13)
	STORE512(Z14, Z15)
	STORE512(Z16, Z17)
	STORE512(Z18, Z19)
	STORE512(Z20, Z21)
	STORE512(Z22, Z23)
	STORE512(Z24, Z25)
	STORE512(Z26, Z27)
	STORE512(Z28, Z29)
	STORE512(Z30, Z31)
	VZEROUPPER
	RET

// func packed6x16(args *packedArgs)
TEXT ·packed6x16(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX

	// Sums are Y4 .. Y15, two for each row.
	MOVQ packedArgs_c(AX), DX
	MOVQ packedArgs_ldC(AX), CX
#define BEGIN256(L, H) \
	PREFETCHT0 (DX) \
	PREFETCHT0 63(DX) \
	ADDQ       CX, DX \
	VPXOR      L, L, L \
	VPXOR      H, H, H
	BEGIN256(Y4, Y5)
	BEGIN256(Y6, Y7)
	BEGIN256(Y8, Y9)
	BEGIN256(Y10, Y11)
	BEGIN256(Y12, Y13)
	BEGIN256(Y14, Y15)
	MOVQ packedArgs_a(AX), R8
	MOVQ packedArgs_b(AX), SI
	MOVQ packedArgs_ahead(AX), R9
	MOVQ packedArgs_aheadStep(AX), R10
	MOVQ packedArgs_k(AX), BX
	SUBQ $4, BX
	JL   rest256

#define ROW256(I, T, L, H) \
	VBROADCASTSS I(R8), T \
	VFMADD231PS  Y0, T, L \
	VFMADD231PS  Y1, T, H
#define STEP256(A, B) \
	VMOVUPS B(SI), Y0 \
	VMOVUPS (B+32)(SI), Y1 \
	ROW256(A+0, Y2, Y4, Y5) \
	ROW256(A+4, Y3, Y6, Y7) \
	ROW256(A+8, Y2, Y8, Y9) \
	ROW256(A+12, Y3, Y10, Y11) \
	ROW256(A+16, Y2, Y12, Y13) \
	ROW256(A+20, Y3, Y14, Y15)

four256:
	PREFETCHT1 (R9)
	ADDQ       R10, R9
	STEP256(0, 0)
	STEP256(24, 64)
	STEP256(48, 128)
	STEP256(72, 192)
	ADDQ       $96, R8
	ADDQ       $256, SI
	SUBQ       $4, BX
	JGE        four256

rest256:
	ADDQ $4, BX
	JZ   store256

one256:
	STEP256(0, 0)
	ADDQ $24, R8
	ADDQ $64, SI
	DECQ BX
	JNZ  one256

store256:
	VBROADCASTSS packedArgs_alpha(AX), Y1
	MOVQ         packedArgs_c(AX), DX
	MOVQ         packedArgs_ldC(AX), CX
	MOVQ         packedArgs_init(AX), SI
	MOVQ         packedArgs_ldInit(AX), DI
#define STORE256(L, H) \
	VFMADD213PS (SI), Y1, L \
	VFMADD213PS 32(SI), Y1, H \
	VMOVUPS     L, (DX) \
	VMOVUPS     H, 32(DX) \
	ADDQ        DI, SI \
	ADDQ        CX, DX
	STORE256(Y4, Y5)
	STORE256(Y6, Y7)
	STORE256(Y8, Y9)
	STORE256(Y10, Y11)
	STORE256(Y12, Y13)
	STORE256(Y14, Y15)
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
