//go:build cgo && !nogl && !darwin

package engine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"mindgap/engine/internal/gl43"
	"mindgap/engine/internal/glfwctx"
)

// glEnv chooses how contexts are made: "egl", "glfw", or unset for EGL and, where that
// gives none, the hidden window of GLFW.
const glEnv = "MINDGAP_GL"

// glWays lists the ways to an OpenGL context in the order in which devices are numbered.
func glWays() ([]gl43.Way, error) {
	choice := os.Getenv(glEnv)
	var ways []gl43.Way
	var err error
	switch choice {
	case "glfw":
		if !glfwctx.Built {
			_, err = glfwctx.Open(false)
			return nil, fmt.Errorf("%s=glfw: %w", glEnv, err)
		}
	case "", "egl":
		ways, err = gl43.EGL()
	default:
		return nil, fmt.Errorf("%s=%s: want egl or glfw", glEnv, choice)
	}
	if choice == "egl" || !glfwctx.Built {
		return ways, err
	}
	return append(ways, gl43.NewWay("glfw", true, func(debug bool) (gl43.Surface, error) {
		c, windowErr := glfwctx.Open(debug)
		if windowErr != nil && err != nil && runtime.GOOS != "windows" {
			windowErr = fmt.Errorf("%w; %w", windowErr, err)
		}
		return c, windowErr
	})), nil
}

// openGL opens the device of cfg.index, or the first that is fit, hardware before software.
// It is called on the locked thread that will own the context.
func openGL(cfg config) (driver, Caps, error) {
	name := "gl"
	if cfg.index >= 0 {
		name = fmt.Sprintf("gl:%d", cfg.index)
	}
	ways, err := glWays()
	if err != nil {
		return nil, Caps{}, fmt.Errorf("engine: %s: %w: %v", name, ErrNoDevice, err)
	}
	var c *gl43.Context
	if cfg.index >= 0 {
		c, err = openNamed(ways, cfg)
	} else {
		c, err = openFirst(ways, cfg)
	}
	if err != nil {
		return nil, Caps{}, fmt.Errorf("engine: %s: %w: %v", name, ErrNoDevice, err)
	}
	probed, err := c.Probe()
	if err != nil {
		c.Close()
		return nil, Caps{}, fmt.Errorf("engine: %s: %s: %w", name, c.Renderer, glError(err))
	}
	caps := glCaps(name, c, probed)
	if cfg.memory > 0 {
		caps.MaxMemory = cfg.memory
	}
	return &glDriver{ctx: c, query: probed.Timer, programs: map[*program]glProgram{}}, caps, nil
}

// openFirst takes the first hardware device, else (unless cfg.hard) the first that computes
// on the processor.
func openFirst(ways []gl43.Way, cfg config) (*gl43.Context, error) {
	var reasons []error
	soft := -1
	for i, w := range ways {
		if w.Last && soft >= 0 || w.Software && cfg.hard {
			soft = max(soft, i)
			continue
		}
		c, err := w.Open(cfg.debug)
		if err != nil {
			reasons = append(reasons, err)
			continue
		}
		if !c.Software || !cfg.hard && (w.Software || w.Last) {
			return c, nil
		}
		c.Close() // listed as hardware, and is not; the next may be
		if soft < 0 {
			soft = i
		}
	}
	if soft >= 0 && !cfg.hard {
		return ways[soft].Open(cfg.debug)
	}
	if soft >= 0 {
		reasons = append(reasons, errors.New("only software OpenGL here"))
	}
	return nil, oneLine(reasons)
}

// openNamed takes one device and no other.
func openNamed(ways []gl43.Way, cfg config) (*gl43.Context, error) {
	i := cfg.index
	if i >= len(ways) || ways[i].Last && len(glPresent(ways[:i])) > 0 {
		return nil, fmt.Errorf("%s", glHere(ways))
	}
	return ways[i].Open(cfg.debug)
}

// glHere is "1 OpenGL device here (gl:0 llvmpipe)".
func glHere(ways []gl43.Way) string {
	list := glPresent(ways)
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name + " " + c.Renderer
	}
	switch len(list) {
	case 0:
		return "no OpenGL device here"
	case 1:
		return "1 OpenGL device here (" + names[0] + ")"
	}
	return fmt.Sprintf("%d OpenGL devices here (%s)", len(list), strings.Join(names, ", "))
}

// glPresent opens one context after another, to see which there are. Names are positions:
// a device that does not open leaves its number unused.
func glPresent(ways []gl43.Way) []Caps {
	var list []Caps
	for i, w := range ways {
		if w.Last && len(list) > 0 {
			continue
		}
		if c, err := w.Open(false); err == nil {
			list = append(list, glCaps(fmt.Sprintf("gl:%d", i), c, gl43.Probed{}))
			c.Close()
		}
	}
	return list
}

// listGL lists the OpenGL devices of this machine in the order of their numbers. What only
// self-tests tell (LoopBudget, Timer, Math) is left empty.
func listGL() ([]Caps, error) {
	ways, err := glWays()
	if err != nil {
		return nil, fmt.Errorf("engine: gl: %w: %v", ErrNoDevice, err)
	}
	list := make(chan []Caps)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		list <- glPresent(ways)
	}()
	return <-list, nil
}

func oneLine(errs []error) error {
	parts := make([]string, len(errs))
	for i, err := range errs {
		parts[i] = err.Error()
	}
	if len(parts) == 0 {
		parts = []string{"no OpenGL device here"}
	}
	return errors.New(strings.Join(parts, "; "))
}
