package bench

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"

	"mindgap/engine"
)

// versus is a run of cases.
type versus struct {
	o       PeersOptions
	l       Limits
	cast    *cast
	devices []PeersDevice
	report  *PeersReport
}

// placed is a case on a device, and its row.
type placed struct {
	Case
	device int
	row    PeersRow
}

// runCases runs those of the cases that are asked for; whoIsThere finds the peers, and may use a
// folder that lives as long as the run.
func runCases(ctx context.Context, o PeersOptions, cases []Case, l Limits, whoIsThere func(ctx context.Context, python, dir string) (*cast, error)) (*PeersReport, error) {
	cases, err := choose(cases, o.Names)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mindgap-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	v := &versus{o: o, l: l, report: &PeersReport{Load: Load(runtime.GOMAXPROCS(0)), Rows: []PeersRow{}}}
	v.report.Busy = v.report.Load > BusyLoad
	var places place
	for _, name := range o.Devices {
		d, err := engine.Open(name, o.Options...)
		if err != nil {
			return nil, err
		}
		v.devices = append(v.devices, PeersDevice{Caps: d.Caps()})
		places |= placeOf(d.Caps())
		d.Close()
	}
	o.Step("looking for peers")
	if v.cast, err = whoIsThere(ctx, o.Python, dir); err != nil {
		return nil, err
	}
	for i := range v.devices {
		o.Step("roofline of " + v.devices[i].Name)
		if err := v.devices[i].measure(ctx); err != nil {
			return nil, err
		}
	}
	v.report.Devices = v.devices
	v.report.Peers = v.cast.said(cases, places)
	return v.report, v.all(ctx, cases)
}

// measure finds the device's roofline: the better of three, each on a device opened anew, since a
// driver may compile one probe badly, or another program disturb it.
func (p *PeersDevice) measure(ctx context.Context) error {
	for i := range 3 {
		d, err := engine.Open(p.Name)
		if err != nil {
			return err
		}
		stop := context.AfterFunc(ctx, func() { d.Interrupt(nil) })
		r, err := MeasureRoofline(ctx, d, Quick)
		stop()
		d.Close()
		if err != nil {
			return err
		}
		if i == 0 {
			p.Roofline = r
		}
		p.Roofline = p.Roofline.Better(r)
	}
	return nil
}

func (v *versus) all(ctx context.Context, cases []Case) error {
	var list []*placed
	for _, c := range cases {
		if p := c.Work.plan(); p.long && !v.o.Long || p.slow && v.o.Quick {
			continue
		}
		for i, d := range v.devices {
			if c.Where&placeOf(d.Caps) != 0 {
				list = append(list, &placed{Case: c, device: i, row: PeersRow{
					Goal: c.Goal, Case: c.Name(), Device: d.Name, PeerName: c.Peer, Unit: units[c.Measure], Wanted: wanted(c.Want), Note: c.Note,
					Ours: unknown, Peer: unknown, Ratio: unknown, RatioLo: unknown, RatioHi: unknown,
					ErrorOurs: unknown, ErrorPeer: unknown, BytesOurs: unknown, BytesPeer: unknown, Percent: unknown,
				}})
			}
		}
	}
	works, done := map[work]bool{}, map[work]bool{}
	for _, p := range list {
		works[p.Work] = true
	}
	for _, p := range list {
		if done[p.Work] {
			continue
		}
		done[p.Work] = true
		var same []*placed
		for _, q := range list {
			if q.Work == p.Work {
				same = append(same, q)
			}
		}
		v.o.Step(fmt.Sprintf("%s %s, %d of %d", p.Goal, p.Work.label(), len(done), len(works)))
		if err := v.measure(ctx, p.Work, same); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%s: %w", p.Work.label(), err)
		}
	}
	for _, p := range list {
		p.row.settle()
		v.report.Rows = append(v.report.Rows, p.row)
	}
	for _, d := range v.devices {
		if v.o.tuned() && d.Kind != "host" {
			if err := v.tune(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func wanted(x float64) Figure {
	if x == 0 {
		return unknown
	}
	return Figure(x)
}

func (v *versus) measure(ctx context.Context, w work, rows []*placed) error {
	if n, ok := w.(netWork); ok {
		return v.net(ctx, n, rows)
	}
	return v.contest(ctx, w.(arrayWork), rows)
}

// contest measures all rows of a work: each device once, each peer once, then rounds.
func (v *versus) contest(ctx context.Context, w arrayWork, rows []*placed) error {
	folder, err := os.MkdirTemp(v.cast.dir, "inputs-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	in := w.inputs()
	byName := map[string]array{}
	for _, a := range in {
		byName[a.name] = a
	}
	var want results
	if !v.o.Quick || w.cost().Flops <= maxReference/2 {
		if want, err = w.reference(ctx, byName); err != nil {
			return err
		}
	}
	if err := writeInputs(in, folder); err != nil {
		return err
	}
	entries, peers := map[int]*entry{}, map[string]*side{}
	var sides []*side
	for _, p := range rows {
		e := entries[p.device]
		if e == nil {
			if e, err = enter(ctx, v.devices[p.device].Name, v.o.Options, w, in, want); err != nil {
				return err
			}
			defer e.close()
			entries[p.device] = e
			sides = append(sides, &e.side)
		}
		if p.Measure == repeats && e.same == 0 {
			if err := e.repeat(); err != nil {
				return err
			}
		}
	}
	for _, p := range rows {
		key := v.peerKey(p)
		if key == "" || peers[key] != nil || !v.cast.has(p.Peer, v.placeOf(p)) {
			continue
		}
		s, stop, err := v.peer(ctx, p, w, byName, folder, entries[p.device], want)
		if err != nil {
			return err
		}
		defer stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		peers[key] = s
		if s.err == nil {
			sides = append(sides, s)
		}
	}
	if !w.plan().once && slices.ContainsFunc(rows, func(p *placed) bool { return p.Measure == seconds }) {
		if err := takeTurns(ctx, v.l, sides); err != nil {
			return err
		}
	}
	for _, s := range peers {
		if line := fault(s.name, w.label(), s.err); s.err != nil && line != "" {
			v.report.Faults = append(v.report.Faults, line)
		}
	}
	slices.Sort(v.report.Faults)
	for _, p := range rows {
		v.fill(p, w, entries[p.device], peers[v.peerKey(p)])
	}
	return nil
}

func (v *versus) placeOf(p *placed) place { return placeOf(v.devices[p.device].Caps) }

// peerKey tells peers apart: those that run on our device by the device, those in Python by
// processor or GPU. "" where the peer is a number.
func (v *versus) peerKey(p *placed) string {
	switch {
	case programs[p.Peer] != "":
		return p.Peer + " on " + v.pythonDevice(p)
	case p.Peer == gonumLib:
		return p.Peer
	case p.Measure == seconds:
		return fmt.Sprint(p.Peer, " on ", p.device)
	}
	return ""
}

func (v *versus) pythonDevice(p *placed) string {
	if v.placeOf(p) == onHard && p.Peer != numpyPeer {
		return "cuda"
	}
	return "cpu"
}

// peer starts a row's peer and lets it do the work once.
func (v *versus) peer(ctx context.Context, p *placed, w arrayWork, x map[string]array, folder string, e *entry, want results) (s *side, stop func(), err error) {
	stop = func() {}
	switch {
	case programs[p.Peer] != "":
		program, err := v.cast.begin(ctx, p.Peer, w, folder, v.pythonDevice(p))
		if err != nil {
			return &side{name: p.Peer, err: err, wrong: unknown, bytes: unknown}, stop, nil
		}
		scale := 1.0
		if w, ok := w.(interface{ peerScale() float64 }); ok {
			scale = w.peerScale()
		}
		return pythonSide(program, p.Peer, folder, scale, want), program.stop, nil
	case p.Peer == gonumLib:
		s, err = gonumSide(w.(matmulWork), x, want)
	default:
		s, err = e.own(ctx, p.Peer, w, want)
	}
	return s, stop, err
}
