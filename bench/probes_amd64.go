package bench

import "golang.org/x/sys/cpu"

//go:noescape
func chains256(y, x *float32, steps int) // AVX-512

//go:noescape
func chains96(y, x *float32, steps int) // AVX2 and FMA

// vectorChains lists what this processor can run, the best first.
func vectorChains() (list []chainKind) {
	if cpu.X86.HasAVX512F {
		list = append(list, chainKind{"AVX-512", 256, chains256})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		list = append(list, chainKind{"AVX2", 96, chains96})
	}
	return list
}

//go:noescape
func sumRows(y, x *float32, rows int) // AVX

// hasSumRows says whether this processor runs sumRows.
var hasSumRows = cpu.X86.HasAVX
