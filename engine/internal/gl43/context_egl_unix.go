//go:build cgo && !nogl && (linux || freebsd || netbsd)

package gl43

import (
	"errors"
	"fmt"
	"unsafe"
)

// EGL lists the ways to a context that EGL offers here, in the order in which devices are
// numbered: hardware, then software, then the surfaceless platform, which is one of the
// others once more and counts only where none of them opens.
func EGL() ([]Way, error) {
	e, err := loadEGL()
	if err != nil {
		return nil, err
	}
	if e.getPlatformDisplay == nil {
		return nil, errors.New("this EGL has no EGL_EXT_platform_base")
	}
	var hard, soft []Way
	if e.queryDevices != nil && e.has("EGL_EXT_platform_device") {
		for i, dev := range e.devices() {
			w := Way{Via: fmt.Sprintf("egl device %d", i)}
			if e.queryDeviceString != nil {
				w.Software = word(e.queryDeviceString(dev, eglExtensions), "EGL_MESA_device_software")
			}
			w.open = func(debug bool) (Surface, error) { return e.open(eglPlatformDevice, dev, debug) }
			if w.Software {
				soft = append(soft, w)
			} else {
				hard = append(hard, w)
			}
		}
	}
	ways := append(hard, soft...)
	if e.has("EGL_MESA_platform_surfaceless") {
		ways = append(ways, Way{Via: "egl surfaceless", Last: true,
			open: func(debug bool) (Surface, error) { return e.open(eglPlatformSurfaceless, 0, debug) }})
	}
	if len(ways) == 0 {
		return nil, errors.New("this EGL knows neither devices nor the surfaceless platform")
	}
	return ways, nil
}

func (e *eglLib) devices() []uintptr {
	var n int32
	if e.queryDevices(0, nil, &n) == 0 || n <= 0 {
		return nil
	}
	list := make([]uintptr, n)
	if e.queryDevices(n, &list[0], &n) == 0 {
		return nil
	}
	return list[:n]
}

// eglSurface is a context with nothing, or with one pixel, to draw on.
type eglSurface struct {
	lib               *eglLib
	dpy, ctx, surface uintptr
}

// open makes a context and makes it current on this thread.
func (e *eglLib) open(platform uint32, native uintptr, debug bool) (Surface, error) {
	fail := func(call string) error { return fmt.Errorf("%s: %s", call, eglErrorName(e.getError())) }
	dpy := e.getPlatformDisplay(platform, native, nil)
	if dpy == 0 {
		return nil, fail("eglGetPlatformDisplayEXT")
	}
	var major, minor int32
	if e.initialize(dpy, &major, &minor) == 0 {
		return nil, fmt.Errorf("%w (no driver for it? Debian: apt-get install libgl1-mesa-dri)", fail("eglInitialize"))
	}
	if e.bindAPI(eglOpenGLAPI) == 0 {
		return nil, fail("eglBindAPI(OpenGL)")
	}
	ext := e.queryString(dpy, eglExtensions)
	needPbuffer := !word(ext, "EGL_KHR_surfaceless_context")
	var config uintptr
	if needPbuffer || !word(ext, "EGL_KHR_no_config_context") && !word(ext, "EGL_MESA_configless_context") {
		var err error
		if config, err = e.config(dpy); err != nil {
			return nil, err
		}
	}
	s := &eglSurface{lib: e, dpy: dpy}
	for _, attribs := range contextAttribs(debug) {
		if s.ctx = e.createContext(dpy, config, 0, &attribs[0]); s.ctx != 0 {
			break
		}
	}
	if s.ctx == 0 {
		return nil, fail("eglCreateContext")
	}
	if needPbuffer {
		size := []int32{0x3057, 1, 0x3056, 1, eglNone} // width, height
		if s.surface = e.createPbuffer(dpy, config, &size[0]); s.surface == 0 {
			err := fail("eglCreatePbufferSurface")
			s.Destroy()
			return nil, err
		}
	}
	if e.makeCurrent(dpy, s.surface, s.surface, s.ctx) == 0 {
		err := fail("eglMakeCurrent")
		s.Destroy()
		return nil, err
	}
	return s, nil
}

// contextAttribs are the wishes for a context, the best first: that the loss of the
// context be reported (without it a reset of the GPU shows only as wrong numbers); without
// that; and any context at all, which is too old but can say its version.
func contextAttribs(debug bool) [][]int32 {
	plain := []int32{0x3098, 4, 0x30FB, 3, 0x30FD, 1} // major, minor, core profile
	if debug {
		plain = append(plain, 0x31B0, 1)
	}
	lose := append(append([]int32(nil), plain...), 0x31BD, 0x31BF) // reset notification: lose the context
	return [][]int32{append(lose, eglNone), append(plain, eglNone), {eglNone}}
}

// config picks one for a pbuffer and OpenGL, where a context needs one.
func (e *eglLib) config(dpy uintptr) (uintptr, error) {
	want := []int32{0x3033, 1, 0x3040, 8, eglNone} // surface type: pbuffer; renderable: OpenGL
	var config uintptr
	var n int32
	if e.chooseConfig(dpy, &want[0], &config, 1, &n) == 0 || n == 0 {
		return 0, errors.New("eglChooseConfig: no configuration for OpenGL")
	}
	return config, nil
}

func (s *eglSurface) ProcAddr(name string) unsafe.Pointer { return s.lib.getProcAddress(name) }

// Destroy ends the context. The display stays: eglTerminate would end every other context
// on it in this process.
func (s *eglSurface) Destroy() {
	s.lib.makeCurrent(s.dpy, 0, 0, 0)
	if s.ctx != 0 {
		s.lib.destroyContext(s.dpy, s.ctx)
	}
	if s.surface != 0 {
		s.lib.destroySurface(s.dpy, s.surface)
	}
	s.lib.releaseThread()
}

func eglErrorName(code int32) string {
	names := []string{"EGL_SUCCESS", "EGL_NOT_INITIALIZED", "EGL_BAD_ACCESS", "EGL_BAD_ALLOC", "EGL_BAD_ATTRIBUTE",
		"EGL_BAD_CONFIG", "EGL_BAD_CONTEXT", "EGL_BAD_CURRENT_SURFACE", "EGL_BAD_DISPLAY", "EGL_BAD_MATCH",
		"EGL_BAD_NATIVE_PIXMAP", "EGL_BAD_NATIVE_WINDOW", "EGL_BAD_PARAMETER", "EGL_BAD_SURFACE", "EGL_CONTEXT_LOST"}
	if i := int(code) - 0x3000; i >= 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("EGL error 0x%04X", code)
}
