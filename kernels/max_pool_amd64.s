#include "textflag.h"

// func pick8(y *float32, index *int32, x *float32, n int, pixel int32)
//
// For every i < n, n a multiple of 8: where x[i] > y[i] or x[i] is NaN, y[i] = x[i] and, unless
// index is nil, index[i] = pixel.
TEXT ·pick8(SB), NOSPLIT, $0-36
	MOVQ         y+0(FP), DI
	MOVQ         index+8(FP), DX
	MOVQ         x+16(FP), SI
	MOVQ         n+24(FP), CX
	VBROADCASTSS pixel+32(FP), Y4
	XORQ         AX, AX
	CMPQ         AX, CX
	JGE          done
	TESTQ        DX, DX
	JZ           values

both:
	VMOVUPS   (SI)(AX*4), Y0
	VMOVUPS   (DI)(AX*4), Y1
	VMOVUPS   (DX)(AX*4), Y5
	VCMPPS    $0x1E, Y1, Y0, Y2  // x > y, false for NaN
	VCMPPS    $3, Y0, Y0, Y3     // x is NaN
	VORPS     Y3, Y2, Y2
	VBLENDVPS Y2, Y0, Y1, Y1
	VBLENDVPS Y2, Y4, Y5, Y5
	VMOVUPS   Y1, (DI)(AX*4)
	VMOVUPS   Y5, (DX)(AX*4)
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       both
	VZEROUPPER
	RET

values:
	VMOVUPS   (SI)(AX*4), Y0
	VMOVUPS   (DI)(AX*4), Y1
	VCMPPS    $0x1E, Y1, Y0, Y2
	VCMPPS    $3, Y0, Y0, Y3
	VORPS     Y3, Y2, Y2
	VBLENDVPS Y2, Y0, Y1, Y1
	VMOVUPS   Y1, (DI)(AX*4)
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       values

done:
	VZEROUPPER
	RET
