package engine

import "runtime"

// List gives the devices of this machine by the names that Open takes: host, then every
// OpenGL device in the order of their numbers. What only a self-test tells (LoopBudget,
// Timer, Math of an OpenGL device) is left empty. The error says why there is no OpenGL;
// the host is listed all the same.
func List() ([]Caps, error) {
	h, err := Open("host")
	if err != nil {
		return nil, err
	}
	list := []Caps{h.Caps()}
	h.Close()
	runtime.LockOSThread() // contexts are opened to be asked
	defer runtime.UnlockOSThread()
	gl, err := listGL()
	if err == nil && len(gl) == 0 {
		_, err = Open("gl") // its error gives the reasons
	}
	return append(list, gl...), err
}
