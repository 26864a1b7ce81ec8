package engine

// Caps is the record of one device: what it is, what it can hold, and what was measured
// on it when it was opened. `mindgap devices` prints it; results name it.
type Caps struct {
	Name     string `json:"name"`     // as Open takes it: "host", "gl", "gl:1"
	Kind     string `json:"kind"`     // "host" or "gl"
	Renderer string `json:"renderer"` // GL_RENDERER, or the processor and its BLAS
	Vendor   string `json:"vendor"`
	Version  string `json:"version"` // GL_VERSION
	GLSL     string `json:"glsl"`
	Via      string `json:"via"`      // how the context was made: "egl device 0", "egl surfaceless", "glfw"
	Software bool   `json:"software"` // shaders run on the processor
	BLAS     string `json:"blas"`     // host only: "openblas 0.3.21" or "gonum"
	Cores    int    `json:"cores"`

	MaxGroups      [3]int     `json:"max_groups"`      // groups per axis of one dispatch
	MaxInvocations int        `json:"max_invocations"` // invocations of one group
	MaxLocal       [3]int     `json:"max_local"`       // size of a group per axis
	MaxShared      int        `json:"max_shared"`      // bytes of shared memory of a group
	MaxBlocks      int        `json:"max_blocks"`      // storage blocks of a compute shader
	MaxBlockBytes  int64      `json:"max_block_bytes"` // bytes one storage block may cover
	BlockAlign     int        `json:"block_align"`     // bytes, offset of a bound storage range
	MaxTexels      int64      `json:"max_texels"`      // texels of a buffer texture
	TexelAlign     int        `json:"texel_align"`     // bytes, offset of a buffer texture's range
	UniformAlign   int        `json:"uniform_align"`   // bytes, offset of a bound uniform range
	MaxMemory      int64      `json:"max_memory"`      // bytes that the pool may hold
	Subgroup       int        `json:"subgroup"`        // invocations of a subgroup, where shaders can reduce over one (Variant.Subgroup); 0: they cannot
	LoopBudget     int        `json:"loop_budget"`     // iterations one invocation may run in all; 0: no limit seen
	Timer          string     `json:"timer"`           // "query" (timestamps) or "wall" (clock and finish)
	Tuning         string     `json:"tuning"`          // the table that chooses variants: "seeds" or "file" with a digest of its choices; "": none
	Extensions     []string   `json:"extensions"`      // those that the engine or a kernel looks for
	Math           MathErrors `json:"math"`
}

// Where is what the last bits of a result depend on beside its inputs: the renderer, and the
// table that chooses variants where there is one.
func (c Caps) Where() string {
	if c.Tuning == "" {
		return c.Renderer
	}
	return c.Renderer + ", tuning: " + c.Tuning
}

// MathErrors are the errors of the device's functions as a self-test at Open sees them, in
// units of u = 2^-24: relative for exp, sqrt and division; relative to max(1, |log x|) for
// log, whose result may be near 0; absolute for sin and cos (arguments in [-2 pi, 2 pi]).
// Each is the largest error seen on some thousand points times 1.5 plus 1 u, since samples
// do not meet the worst argument. Error bounds of kernels are derived from these.
// Tiny is the largest result that the device flushes to zero: 2^-126 where denormals
// are flushed, else 2^-149.
type MathErrors struct {
	Exp  float64 `json:"exp"`
	Log  float64 `json:"log"`
	Sin  float64 `json:"sin"`
	Cos  float64 `json:"cos"`
	Sqrt float64 `json:"sqrt"`
	Div  float64 `json:"div"`
	Tiny float64 `json:"tiny"`
}

// U is the unit roundoff of float32, 2^-24.
const U = 1.0 / (1 << 24)

// Gamma is gamma_n = n u / (1 - n u), the classic bound for a float32 sum or product of n
// roundings (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
func Gamma(n int) float64 {
	x := float64(n) * U
	if x >= 0.5 {
		return 1
	}
	return x / (1 - x)
}
