package bench

import (
	"context"
	"fmt"
	"time"
)

// netWork is a row of Nets or of Train.
type netWork struct{ goal, name string }

func (w netWork) kind() string   { return w.goal }
func (w netWork) label() string  { return w.name }
func (w netWork) plan() workPlan { return workPlan{slow: true} }

// net measures a network forward or in training; see Nets.
func (v *versus) net(ctx context.Context, w netWork, rows []*placed) error {
	list, doing := nets, "networks forward"
	if w.goal == "train" {
		list, doing = trained, "training steps"
	}
	l := Limits{Rounds: v.l.Rounds, Budget: time.Second}
	for _, p := range rows {
		python := v.cast.python
		if v.cast.versions[torchPeer] == "" || v.cast.versions["torchvision"] == "" {
			python = "none"
		}
		for _, n := range list {
			if n.name != w.name {
				continue
			}
			silent := func(string) {}
			report, err := timeNets(ctx, doing, p.row.Device, python, []net{n}, l, silent)
			if err != nil && ctx.Err() == nil && python != "none" {
				v.report.Faults = append(v.report.Faults, fmt.Sprintf("%s, %s: %v", torchPeer, w.label(), err))
				p.row.say(err.Error())
				report, err = timeNets(ctx, doing, p.row.Device, "none", []net{n}, l, silent)
			}
			if err != nil {
				return err
			}
			p.row.fromNet(report.Rows[0], report.Peer != "")
		}
	}
	return nil
}

// fromNet takes over rates and memory.
func (r *PeersRow) fromNet(n NetsRow, beside bool) {
	r.Unit = "inputs/s"
	r.Case += fmt.Sprintf(", batch %d", n.Batch)
	r.Ours, r.BytesOurs = Figure(n.Ours.Median), Figure(n.Bytes)
	if !beside {
		if r.Note == "" {
			r.say(torchPeer + " is not here")
		}
		return
	}
	r.Peer, r.BytesPeer = Figure(n.Theirs.Median), Figure(n.PeerBytes)
	r.setRatio(n.Ratio)
}
