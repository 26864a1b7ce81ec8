package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// tuned is a device's table: by kernel and bucket the variant that was measured to be the
// fastest. A launch asks it before Prefer, so which variant runs, and with it every bit of
// a result, follows from the table alone and never from a measurement on the way.
type tuned map[string]map[string]string

// WithTuning gives the device what was measured before: seeds, which ship with a program, and
// file, which this machine's user measured and which goes first. Either may be nil. Without
// this option, and on the host device, Prefer decides.
//
// The file's picks count where renderer and version are the device's. Of the seeds those of
// its renderer count: of its version, or where there are none the first of another version.
func WithTuning(seeds, file *Tuning) Option {
	return func(c *config) { c.seeds, c.tuning = seeds, file }
}

// newTuned gathers what counts for a device, and names it for Caps.Tuning.
func newTuned(cfg config, c *Caps) (t tuned, name string) {
	if c.Kind == "host" {
		return nil, ""
	}
	t = tuned{}
	if t.add(cfg.seeds.nearest(c.Renderer, c.Version)) {
		name = "seeds"
	}
	if t.add(cfg.tuning.Find(c.Renderer, c.Version)) {
		name = "file"
	}
	if name != "" {
		name += " " + t.digest()
	}
	return t, name
}

func (t tuned) add(d *TunedDevice) bool {
	if d == nil {
		return false
	}
	for _, p := range d.Picks {
		if t[p.Kernel] == nil {
			t[p.Kernel] = map[string]string{}
		}
		t[p.Kernel][p.Bucket] = p.Variant
	}
	return len(d.Picks) > 0
}

// digest is equal for tables that choose the same.
func (t tuned) digest() string {
	h := sha256.New()
	for _, kernel := range slices.Sorted(maps.Keys(t)) {
		for _, bucket := range slices.Sorted(maps.Keys(t[kernel])) {
			fmt.Fprintf(h, "%q %q %q\n", kernel, bucket, t[kernel][bucket])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// VariantsDigest is equal while a kernel's variants and their texts are: what was measured of
// others says nothing.
func VariantsDigest(s Spec) string {
	in, h := s.Info(), sha256.New()
	for _, v := range in.Variants {
		text, err := ShaderText(in.Source, v.File, v.Defines)
		fmt.Fprintf(h, "%q %q %q %q %v\n", v.Name, text, v.Texel, v.Vec4, err)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// Current gives the picks that were made from the variants that kernels of a table have now:
// after a change of a kernel its own preferences count until it is measured again.
func (t *Tuning) Current(table []Spec) *Tuning {
	if t == nil {
		return nil
	}
	digests := map[string]string{}
	for _, d := range t.Devices {
		for _, p := range d.Picks {
			digests[p.Kernel] = ""
		}
	}
	for _, s := range table {
		if _, picked := digests[s.Info().Name]; picked {
			digests[s.Info().Name] = VariantsDigest(s)
		}
	}
	now := &Tuning{Schema: t.Schema}
	for _, d := range t.Devices {
		d.Picks = slices.DeleteFunc(slices.Clone(d.Picks), func(p Pick) bool { return digests[p.Kernel] == "" || digests[p.Kernel] != p.Candidates })
		now.Devices = append(now.Devices, d)
	}
	return now
}

// tunedVariant is the table's choice for a launch; nil where it has none, names a variant that the
// kernel does not have, or one that cannot run these very tensors. A launch allocates
// nothing here.
func (k *Kernel[P]) tunedVariant(d *Device, p P, size []int, ts []*Tensor) *Variant[P] {
	name := k.tunedName(d, p)
	if name == "" {
		return nil
	}
	for i := range k.Variants {
		v := &k.Variants[i]
		if v.Name != name {
			continue
		}
		if !k.fits(d, v, p, size, ts) {
			return nil
		}
		if _, err := k.windows(d, v, p, size); err != nil {
			return nil
		}
		return v
	}
	return nil
}

func (k *Kernel[P]) tunedName(d *Device, p P) string {
	picks := d.tuned[k.Name]
	if len(picks) == 0 || k.Bucket == nil {
		return ""
	}
	var room [192]byte
	b := k.Bucket(p)
	return picks[string(b.append(room[:0]))]
}
