package kernels

import "golang.org/x/sys/cpu"

//go:noescape
func packed12x32(args *packedArgs) // AVX-512

//go:noescape
func packed6x16(args *packedArgs) // AVX2 and FMA

// packedTiles lists what this processor can run, the best first.
func packedTiles() (list []packedTile) {
	if cpu.X86.HasAVX512F {
		list = append(list, packedTile{"AVX-512", 12, 32, packed12x32})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		list = append(list, packedTile{"AVX2", 6, 16, packed6x16})
	}
	return list
}

// turn4x4 is turn4 for a multiple of 4; distances are in bytes.
//
//go:noescape
func turn4x4(to *float32, ldTo int, from *float32, ldFrom, n int) // AVX

// hasTurn4 says whether this processor runs turn4x4.
var hasTurn4 = cpu.X86.HasAVX

// fetch asks for so many lines of 64 bytes from x on.
//
//go:noescape
func fetch(x *float32, lines int)
