package kernels

import "embed"

//go:embed *.glsl include/*.glsl
var shaders embed.FS
