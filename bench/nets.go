package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// NetsReport says how fast networks run forward or are trained, here and in PyTorch on the same
// processor.
type NetsReport struct {
	Work   string      `json:"work"` // "networks forward" or "training steps"
	Device engine.Caps `json:"device"`
	Load   float64     `json:"load"` // as in Report
	Busy   bool        `json:"busy"`
	Peer   string      `json:"peer,omitempty"` // versions; empty: it did not take part
	// The least that the launches of a pass take, each by itself, makes the percentages.
	Roofline Roofline  `json:"roofline"`
	Rows     []NetsRow `json:"rows"`
}

// NetsRow is one network with random weights on batches of random inputs.
type NetsRow struct {
	Network string   `json:"network"`
	Batch   int      `json:"batch"`
	Ours    Interval `json:"inputs_per_s"`
	Theirs  Interval `json:"peer_inputs_per_s"`
	Ratio   Interval `json:"ratio"` // ours over theirs, of neighbouring rounds
	// Bytes are what weights, activations and all else take at most: what this process grew by
	// after the device was opened, at least what the device's pool held; and what the peer's grew by
	// after PyTorch was loaded.
	Bytes     int64 `json:"bytes"`
	PeerBytes int64 `json:"peer_bytes"`

	Launches int     `json:"launches"`            // of a pass over one batch
	Flops    float64 `json:"flops"`               // of a pass, as its launches count them
	GFlops   float64 `json:"gflops"`              // of ours
	Percent  float64 `json:"percent_of_roofline"` // of ours
}

//go:embed peers/nets.py
var netsPeer string

const installTorch = "install them with `pip install torch torchvision` or, on Debian, `apt install python3-torch python3-torchvision`, or name another Python with --python"

// net is a network to time: build makes it in a scope, and gives run, which queues the work for
// one batch, and end, which gives back what is not the scope's.
type net struct {
	name  string
	batch int
	shape any // that the peer must know, as JSON
	build func(s *engine.Scope, batch int) (run func() error, end func(), err error)
}

var nets = []net{
	forward("resnet18", 8, nil, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewResNet(b, models.ResNet18).Forward, batch, 224)
	}),
	forward("resnet50", 4, nil, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewResNet(b, models.ResNet50).Forward, batch, 224)
	}),
	forward("vit", 8, models.ViTB32, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewViT(b, models.ViTB32).Forward, batch, models.ViTB32.Image)
	}),
	forward("text", 8, models.TextB, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		m, ids := models.NewText(b, models.TextB), randomIDs(models.TextB, batch)
		return func(tp *nn.Tape) { m.Forward(tp, ids) }
	}),
}

// forward is a network of random weights whose forward pass is timed.
func forward(name string, batch int, shape any, build func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape)) net {
	return net{name, batch, shape, func(s *engine.Scope, batch int) (func() error, func(), error) {
		pass := build(s, nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(1, 1)), batch)
		run := func() error {
			inner := s.Device().Scope()
			defer inner.Close()
			pass(nn.Inference(inner))
			return nil
		}
		return run, func() {}, nil
	}}
}

func onImages(s *engine.Scope, forward func(*nn.Tape, *nn.Value) *nn.Value, batch, side int) func(*nn.Tape) {
	x := randomImages(s, batch, side)
	return func(tp *nn.Tape) { forward(tp, x) }
}

func randomImages(s *engine.Scope, batch, side int) *nn.Value {
	x := s.Floats(batch, side, side, 3)
	kernels.NewRandom(1, 3).Normal(x, 0, 1)
	return nn.Const(x)
}

func randomIDs(c models.TextConfig, batch int) []int32 {
	ids, r := make([]int32, batch*c.Context), kernels.NewRandom(1, 2)
	for i := range ids {
		ids[i] = int32(r.Uint64() % uint64(c.Vocab))
	}
	return ids
}

// Nets times every network on a device in rounds interleaved with PyTorch's. python is the
// interpreter that runs the peer; "none" leaves it out.
func Nets(ctx context.Context, device, python string, l Limits, step func(string), options ...engine.Option) (*NetsReport, error) {
	return timeNets(ctx, "networks forward", device, python, nets, l, step, options...)
}

func timeNets(ctx context.Context, work, device, python string, list []net, l Limits, step func(string), options ...engine.Option) (*NetsReport, error) {
	if python != "none" {
		if _, err := exec.LookPath(python); err != nil {
			return nil, fmt.Errorf("%s is not there: install Python 3, name another with --python, or --python none to go without the peer", python)
		}
	}
	r := &NetsReport{Work: work, Load: Load(runtime.GOMAXPROCS(0)), Rows: []NetsRow{}}
	r.Busy = r.Load > BusyLoad
	step("roofline")
	var err error
	if r.Roofline, err = rooflineOf(ctx, device, l); err != nil {
		return nil, err
	}
	for _, n := range list {
		step(n.name)
		if err := r.time(ctx, device, python, n, l, options); err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, err)
		}
	}
	return r, nil
}

// rooflineOf measures a device of its own, whose buffers are gone afterwards.
func rooflineOf(ctx context.Context, device string, l Limits) (Roofline, error) {
	d, err := engine.Open(device)
	if err != nil {
		return Roofline{}, err
	}
	defer d.Close()
	defer context.AfterFunc(ctx, func() { d.Interrupt(nil) })()
	return MeasureRoofline(ctx, d, l)
}

// time adds the row of one network, on a device of its own so that its memory is its own.
func (r *NetsReport) time(ctx context.Context, device, python string, n net, l Limits, options []engine.Option) error {
	d, err := engine.Open(device, options...)
	if err != nil {
		return err
	}
	defer d.Close()
	defer context.AfterFunc(ctx, func() { d.Interrupt(nil) })()
	r.Device = d.Caps()
	grown := residentGrowth()
	s := d.Scope()
	defer s.Close()
	run, end, err := n.build(s, n.batch)
	if err != nil {
		return err
	}
	defer end()
	ours := func() (float64, error) {
		start := time.Now()
		if err := run(); err != nil {
			return 0, err
		}
		err := d.Sync()
		return float64(n.batch) / time.Since(start).Seconds(), err
	}
	theirs := func() (float64, error) { return 0, nil }
	var them *peer
	if python != "none" {
		if them, err = startNet(ctx, python, n); err != nil {
			return err
		}
		defer them.stop()
		r.Peer = them.Versions
		theirs = func() (float64, error) {
			seconds, err := them.number("run")
			return float64(n.batch) / seconds, err
		}
	}
	row, err := interleave(ctx, l, ours, theirs)
	if err != nil {
		return err
	}
	row.Network, row.Batch, row.Bytes = n.name, n.batch, max(d.Memory().Peak, grown())
	if them == nil {
		row.Theirs, row.Ratio = Interval{}, Interval{}
	} else {
		bytes, err := them.number("memory")
		if err != nil {
			return err
		}
		row.PeerBytes = int64(bytes)
	}
	err = row.count(d, run, r.Roofline)
	r.Rows = append(r.Rows, row)
	return err
}

// count traces one pass: what its launches take at least is the roofline's time.
func (row *NetsRow) count(d *engine.Device, run func() error, roof Roofline) error {
	var runErr error
	records, err := d.Trace(func() { runErr = run() })
	if err = errors.Join(runErr, err); err != nil {
		return err
	}
	least := 0.0
	for _, x := range records {
		row.Flops += x.Cost.Flops
		least += roof.Seconds(x.Cost)
	}
	passes := row.Ours.Median / float64(row.Batch) // in a second
	row.Launches, row.GFlops, row.Percent = len(records), row.Flops*passes/1e9, 100*least*passes
	return nil
}

// interleave times two sides in turn, each first in every other round; the first round is a
// warm-up. As many rounds as fit the budget, at least five.
func interleave(ctx context.Context, l Limits, ours, theirs func() (float64, error)) (NetsRow, error) {
	sides := []func() (float64, error){ours, theirs}
	var rates [2][]float64
	var ratios []float64
	began := time.Now()
	for i := 0; i <= l.Rounds && (i <= 5 || time.Since(began) < 8*l.Budget); i++ {
		for j := range sides {
			if err := ctx.Err(); err != nil {
				return NetsRow{}, err
			}
			k := (i + j) % 2
			rate, err := sides[k]()
			if err != nil {
				return NetsRow{}, err
			}
			if i > 0 {
				rates[k] = append(rates[k], rate)
			}
		}
		if i > 0 {
			ratios = append(ratios, rates[0][i-1]/rates[1][i-1])
		}
	}
	return NetsRow{Ours: Median(rates[0]), Theirs: Median(rates[1]), Ratio: Median(ratios)}, nil
}

func startNet(ctx context.Context, python string, n net) (*peer, error) {
	dir, err := os.MkdirTemp("", "mindgap-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // the script is read by the time that the first line is here
	script := filepath.Join(dir, "nets.py")
	if err := os.WriteFile(script, []byte(netsPeer), 0o644); err != nil {
		return nil, err
	}
	shape, err := json.Marshal(n.shape)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, script, n.name, strconv.Itoa(n.batch), strconv.Itoa(runtime.GOMAXPROCS(0)), string(shape))
	cmd.WaitDelay = 200 * time.Millisecond // an interrupt does not wait for the end of a run
	return startPeer(cmd, installTorch)
}

// number asks for one number.
func (p *peer) number(question string) (float64, error) {
	words, err := p.ask(question)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(strings.Join(words, " "), 64)
	if err != nil {
		return 0, fmt.Errorf("%s answers %q", p.cmd.Path, words)
	}
	return v, nil
}
