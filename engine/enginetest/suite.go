package enginetest

import (
	"testing"

	"mindgap/engine"
)

// Suite runs every kernel of a table on a device, a subtest each, and checks that every
// variant had a case that it can run (but for devices of less than Window, and for variants over
// subgroups on devices without) and that no tensor is left behind.
func Suite(t *testing.T, d *engine.Device, table []engine.Spec) {
	for _, s := range table {
		t.Run(s.Info().Name, func(t *testing.T) {
			rows := VerifyKernel(d, s)
			if len(rows) == 0 {
				t.Errorf("no case ran on %s", d.Name())
			}
			ran := map[string]bool{}
			for _, r := range rows {
				ran[r.Variant] = true
				if !r.OK {
					t.Errorf("%s, %s, %s on %s: %s", r.Kernel, r.Variant, r.Case, r.Device, r.Why)
				}
			}
			c := d.Caps()
			for _, v := range variants(d, s) {
				if !ran[v] && !lacks(c, s, v) {
					t.Errorf("%s: no case ran on variant %s", s.Info().Name, v)
				}
			}
			if n := d.Memory().Live; n != 0 {
				t.Errorf("%d buffers are still lent", n)
			}
		})
	}
}

// lacks says whether a device need not have a case that a variant can run.
func lacks(c engine.Caps, s engine.Spec, variant string) bool {
	if c.Kind == "host" {
		return false
	}
	for _, v := range s.Info().Variants {
		if v.Name == variant && v.Subgroup && c.Subgroup == 0 {
			return true
		}
	}
	return c.MaxBlockBytes < Window
}
