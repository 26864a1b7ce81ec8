#include "textflag.h"
#include "go_asm.h"

// Tiles of sums of products in vector registers: tile.go says what they compute. Both have
// one plan. Rows are pointers in R8 .. R15, which the index DX moves along k; SI walks through B.
// A step along k loads a row of B, broadcasts one element of A after the other, and
// multiplies and adds. Sums stay in registers from the first step to the last.

#define ROWS_8 \
	MOVQ tileArgs_a(AX), BX \
	MOVQ tileArgs_off(AX), SI \
	MOVQ 0(SI), R8 \
	MOVQ 8(SI), R9 \
	MOVQ 16(SI), R10 \
	MOVQ 24(SI), R11 \
	MOVQ 32(SI), R12 \
	MOVQ 40(SI), R13 \
	MOVQ 48(SI), R14 \
	MOVQ 56(SI), R15 \
	ADDQ BX, R8 \
	ADDQ BX, R9 \
	ADDQ BX, R10 \
	ADDQ BX, R11 \
	ADDQ BX, R12 \
	ADDQ BX, R13 \
	ADDQ BX, R14 \
	ADDQ BX, R15 \
	MOVQ tileArgs_b(AX), SI \
	MOVQ tileArgs_aStep(AX), CX \
	MOVQ tileArgs_bStep(AX), DI

// func tile8x32(args *tileArgs)
TEXT ·tile8x32(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX

	// Sums are Z8 .. Z23, two for each row.
	MOVQ tileArgs_init(AX), DX
	MOVQ tileArgs_ldInit(AX), CX
#define BEGIN512(L, H) \
	VMOVUPS (DX), L \
	VMOVUPS 64(DX), H \
	ADDQ    CX, DX
	BEGIN512(Z8, Z9)
	BEGIN512(Z10, Z11)
	BEGIN512(Z12, Z13)
	BEGIN512(Z14, Z15)
	BEGIN512(Z16, Z17)
	BEGIN512(Z18, Z19)
	BEGIN512(Z20, Z21)
	BEGIN512(Z22, Z23)
	ROWS_8

line512:
	MOVQ tileArgs_at(AX), DX
	MOVQ tileArgs_k(AX), BX

step512:
	VMOVUPS (SI), Z0
	VMOVUPS 64(SI), Z1
#define ROW512(R, T, L, H) \
	VBROADCASTSS (R)(DX*1), T  \
	VFMADD231PS  Z0, T, L \
	VFMADD231PS  Z1, T, H
	ROW512(R8, Z2, Z8, Z9)
	ROW512(R9, Z3, Z10, Z11)
	ROW512(R10, Z4, Z12, Z13)
	ROW512(R11, Z5, Z14, Z15)
	ROW512(R12, Z2, Z16, Z17)
	ROW512(R13, Z3, Z18, Z19)
	ROW512(R14, Z4, Z20, Z21)
	ROW512(R15, Z5, Z22, Z23)
	ADDQ CX, DX
	ADDQ DI, SI
	DECQ BX
	JNZ  step512

	MOVQ tileArgs_aLine(AX), DX
	ADDQ DX, tileArgs_at(AX)
	ADDQ tileArgs_bLine(AX), SI
	DECQ tileArgs_lines(AX)
	JNZ  line512

	// The larger of sum and floor; a sum that is NaN stays, because it stands second.
	VBROADCASTSS tileArgs_floor(AX), Z0
	MOVQ tileArgs_c(AX), DX
	MOVQ tileArgs_ldC(AX), CX
#define STORE512(L, H) \
	VMAXPS  L, Z0, L \
	VMAXPS  H, Z0, H \
	VMOVUPS L, (DX) \
	VMOVUPS H, 64(DX) \
	ADDQ    CX, DX
	STORE512(Z8, Z9)
	STORE512(Z10, Z11)
	STORE512(Z12, Z13)
	STORE512(Z14, Z15)
	STORE512(Z16, Z17)
	STORE512(Z18, Z19)
	STORE512(Z20, Z21)
	STORE512(Z22, Z23)
	VZEROUPPER
	RET

// func tile6x16(args *tileArgs)
TEXT ·tile6x16(SB), NOSPLIT, $0-8
	MOVQ args+0(FP), AX

	// Sums are Y4 .. Y15, two for each row.
	MOVQ tileArgs_init(AX), DX
	MOVQ tileArgs_ldInit(AX), CX
#define BEGIN256(L, H) \
	VMOVUPS (DX), L \
	VMOVUPS 32(DX), H \
	ADDQ    CX, DX
	BEGIN256(Y4, Y5)
	BEGIN256(Y6, Y7)
	BEGIN256(Y8, Y9)
	BEGIN256(Y10, Y11)
	BEGIN256(Y12, Y13)
	BEGIN256(Y14, Y15)
	ROWS_8

line256:
	MOVQ tileArgs_at(AX), DX
	MOVQ tileArgs_k(AX), BX

step256:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
#define ROW256(R, T, L, H) \
	VBROADCASTSS (R)(DX*1), T  \
	VFMADD231PS  Y0, T, L \
	VFMADD231PS  Y1, T, H
	ROW256(R8, Y2, Y4, Y5)
	ROW256(R9, Y3, Y6, Y7)
	ROW256(R10, Y2, Y8, Y9)
	ROW256(R11, Y3, Y10, Y11)
	ROW256(R12, Y2, Y12, Y13)
	ROW256(R13, Y3, Y14, Y15)
	ADDQ CX, DX
	ADDQ DI, SI
	DECQ BX
	JNZ  step256

	MOVQ tileArgs_aLine(AX), DX
	ADDQ DX, tileArgs_at(AX)
	ADDQ tileArgs_bLine(AX), SI
	DECQ tileArgs_lines(AX)
	JNZ  line256

	VBROADCASTSS tileArgs_floor(AX), Y0
	MOVQ tileArgs_c(AX), DX
	MOVQ tileArgs_ldC(AX), CX
#define STORE256(L, H) \
	VMAXPS  L, Y0, L \
	VMAXPS  H, Y0, H \
	VMOVUPS L, (DX) \
	VMOVUPS H, 32(DX) \
	ADDQ    CX, DX
	STORE256(Y4, Y5)
	STORE256(Y6, Y7)
	STORE256(Y8, Y9)
	STORE256(Y10, Y11)
	STORE256(Y12, Y13)
	STORE256(Y14, Y15)
	VZEROUPPER
	RET
