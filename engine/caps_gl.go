//go:build cgo && !nogl && !darwin

package engine

import (
	"runtime"

	"mindgap/engine/internal/gl43"
)

// glExtensions are those that the engine or a kernel looks for.
var glExtensions = []string{
	"GL_ARB_buffer_storage", "GL_ARB_gpu_shader_fp64", "GL_ARB_gpu_shader_int64", "GL_ARB_robustness",
	"GL_ARB_shader_ballot", "GL_ARB_shader_group_vote", "GL_ARB_timer_query", "GL_AMD_gpu_shader_half_float",
	"GL_ATI_meminfo", "GL_KHR_debug", "GL_KHR_robustness", "GL_KHR_shader_subgroup", "GL_NVX_gpu_memory_info",
	"GL_NV_gpu_shader5", "GL_NV_shader_atomic_float", "GL_NV_shader_thread_group", "GL_NV_shader_thread_shuffle",
}

// glCaps is the record of a context. Where the driver does not tell the device's memory,
// half of the machine's is what the pool may hold; else nine tenths of the device's.
func glCaps(name string, c *gl43.Context, p gl43.Probed) Caps {
	caps := Caps{
		Name: name, Kind: "gl",
		Renderer: c.Renderer, Vendor: c.Vendor, Version: c.Version, GLSL: c.GLSL, Via: c.Via, Software: c.Software,
		MaxGroups: c.MaxGroups, MaxInvocations: c.MaxInvocations, MaxLocal: c.MaxLocal,
		MaxShared: c.MaxShared, MaxBlocks: c.MaxBlocks, MaxBlockBytes: c.MaxBlockBytes,
		BlockAlign: c.BlockAlign, MaxTexels: c.MaxTexels, TexelAlign: c.TexelAlign, UniformAlign: c.UniformAlign,
		MaxMemory:  c.Memory / 10 * 9,
		Subgroup:   p.Subgroup,
		LoopBudget: p.LoopBudget,
		Math:       MathErrors(p.Math),
	}
	if caps.MaxMemory == 0 {
		caps.MaxMemory = physicalMemory() / 2
	}
	if c.Software {
		caps.Cores = runtime.NumCPU()
	}
	if p != (gl43.Probed{}) {
		caps.Timer = "wall"
	}
	if p.Timer {
		caps.Timer = "query"
	}
	for _, e := range glExtensions {
		if c.Has(e) {
			caps.Extensions = append(caps.Extensions, e)
		}
	}
	return caps
}
