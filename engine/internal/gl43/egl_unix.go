//go:build cgo && !nogl && (linux || freebsd || netbsd)

package gl43

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The part of EGL that a context without a window needs, loaded at run time: a program
// that never opens an OpenGL device runs on machines that have no libEGL.
type eglLib struct {
	getError       func() int32
	queryString    func(dpy uintptr, name int32) string
	initialize     func(dpy uintptr, major, minor *int32) uint32
	bindAPI        func(api uint32) uint32
	chooseConfig   func(dpy uintptr, attribs *int32, configs *uintptr, size int32, n *int32) uint32
	createContext  func(dpy, config, share uintptr, attribs *int32) uintptr
	destroyContext func(dpy, ctx uintptr) uint32
	createPbuffer  func(dpy, config uintptr, attribs *int32) uintptr
	destroySurface func(dpy, surface uintptr) uint32
	makeCurrent    func(dpy, draw, read, ctx uintptr) uint32
	releaseThread  func() uint32
	getProcAddress func(name string) unsafe.Pointer

	// Extensions; nil where the client extension string does not name them.
	queryDevices       func(max int32, devices *uintptr, n *int32) uint32
	queryDeviceString  func(dev uintptr, name int32) string
	getPlatformDisplay func(platform uint32, native uintptr, attribs *int32) uintptr

	client string // client extensions
}

// Numbers of the EGL registry.
const (
	eglExtensions          = 0x3055
	eglNone                = 0x3038
	eglOpenGLAPI           = 0x30A2
	eglPlatformDevice      = 0x313F
	eglPlatformSurfaceless = 0x31DD
)

// LibraryEnv names a file to load in place of libEGL.so.1: how a test sees a machine
// without EGL.
const LibraryEnv = "MINDGAP_EGL_LIBRARY"

var loadEGL = sync.OnceValues(func() (lib *eglLib, err error) {
	file := os.Getenv(LibraryEnv)
	if file == "" {
		file = "libEGL.so.1"
	}
	if os.Getenv("EGL_LOG_LEVEL") == "" {
		os.Setenv("EGL_LOG_LEVEL", "fatal") // what it would print comes as an error as well
	}
	handle, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be loaded (Debian: apt-get install libegl1 libgl1-mesa-dri): %v", file, err)
	}
	// RegisterLibFunc panics where a symbol is missing: then the file is not EGL.
	defer func() {
		if r := recover(); r != nil {
			lib, err = nil, fmt.Errorf("%s is not an EGL library: %v", file, r)
		}
	}()
	e := new(eglLib)
	for name, fn := range map[string]any{
		"eglGetError":             &e.getError,
		"eglQueryString":          &e.queryString,
		"eglInitialize":           &e.initialize,
		"eglBindAPI":              &e.bindAPI,
		"eglChooseConfig":         &e.chooseConfig,
		"eglCreateContext":        &e.createContext,
		"eglDestroyContext":       &e.destroyContext,
		"eglCreatePbufferSurface": &e.createPbuffer,
		"eglDestroySurface":       &e.destroySurface,
		"eglMakeCurrent":          &e.makeCurrent,
		"eglReleaseThread":        &e.releaseThread,
		"eglGetProcAddress":       &e.getProcAddress,
	} {
		purego.RegisterLibFunc(fn, handle, name)
	}
	e.client = e.queryString(0, eglExtensions)
	if e.has("EGL_EXT_device_enumeration") || e.has("EGL_EXT_device_base") {
		e.extension("eglQueryDevicesEXT", &e.queryDevices)
	}
	if e.has("EGL_EXT_device_query") || e.has("EGL_EXT_device_base") {
		e.extension("eglQueryDeviceStringEXT", &e.queryDeviceString)
	}
	if e.has("EGL_EXT_platform_base") {
		e.extension("eglGetPlatformDisplayEXT", &e.getPlatformDisplay)
	}
	return e, nil
})

func (e *eglLib) has(name string) bool { return word(e.client, name) }

func (e *eglLib) extension(name string, fn any) {
	if p := e.getProcAddress(name); p != nil {
		purego.RegisterFunc(fn, uintptr(p))
	}
}

// word reports whether an extension string, names between spaces, holds one.
func word(list, name string) bool {
	for _, s := range strings.Fields(list) {
		if s == name {
			return true
		}
	}
	return false
}
