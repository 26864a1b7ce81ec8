// Package engine runs kernels: it owns devices, memory and launches, and knows no kernel.
//
// A kernel is a value, [Kernel]: GLSL text for every OpenGL 4.3 device, and the same
// thing said in Go for the host device and for the float64 definition that verifies both.
//
// The five nouns are [Device] (where work runs), [Scope] (who owns memory), [Tensor] (a
// view of memory), [Kernel] (what to run) and [Spec] (a kernel without its parameter
// type, as tables hold it). Work is queued and runs in the order in which it was queued;
// only Read, Sync and Close wait for it.
//
// Errors follow four rules. What the caller could have known panics with an [*Error].
// What the caller could not know is returned. What happens later, on the device, sticks:
// [Device.Err], [Device.Sync] and Read return it and name the kernel. Nothing else fails.
package engine
