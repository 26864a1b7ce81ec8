package kernels

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// resnet18 are the convolutions of ResNet-18 (He et al. 2016, Table 1) on 8 images.
var resnet18 = []struct {
	name string
	p    ConvParams
}{
	{"conv1", conv(8, 224, 224, 3, 64, 7, 7, 2, 3)},
	{"layer1", conv(8, 56, 56, 64, 64, 3, 3, 1, 1)},
	{"layer2_half", conv(8, 56, 56, 64, 128, 3, 3, 2, 1)},
	{"layer2_shortcut", conv(8, 56, 56, 64, 128, 1, 1, 2, 0)},
	{"layer2", conv(8, 28, 28, 128, 128, 3, 3, 1, 1)},
	{"layer3_half", conv(8, 28, 28, 128, 256, 3, 3, 2, 1)},
	{"layer3", conv(8, 14, 14, 256, 256, 3, 3, 1, 1)},
	{"layer4_half", conv(8, 14, 14, 256, 512, 3, 3, 2, 1)},
	{"layer4", conv(8, 7, 7, 512, 512, 3, 3, 1, 1)},
}

// BenchmarkConv2D times each of them, forward and backward, on the host beside PyTorch on
// channels-last images, and on OpenGL beside our product of the same size, whose patches lie
// ready. All take turns, round by round; figures are medians of GFLOP/s, and of the ratio to
// the peer in the same round. PyTorch is python3-torch by testdata/conv_peer.py, if it is there.
func BenchmarkConv2D(b *testing.B) {
	torch := newConvPeer(b)
	for _, l := range resnet18 {
		for _, pass := range []string{"forward", "backward"} {
			b.Run(l.name+"/"+pass, func(b *testing.B) { benchConv(b, l.p, pass, torch) })
		}
	}
}

func benchConv(b *testing.B, p ConvParams, pass string, torch *convPeer) {
	r := rand.New(rand.NewPCG(23, 1))
	var list []*contender
	add := func(name string, run func()) { list = append(list, &contender{name: name, run: run}) }
	flops := p.cost().Flops
	if pass == "backward" {
		flops *= 2
	}
	on := func(name string) {
		d, err := engine.Open(name)
		if err != nil {
			b.Logf("left out: %v", err)
			return
		}
		b.Cleanup(d.Close)
		s := d.Scope()
		b.Cleanup(s.Close)
		y, x, w, bias, _, _ := p.tensors(s, r)
		dx, dw := s.Floats(x.Shape()...), s.Floats(w.Shape()...)
		o := ConvOptions{Stride: int(p.Stride), Padding: int(p.Padding), Bias: bias}
		add(name, func() {
			if pass == "forward" {
				Conv2D(y, x, w, o)
			} else {
				Conv2DBack(dx, dw, y, x, w, o, false)
			}
			require.NoError(b, d.Sync())
		})
		if name == "gl" && pass == "forward" {
			patches := s.Upload(normalSlice(r, p.pixels()*p.depth()), p.pixels(), p.depth())
			add("gl-product", func() {
				Gemm(asMatrix(y), patches, w.Reshape(int(p.O), p.depth()), MatMulOptions{TransB: true, Bias: bias})
				require.NoError(b, d.Sync())
			})
		}
	}
	on("host")
	if torch != nil {
		torch.ask(b, "new %d %d %d %d %d %d %d %d", p.N, p.H, p.W, p.C, p.O, p.Kh, p.Stride, p.Padding)
		add("torch", func() {})
	}
	if os.Getenv("MINDGAP_NO_GL") != "1" {
		on("gl")
	}
	for _, c := range list {
		c.run()
	}
	for b.Loop() {
		for _, i := range r.Perm(len(list)) {
			c := list[i]
			if c.name == "torch" {
				c.times = append(c.times, torch.seconds(b, pass))
				time.Sleep(5 * time.Millisecond) // its threads stay awake for a while
				continue
			}
			start := time.Now()
			c.run()
			c.times = append(c.times, time.Since(start).Seconds())
		}
	}
	ratio := func(of, to string) {
		x, y := timesOf(list, of), timesOf(list, to)
		if x == nil || y == nil {
			return
		}
		ratios := make([]float64, len(x))
		for i := range x {
			ratios[i] = y[i] / x[i]
		}
		b.ReportMetric(median(ratios), of+"/"+to)
	}
	for _, c := range list {
		b.ReportMetric(flops/median(c.times)/1e9, c.name+"-GFLOP/s")
	}
	ratio("host", "torch")
	ratio("gl", "gl-product")
}

func timesOf(list []*contender, name string) []float64 {
	for _, c := range list {
		if c.name == name {
			return c.times
		}
	}
	return nil
}

// convPeer is testdata/conv_peer.py.
type convPeer struct {
	in  io.Writer
	out *bufio.Reader
}

// newConvPeer is nil where there is no PyTorch.
func newConvPeer(b *testing.B) *convPeer {
	python := "/usr/bin/python3" // where Debian's python3-torch is
	if exec.Command(python, "-c", "import torch").Run() != nil {
		b.Log("left out: torch (package python3-torch)")
		return nil
	}
	cmd := exec.Command(python, "testdata/conv_peer.py")
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	cmd.Stderr = os.Stderr
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		in.Close() // it ends when there is nothing more to read
		require.NoError(b, cmd.Wait())
	})
	return &convPeer{in, bufio.NewReader(out)}
}

func (p *convPeer) ask(b *testing.B, format string, args ...any) string {
	fmt.Fprintf(p.in, format+"\n", args...)
	answer, err := p.out.ReadString('\n')
	require.NoError(b, err)
	return answer
}

func (p *convPeer) seconds(b *testing.B, pass string) (s float64) {
	_, err := fmt.Sscan(p.ask(b, pass), &s)
	require.NoError(b, err)
	return s
}
