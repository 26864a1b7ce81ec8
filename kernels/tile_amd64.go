package kernels

import "golang.org/x/sys/cpu"

//go:noescape
func tile8x32(args *tileArgs) // AVX-512

//go:noescape
func tile6x16(args *tileArgs) // AVX2 and FMA

// vectorTiles lists what this processor can run, the best first.
func vectorTiles() (list []vectorTile) {
	if cpu.X86.HasAVX512F {
		list = append(list, vectorTile{8, 32, tile8x32})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		list = append(list, vectorTile{6, 16, tile6x16})
	}
	return list
}

//go:noescape
func pick8(y *float32, index *int32, x *float32, n int, pixel int32) // AVX

// hasPick8 says whether this processor runs pick8.
var hasPick8 = cpu.X86.HasAVX
