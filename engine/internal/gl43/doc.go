// Package gl43 is OpenGL 4.3 compute in the few calls that the engine needs: a context
// without a window, buffers, programs whose interface is compared with what Go believes,
// and launches that are cut so that no watchdog and no limit is met.
//
// Nothing here knows a kernel or a tensor. A [Context] belongs to one OS thread: it is
// opened, used and closed on a goroutine that called runtime.LockOSThread. Several
// contexts on several threads work side by side.
//
// Builds without cgo, with the tag nogl, and for macOS (whose OpenGL ends at 4.1) have
// only this sentence of the package.
package gl43
