package bench

import (
	"context"
	_ "embed"
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

// NetsReport says how fast networks run forward, here and in PyTorch on the same processor.
type NetsReport struct {
	Device engine.Caps `json:"device"`
	Load   float64     `json:"load"` // as in Report
	Busy   bool        `json:"busy"`
	Peer   string      `json:"peer,omitempty"` // versions; empty: it did not take part
	Rows   []NetsRow   `json:"rows"`
}

// NetsRow is one network with random weights on batches of random inputs.
type NetsRow struct {
	Network string   `json:"network"`
	Batch   int      `json:"batch"`
	Ours    Interval `json:"inputs_per_s"`
	Theirs  Interval `json:"peer_inputs_per_s"`
	Ratio   Interval `json:"ratio"` // ours over theirs, of neighbouring rounds
	// Bytes are those of weights and activations: of the device's pool, and what the peer's process
	// grew by after PyTorch was loaded.
	Bytes     int64 `json:"bytes"`
	PeerBytes int64 `json:"peer_bytes"`
}

//go:embed peers/nets.py
var netsPeer string

const installTorch = "install them with `pip install torch torchvision` or, on Debian, `apt install python3-torch python3-torchvision`, or name another Python with --python"

// net is a network to time: build makes it and gives its forward pass on a batch.
type net struct {
	name  string
	batch int
	build func(s *engine.Scope, b *nn.Builder, batch int) func(tp *nn.Tape)
}

var nets = []net{
	{"resnet18", 8, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewResNet(b, models.ResNet18).Forward, batch)
	}},
	{"resnet50", 4, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewResNet(b, models.ResNet50).Forward, batch)
	}},
	{"vit", 8, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		return onImages(s, models.NewViT(b, models.ViTB32).Forward, batch)
	}},
	{"text", 8, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
		c := models.TextB
		m := models.NewText(b, c)
		ids := make([]int32, batch*c.Context)
		r := kernels.NewRandom(1, 2)
		for i := range ids {
			ids[i] = int32(r.Uint64() % uint64(c.Vocab))
		}
		return func(tp *nn.Tape) { m.Forward(tp, ids) }
	}},
}

func onImages(s *engine.Scope, forward func(*nn.Tape, *nn.Value) *nn.Value, batch int) func(*nn.Tape) {
	x := s.Floats(batch, 224, 224, 3)
	kernels.NewRandom(1, 3).Normal(x, 0, 1)
	return func(tp *nn.Tape) { forward(tp, nn.Const(x)) }
}

// Nets times every network on a device in rounds interleaved with PyTorch's. python is the
// interpreter that runs the peer; "none" leaves it out.
func Nets(ctx context.Context, device, python string, l Limits, step func(string)) (*NetsReport, error) {
	if python != "none" {
		if _, err := exec.LookPath(python); err != nil {
			return nil, fmt.Errorf("%s is not there: install Python 3, name another with --python, or --python none to go without the peer", python)
		}
	}
	return timeNets(ctx, device, python, nets, l, step)
}

func timeNets(ctx context.Context, device, python string, list []net, l Limits, step func(string)) (*NetsReport, error) {
	r := &NetsReport{Load: Load(runtime.GOMAXPROCS(0)), Rows: []NetsRow{}}
	r.Busy = r.Load > BusyLoad
	for _, n := range list {
		step(n.name)
		if err := r.time(ctx, device, python, n, l); err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, err)
		}
	}
	return r, nil
}

// time adds the row of one network, on a device of its own so that its memory is its own.
func (r *NetsReport) time(ctx context.Context, device, python string, n net, l Limits) error {
	d, err := engine.Open(device)
	if err != nil {
		return err
	}
	defer d.Close()
	defer context.AfterFunc(ctx, func() { d.Interrupt(nil) })()
	r.Device = d.Caps()
	s := d.Scope()
	defer s.Close()
	run := n.build(s, nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(1, 1)), n.batch)
	ours := func() (float64, error) {
		start := time.Now()
		inner := d.Scope()
		run(nn.Inference(inner))
		err := d.Sync()
		inner.Close()
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
	row.Network, row.Batch, row.Bytes = n.name, n.batch, d.Memory().Peak
	if them == nil {
		row.Theirs, row.Ratio = Interval{}, Interval{}
	} else {
		bytes, err := them.number("memory")
		if err != nil {
			return err
		}
		row.PeerBytes = int64(bytes)
	}
	r.Rows = append(r.Rows, row)
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
	cmd := exec.CommandContext(ctx, python, script, n.name, strconv.Itoa(n.batch), strconv.Itoa(runtime.GOMAXPROCS(0)))
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
