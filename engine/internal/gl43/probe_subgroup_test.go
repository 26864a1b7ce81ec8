//go:build cgo && !nogl && !darwin

package gl43

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// subgroupWords is what a right driver with subgroups of so many lanes writes.
func subgroupWords(size int) []uint32 {
	y := make([]uint32, subgroupFields*subgroupLanes)
	for i := range subgroupLanes {
		for k := i * i % 61; k < subgroupTurns; k += subgroupLanes {
			y[i] += uint32(k + 1)
		}
	}
	for i := range subgroupLanes {
		from := i / size * size
		for _, v := range y[from:min(from+size, subgroupLanes)] {
			y[64+i] += v
			y[128+i] = max(y[128+i], v)
		}
		y[192+i], y[256+i] = uint32(i/size), uint32((subgroupLanes+size-1)/size)
		if i == from {
			y[320+i] = 1
		}
	}
	return y
}

// Any size of subgroups is right; any word that is not, is seen.
func TestSubgroupsRight(t *testing.T) {
	for _, size := range []int{1, 4, 8, 16, 32, 64, 128} {
		y := subgroupWords(size)
		if !subgroupsRight(y) {
			t.Errorf("subgroups of %d are refused", size)
		}
		for i := range y {
			for _, off := range []uint32{1, 64, 1 << 31} {
				bad := slices.Clone(y)
				if bad[i] += off; subgroupsRight(bad) {
					t.Errorf("subgroups of %d: word %d may be %d in place of %d", size, i, bad[i], y[i])
				}
			}
		}
	}
	if subgroupsRight(make([]uint32, subgroupFields*subgroupLanes)) {
		t.Error("nothing written is right")
	}
}

// What a device says is taken only where it holds; without the extension there is nothing to say.
func TestProbeSubgroup(t *testing.T) {
	c := open(t, true)
	got, err := c.probeSubgroup()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: said %d, works %d", c.Renderer, c.Subgroup, got)
	if got != 0 && got != c.Subgroup || !c.Has("GL_KHR_shader_subgroup") && c.Subgroup != 0 {
		t.Errorf("said %d, works %d", c.Subgroup, got)
	}
	c.Subgroup = 32 // as a driver would that promises more than it does
	got, err = c.probeSubgroup()
	if err != nil {
		t.Fatal(err)
	}
	if !c.Has("GL_KHR_shader_subgroup") && got != 0 {
		t.Errorf("subgroups of %d without the extension", got)
	}
}

// llvmpipe has subgroups of eight lanes, but no words for them in its GLSL: as SPIR-V the self-test's
// shader runs there, and comes out right.
func TestSubgroupShaderRuns(t *testing.T) {
	tool, err := exec.LookPath("glslangValidator")
	if err != nil {
		t.Skip("glslangValidator is not installed (package glslang-tools)")
	}
	c := open(t, false)
	if !strings.HasPrefix(c.Renderer, "llvmpipe") || !c.Has("GL_ARB_gl_spirv") {
		t.Skipf("%s is not known to take subgroups from SPIR-V", c.Renderer)
	}
	dir := t.TempDir()
	text, binary := filepath.Join(dir, "probe.comp"), filepath.Join(dir, "probe.spv")
	if err := os.WriteFile(text, []byte(probeSubgroupText), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "-G", "--target-env", "spirv1.3", "-o", binary, text).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	spirv, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	const shaderBinarySPIRV = 0x9551
	shader, program := gl.CreateShader(gl.COMPUTE_SHADER), gl.CreateProgram()
	gl.ShaderBinary(1, &shader, shaderBinarySPIRV, unsafe.Pointer(&spirv[0]), int32(len(spirv)))
	gl.SpecializeShaderARB(shader, gl.Str("main\x00"), 0, nil, nil)
	gl.AttachShader(program, shader)
	gl.LinkProgram(program)
	gl.DeleteShader(shader)
	var linked int32
	if gl.GetProgramiv(program, gl.LINK_STATUS, &linked); linked == gl.FALSE {
		t.Fatal(infoLog(program, gl.GetProgramiv, gl.GetProgramInfoLog))
	}
	// SPIR-V carries no names to look for.
	p := &Program{name: program, bufs: []Buf{{Name: "y", Type: Uint}}, params: 16, first: -1, off: -1, pace: newPace(true)}
	defer c.deleteProgram(p)
	right, err := c.subgroupsWork(p)
	if err != nil || !right {
		t.Errorf("right: %v, %v", right, err)
	}
}
