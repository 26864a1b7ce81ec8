package engine

import (
	"fmt"
)

// queue turns a checked call into launches and queues them: one, or one per window where a
// buffer is larger than the device binds at once.
func (k *Kernel[P]) queue(d *Device, v *Variant[P], p P, size []int, ts []*Tensor) error {
	if d.host != nil {
		d.submit(k.launch(d.program(programKey{k.Name, "host"}, k.hostProgram), p, size, ts, nil))
		return nil
	}
	cuts, err := k.windows(d, v, p, size)
	if err != nil {
		return err
	}
	if cuts == nil {
		return k.enqueue(d, v, p, size, ts, nil)
	}
	s := k.Split(p)
	for i := 0; i+1 < len(cuts); i++ {
		shift := make([]int, len(ts))
		for j, step := range s.Step {
			shift[j] = step * cuts[i]
		}
		part := s.Part(cuts[i], cuts[i+1])
		if err := k.enqueue(d, v, part, k.Size(part), ts, shift); err != nil {
			return err
		}
	}
	return nil
}

// launch fills in what every device needs; shift is where each buffer's window begins, in elements.
func (k *Kernel[P]) launch(prog *program, p P, size []int, ts []*Tensor, shift []int) *launch {
	l := newLaunch()
	l.kernel, l.prog, l.cost = k, prog, k.Cost(p)
	l.params = packParams(l.params, p)
	for i, t := range ts {
		off := t.off
		if shift != nil {
			off += shift[i]
		}
		l.binds = append(l.binds, bind{t.buf, int64(off) * elemBytes, int64(size[i]) * elemBytes})
	}
	return l
}

// onHost runs the kernel's own Go form over views.
func (k *Kernel[P]) onHost(h *Host, l *launch) {
	if h.exact {
		k.define(unpackParams[P](l.params), l.binds)
		return
	}
	for i, b := range l.binds {
		l.views = append(l.views, b.view(k.Bufs[i].Type))
	}
	k.Host(h, unpackParams[P](l.params), l.views)
}

func (k *Kernel[P]) words(l *launch) string { return describe(unpackParams[P](l.params)) }

func (k *Kernel[P]) hostProgram() *program { return &program{kernel: k.Name, variant: "host"} }

// windows gives the rows at which a launch must be cut so that every bound range is within
// the device's storage block limit; nil when it need not be.
func (k *Kernel[P]) windows(d *Device, v *Variant[P], p P, size []int) ([]int, error) {
	limit := d.caps.MaxBlockBytes - int64(d.caps.BlockAlign)
	over := false
	for i := range size {
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
	for i := range size {
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
func (k *Kernel[P]) enqueue(d *Device, v *Variant[P], p P, size []int, ts []*Tensor, shift []int) error {
	groups := v.Groups(p)
	if groups == 0 {
		return nil
	}
	if b := d.caps.LoopBudget; b > 0 {
		if loops := v.Loops(p); loops > b {
			return fmt.Errorf("%d loop iterations, the driver silently stops after %d: %w", loops, b, ErrLimit)
		}
	}
	l := k.launch(d.program(k.programKey(v), func() *program { return k.program(v) }), p, size, ts, shift)
	l.groups = groups
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
