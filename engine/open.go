package engine

import "strings"

// config is what a driver needs to know to open a device.
type config struct {
	index  int   // which device of the kind; -1: the first, hardware preferred
	hard   bool  // hardware only: software OpenGL does not count (auto)
	debug  bool  // driver messages become errors that name kernel and launch
	memory int64 // cap in bytes on what may be allocated; 0: the driver's own choice
	blas   string

	definitions bool // run Ref in float64 in place of Host

	blockLimit int64 // 0: as the device says

	seeds, tuning *Tuning // see WithTuning
}

// Option changes how Open opens a device.
type Option func(*config)

// WithDebug makes the driver check every call and report what it dislikes (KHR_debug) as
// errors that name the kernel, and fills new tensors with NaN so that reading what nobody
// wrote shows. Slow.
func WithDebug() Option { return func(c *config) { c.debug = true } }

// WithMemory caps the bytes that the device's pool may hold.
func WithMemory(bytes int64) Option { return func(c *config) { c.memory = bytes } }

// WithBLAS names the BLAS of the host device: "openblas" or "gonum", which then make every product
// that a BLAS can. "" is the first of these that is there, and leaves kernels to do what they do better.
func WithBLAS(name string) Option { return func(c *config) { c.blas = name } }

// WithDefinitions makes the host device run every kernel's float64 definition in place of its
// float32 form, and hold float64 numbers (see Exact): slow, for tests that need more digits
// than a device has, such as the differences that check a gradient.
func WithDefinitions() Option { return func(c *config) { c.definitions = true } }

// parseName splits a device name: "gl:1" is the kind gl and the index 1.
func parseName(name string) (kind string, index int, ok bool) {
	kind, num, has := strings.Cut(name, ":")
	index = -1
	if has {
		index = 0
		if num == "" || len(num) > 4 {
			return kind, 0, false
		}
		for _, c := range num {
			if c < '0' || c > '9' {
				return kind, 0, false
			}
			index = index*10 + int(c-'0')
		}
	}
	switch kind {
	case "gl":
		return kind, index, true
	case "host", "auto":
		return kind, index, !has
	}
	return kind, index, false
}

// WithBlockLimit makes the device believe that a storage block covers at most so many
// bytes, so that tests see launches cut into windows without gigabytes of data.
func WithBlockLimit(bytes int64) Option { return func(c *config) { c.blockLimit = bytes } }
