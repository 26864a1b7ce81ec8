//go:build cgo && !nogl && !darwin

package gl43

import (
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Info is what a context says of itself. Sizes are in bytes.
type Info struct {
	Renderer, Vendor, Version, GLSL, Via string

	Software   bool
	Extensions []string // all of them

	MaxGroups, MaxLocal                              [3]int
	MaxInvocations, MaxShared, MaxBlocks             int
	MaxBlockBytes, MaxTexels                         int64
	BlockAlign, TexelAlign, UniformAlign, MaxUniform int
	Memory                                           int64 // of the device, where it tells; else 0
	Subgroup                                         int   // invocations of a subgroup over which compute shaders can reduce; 0: they cannot
	major, minor                                     int
}

func readInfo(w Way) Info {
	i := Info{
		Renderer: gl.GoStr(gl.GetString(gl.RENDERER)),
		Vendor:   gl.GoStr(gl.GetString(gl.VENDOR)),
		Version:  gl.GoStr(gl.GetString(gl.VERSION)),
		GLSL:     gl.GoStr(gl.GetString(gl.SHADING_LANGUAGE_VERSION)),
		Via:      w.Via,
		major:    integer(gl.MAJOR_VERSION),
		minor:    integer(gl.MINOR_VERSION),
	}
	i.Software = w.Software || softwareName(i.Renderer)
	for n := range uint32(integer(gl.NUM_EXTENSIONS)) {
		i.Extensions = append(i.Extensions, gl.GoStr(gl.GetStringi(gl.EXTENSIONS, n)))
	}
	if !i.atLeast(4, 3) {
		return i
	}
	for axis := range uint32(3) {
		var v int32
		gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_COUNT, axis, &v)
		i.MaxGroups[axis] = int(v)
		gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_SIZE, axis, &v)
		i.MaxLocal[axis] = int(v)
	}
	i.MaxInvocations = integer(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS)
	i.MaxShared = integer(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE)
	i.MaxBlocks = min(integer(gl.MAX_COMPUTE_SHADER_STORAGE_BLOCKS), integer(gl.MAX_SHADER_STORAGE_BUFFER_BINDINGS))
	i.MaxBlockBytes = integer64(gl.MAX_SHADER_STORAGE_BLOCK_SIZE)
	i.MaxTexels = integer64(gl.MAX_TEXTURE_BUFFER_SIZE)
	i.BlockAlign = max(integer(gl.SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT), 4)
	i.TexelAlign = max(integer(gl.TEXTURE_BUFFER_OFFSET_ALIGNMENT), 16)
	i.UniformAlign = max(integer(gl.UNIFORM_BUFFER_OFFSET_ALIGNMENT), 16)
	i.MaxUniform = integer(gl.MAX_UNIFORM_BLOCK_SIZE)
	if strings.HasPrefix(i.Renderer, "llvmpipe") {
		// It says 128 MiB and enforces nothing: 3 GiB were written and read to the end.
		i.MaxBlockBytes = max(i.MaxBlockBytes, 1<<31-256)
	}
	i.Memory = i.memory()
	i.Subgroup = i.subgroup()
	return i
}

// subgroup is the size of a subgroup where GL_KHR_shader_subgroup is there with its basic and its
// arithmetic functions in the compute stage; else 0.
func (i *Info) subgroup() int {
	const size, stages, features = 0x9532, 0x9533, 0x9534 // GL_SUBGROUP_SIZE_KHR and its neighbours
	const basic, arithmetic = 0x1, 0x4
	if !i.Has("GL_KHR_shader_subgroup") || integer(stages)&gl.COMPUTE_SHADER_BIT == 0 {
		return 0
	}
	if f := integer(features); f&basic == 0 || f&arithmetic == 0 {
		return 0
	}
	return integer(size)
}

// memory is the device's memory as vendors' extensions tell it.
func (i *Info) memory() int64 {
	const nvxTotal, atiBufferFree = 0x9048, 0x87FB // KiB
	switch {
	case i.Software:
		return 0
	case i.Has("GL_NVX_gpu_memory_info"):
		return int64(integer(nvxTotal)) << 10
	case i.Has("GL_ATI_meminfo"):
		var v [4]int32 // total free first
		gl.GetIntegerv(atiBufferFree, &v[0])
		return int64(v[0]) << 10
	}
	return 0
}

// softwareName knows the renderers that compute on the processor.
func softwareName(renderer string) bool {
	r := strings.ToLower(renderer)
	for _, s := range []string{"llvmpipe", "softpipe", "swiftshader", "lavapipe", "swrast", "software rasterizer"} {
		if strings.Contains(r, s) {
			return true
		}
	}
	return false
}

// Has reports whether the context has an extension.
func (i *Info) Has(extension string) bool {
	for _, e := range i.Extensions {
		if e == extension {
			return true
		}
	}
	return false
}

func (i *Info) atLeast(major, minor int) bool {
	return i.major > major || i.major == major && i.minor >= minor
}

func integer(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func integer64(name uint32) int64 {
	var v int64
	gl.GetInteger64v(name, &v)
	return v
}
