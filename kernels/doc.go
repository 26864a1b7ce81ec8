// Package kernels is the policy to the engine's mechanism: every shader stands next to its
// meaning. x.go holds the kernel (definition, host form, bound, cases) and the function
// that callers use; x.comp.glsl holds the shader. [Table] lists them all.
//
// Functions take the destination first, check shapes, and queue; they do not wait.
// Matrices are row-major with a row stride, so views of rows and columns need no copy.
package kernels
