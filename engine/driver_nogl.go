package engine

import "fmt"

func openGL(cfg config) (driver, Caps, error) {
	return nil, Caps{}, fmt.Errorf("engine: gl: %w", ErrNoDevice)
}
