package engine

import (
	"fmt"
)

// queue turns a checked call into launches and queues them: one, or one per window where a
// buffer is larger than the device binds at once.
func (k *Kernel[P]) queue(d *Device, v *Variant[P], p P, ts []*Tensor) error {
	if d.host != nil {
		d.submit(k.onHost(d, p, ts))
		return nil
	}
	cuts, err := k.windows(d, v, p, ts)
	if err != nil {
		return err
	}
	if cuts == nil {
		return k.enqueue(d, v, p, ts, nil)
	}
	s := k.Split(p)
	for i := 0; i+1 < len(cuts); i++ {
		shift := make([]int, len(ts))
		for j, step := range s.Step {
			shift[j] = step * cuts[i]
		}
		if err := k.enqueue(d, v, s.Part(cuts[i], cuts[i+1]), ts, shift); err != nil {
			return err
		}
	}
	return nil
}

// onHost makes the launch for the host device: its own Go form over views.
func (k *Kernel[P]) onHost(d *Device, p P, ts []*Tensor) *launch {
	size := k.Size(p)
	return &launch{
		prog: &program{kernel: k.Name, variant: "host"},
		cost: k.Cost(p),
		note: describe(p),
		host: func(h *Host) {
			if h.exact {
				k.define(p, ts, size)
				return
			}
			views := make([]View, len(ts))
			for i, t := range ts {
				views[i] = t.view(size[i])
			}
			k.Host(h, p, views)
		},
	}
}

// windows gives the rows at which a launch must be cut so that every bound range is within
// the device's storage block limit; nil when it need not be.
func (k *Kernel[P]) windows(d *Device, v *Variant[P], p P, ts []*Tensor) ([]int, error) {
	limit := d.caps.MaxBlockBytes - int64(d.caps.BlockAlign)
	size := k.Size(p)
	over := false
	for i := range ts {
		if !contains(v.Texel, k.Bufs[i].Name) && int64(size[i])*elemBytes > limit {
			over = true
		}
	}
	if !over {
		return nil, nil
	}
	if k.Split == nil {
		return nil, fmt.Errorf("a buffer is larger than the %d bytes that the device binds at once, and the kernel cannot be cut: %w", limit, ErrLimit)
	}
	s := k.Split(p)
	rows := int64(s.Rows)
	for i := range ts {
		bytes := int64(size[i]) * elemBytes
		if contains(v.Texel, k.Bufs[i].Name) || bytes <= limit {
			continue
		}
		if s.Step[i] == 0 {
			return nil, fmt.Errorf("%s has %d bytes, the device binds %d at once, and this buffer is needed whole: %w", k.Bufs[i].Name, bytes, limit, ErrLimit)
		}
		rows = min(rows, limit/(int64(s.Step[i])*elemBytes))
	}
	quantum := int64(max(s.Quantum, 1))
	rows -= rows % quantum
	if rows <= 0 {
		return nil, fmt.Errorf("%d rows are larger than the %d bytes that the device binds at once: %w", quantum, limit, ErrLimit)
	}
	cuts := []int{}
	for lo := 0; lo < s.Rows; lo += int(rows) {
		cuts = append(cuts, lo)
	}
	return append(cuts, s.Rows), nil
}

// enqueue queues one launch; shift is where each buffer's window begins, in elements.
func (k *Kernel[P]) enqueue(d *Device, v *Variant[P], p P, ts []*Tensor, shift []int) error {
	groups := v.Groups(p)
	if groups == 0 {
		return nil
	}
	loops := v.Loops(p)
	if b := d.caps.LoopBudget; b > 0 && loops > b {
		return fmt.Errorf("%d loop iterations, the driver silently stops after %d: %w", loops, b, ErrLimit)
	}
	size := k.Size(p)
	l := &launch{
		prog:   d.program(k.programKey(v), func() *program { return k.program(v) }),
		params: packParams(p),
		binds:  make([]bind, len(ts)),
		groups: groups,
		cost:   k.Cost(p),
		note:   describe(p),
	}
	for i, t := range ts {
		off := t.off
		if shift != nil {
			off += shift[i]
		}
		l.binds[i] = bind{t.buf, int64(off) * elemBytes, int64(size[i]) * elemBytes}
	}
	d.submit(l)
	return nil
}

func (k *Kernel[P]) programKey(v *Variant[P]) programKey { return programKey{k.Name, v.Name} }

// programKey names a compiled program in a device: kernel names are unique in a table.
type programKey struct{ kernel, variant string }

func (k *Kernel[P]) program(v *Variant[P]) *program {
	texel := make([]bool, len(k.Bufs))
	for i, b := range k.Bufs {
		texel[i] = contains(v.Texel, b.Name)
	}
	return &program{
		kernel: k.Name, variant: v.Name,
		source: k.Source, file: v.File, defines: v.Defines,
		bufs: k.Bufs, texel: texel, fields: fieldsOf[P](),
	}
}
