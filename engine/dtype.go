package engine

// DType is the type of a tensor's elements. All are four bytes wide.
type DType uint8

// The element types of storage blocks: float, int and uint in GLSL.
const (
	Float32 DType = iota
	Int32
	Uint32
)

// elemBytes is the width of every DType.
const elemBytes = 4

// String gives the GLSL name: float, int, uint.
func (t DType) String() string {
	return [...]string{"float", "int", "uint"}[t]
}

// Access says what a kernel does with a buffer.
type Access uint8

// A buffer is read, written, or both. A kernel that writes only part of an Out buffer
// leaves the rest as it was, on every device.
const (
	In Access = iota
	Out
	InOut
)

// Reads reports whether the kernel looks at the buffer's contents.
func (a Access) Reads() bool { return a != Out }

// Writes reports whether the kernel changes the buffer.
func (a Access) Writes() bool { return a != In }

// String is the GLSL memory qualifier, or "" for a buffer that is both read and written.
func (a Access) String() string {
	return [...]string{"readonly", "writeonly", ""}[a]
}

// Buf names one buffer of a kernel, in binding order.
type Buf struct {
	Name   string
	Type   DType
	Access Access
}
