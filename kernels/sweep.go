package kernels

import (
	"fmt"
	"math/rand/v2"

	"mindgap/engine"
)

// sweepHold is how many elements (of T) a lane of include/sweep.glsl keeps in registers.
const sweepHold = 4

// A line of a processor's lanes is as many as run as one vector, eight; in a step it takes lineRun
// times four elements a lane.
const (
	lineLanes = 8
	lineRun   = 4
	lineCols  = lineLanes * lineRun * 4
)

// sweepVariants are those of a shader that goes so many times along each row (see
// include/sweep.glsl): a row has a group of GPU lanes or, on processors, a line of eight or an
// invocation. inputs and outputs are what is taken four elements at a time.
func sweepVariants[P any](file string, sweeps int, inputs, outputs []string, shape func(P) (rows, cols int32, fours bool)) []engine.Variant[P] {
	variant := func(name string, lanes, vec int, more ...string) engine.Variant[P] {
		v := engine.Variant[P]{
			Name: name, File: file, Defines: append([]string{fmt.Sprintf("LANES=%d", lanes), fmt.Sprintf("VEC=%d", vec)}, more...),
			Groups: func(p P) int { rows, _, _ := shape(p); return ceil(int(rows), 16) },
			Loops:  func(p P) int { _, cols, _ := shape(p); return sweeps * ceil(int(cols), vec) },
			Prefer: engine.Software[P],
		}
		if vec == 4 {
			v.Vec4 = append(append([]string{}, inputs...), outputs...)
			v.Fits = func(p P, _ *engine.Caps) bool { _, _, fours := shape(p); return fours }
		}
		if lanes > 1 {
			v.Groups = func(p P) int { rows, _, _ := shape(p); return int(rows) }
			// A sweep, and the tree that folds its sums: two of them at most.
			v.Loops = func(p P) int { _, cols, _ := shape(p); return sweeps * (ceil(int(cols), lanes*vec) + 2*6) }
			v.Prefer = func(p P, c *engine.Caps) bool { _, cols, _ := shape(p); return !c.Software && int(cols) >= lanes }
		}
		return v
	}
	hold := variant("hold4", rowLanes, 4, fmt.Sprintf("HOLD=%d", sweepHold))
	hold.Fits = func(p P, _ *engine.Caps) bool {
		_, cols, fours := shape(p)
		return fours && cols <= 4*rowLanes*sweepHold
	}
	hold.Loops = func(P) int { return (sweeps+1)*sweepHold + sweeps*2*6 }
	four, group := variant("group4", rowLanes, 4), variant("group", rowLanes, 1)
	const folds = 2 // at most, in a sweep
	texels := variant("texel", 1, 4, "TEXEL=1")
	texels.Vec4, texels.Texel = outputs, inputs
	line := variant("line", lineLanes, 4, "TEXEL=1", fmt.Sprintf("RUN=%d", lineRun))
	line.Vec4, line.Texel, line.Prefer = outputs, inputs, engine.Software[P]
	line.Fits = func(p P, _ *engine.Caps) bool {
		_, cols, fours := shape(p)
		return fours && cols%lineCols == 0
	}
	line.Loops = func(p P) int { _, cols, _ := shape(p); return sweeps * (int(cols)/lineCols*(lineRun+1) + 2*3) }
	scalar := variant("scalar", 1, 1)
	scalar.Prefer = nil // short rows on a GPU as well
	return []engine.Variant[P]{
		hold, four, group,
		overSubgroups("subgroup_hold4", hold, folds*sweeps), overSubgroups("subgroup4", four, folds*sweeps), overSubgroups("subgroup", group, folds*sweeps),
		line, texels, variant("vec4", 1, 4), scalar,
	}
}

// overSubgroups is a variant whose lanes meet in subgroups before they meet in shared memory (see
// include/fold.glsl), so many times. Nothing but a measurement chooses it.
func overSubgroups[P any](name string, v engine.Variant[P], folds int) engine.Variant[P] {
	loops := v.Loops
	v.Name, v.Subgroup, v.Prefer = name, true, engine.Never[P]
	v.Defines = append(v.Defines[:len(v.Defines):len(v.Defines)], "SUBGROUP=0")
	v.Loops = func(p P) int { return loops(p) + folds*rowLanes } // a subgroup has a lane at least
	return v
}

// farRows fills x with normal rows whose means are up to 1000 times their spread, and the
// others with normal numbers.
func farRows(r *rand.Rand, rows, cols, ld int32, x []float64, others ...[]float64) {
	normalInputs(r, append(others, x)...)
	eachRow(rows, cols, func(row, col int) {
		v := &x[row*int(ld)+col]
		*v = []float64{0, 1000, -20}[row%3] + *v*[]float64{1, 1, 0.01}[row%3]
	})
}
