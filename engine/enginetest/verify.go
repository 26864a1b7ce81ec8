package enginetest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"mindgap/engine"
)

// Window is a storage block limit below any real device's. A device opened with less
// (engine.WithBlockLimit) cuts launches into windows, and refuses, cleanly, those that
// cannot be cut: such cases give no row.
const Window = 1 << 20

// Verify runs every case of every kernel on a device, on every variant that can run it, and
// reports each verdict. It returns the number of rows that are not OK.
func Verify(d *engine.Device, table []engine.Spec, report func(Row)) (bad int) {
	for _, s := range table {
		for _, r := range VerifyKernel(d, s) {
			if !r.OK {
				bad++
			}
			report(r)
		}
	}
	return bad
}

// VerifyKernel gives the rows of one kernel on a device.
func VerifyKernel(d *engine.Device, s engine.Spec) []Row {
	caps := d.Caps()
	var rows []Row
	for _, v := range variants(d, s) {
		for _, p := range s.TestCases() {
			if caps.Kind != "host" && !s.CanRun(v, p, &caps) {
				continue
			}
			passes := plain
			if caps.Kind == "host" || s.Info().Special {
				passes = append(slices.Clone(plain), special...)
			}
			for _, ps := range passes {
				if r, ran := one(d, s, v, p, ps); ran {
					rows = append(rows, r)
				}
			}
		}
	}
	return rows
}

// variants lists what a device can run a kernel with: its shaders, or the host's Go form,
// which is named by the BLAS beneath it.
func variants(d *engine.Device, s engine.Spec) []string {
	if c := d.Caps(); c.Kind == "host" {
		return []string{c.BLAS}
	}
	var names []string
	for _, v := range s.Info().Variants {
		names = append(names, v.Name)
	}
	return names
}

// one runs one pass of one case. ran is false where the variant cannot read buffers at the
// pass's offset.
func one(d *engine.Device, s engine.Spec, variant string, p any, ps pass) (row Row, ran bool) {
	caps := d.Caps()
	row = Row{Kernel: s.Info().Name, Variant: variant, Case: s.Describe(p), Device: caps.Name}
	if ps.name != "" {
		row.Case += " " + ps.name
	}
	b := inputs(s, p, ps)
	want := make([][]float64, len(b))
	for i := range b {
		want[i] = slices.Clone(b[i])
	}
	s.Define(p, want)
	first, err := launch(d, s, variant, p, ps, b)
	if errors.Is(err, engine.ErrLimit) && (ps.guard%4 != 0 || caps.MaxBlockBytes < Window) {
		return row, false
	}
	if err == nil {
		err = first.guards()
	}
	if err == nil {
		err = first.unchanged(s, b)
	}
	var second *state
	if err == nil {
		second, err = launch(d, s, variant, p, ps, b)
	}
	if err == nil {
		err = first.equal(second)
	}
	if err != nil {
		row.Why, row.Error = err.Error(), math.MaxFloat64
		return row, true
	}
	row.OK = true
	allowed := s.Allowed(p, caps.Math, want)
	worst := -1.0
	for i, buf := range s.Info().Bufs {
		if !buf.Access.Writes() || len(want[i]) == 0 {
			continue
		}
		var bound []float64
		if allowed != nil {
			bound = allowed[i]
		}
		got := first.values(i, buf.Type)
		e, limit, at := compare(got, want[i], bound, caps.Math.Tiny, ps.inject != 0)
		if at < 0 {
			continue
		}
		if r := ratio(e, limit); r > worst {
			worst, row.Error, row.Bound = r, min(e, math.MaxFloat64), limit // JSON has no Inf
		}
		if !(e <= limit) {
			row.OK = false
			row.Why = fmt.Sprintf("%s[%d] is %g, want %g within %g", buf.Name, at, got[at], want[i][at], limit)
		}
	}
	return row, true
}

// VerifyVariant gives the rows of one variant at one of the kernel's cases: aligned, and at an odd
// offset where the variant can read that.
func VerifyVariant(d *engine.Device, s engine.Spec, variant string, p any) (rows []Row) {
	for _, ps := range plain {
		if r, ran := one(d, s, variant, p, ps); ran {
			rows = append(rows, r)
		}
	}
	return rows
}

// Within says whether results are as the suite wants them: nil bounds mean equal to the bit.
// at is the element nearest to its bound, or furthest beyond; -1 where there is none.
func Within(got, want, bound []float64, tiny float64) (ok bool, at int) {
	e, allowed, at := compare(got, want, bound, tiny, false)
	return at < 0 || e <= allowed, at
}
