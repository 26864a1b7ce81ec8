package paper

import (
	"context"
	"fmt"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// encoder is one of the networks of Figures 2(a) and 2(c): it embeds images or texts.
type encoder struct {
	name  string
	width int // of its features
	// Exactly one of images and texts is there; side and context are the sizes of an input.
	images        func(tp *nn.Tape, x *nn.Value) *nn.Value
	texts         func(tp *nn.Tape, ids []int32) *nn.Value
	side, context int
	bytes         int64 // of memory for one input
}

// network is an architecture that encoders are made of, with random weights or a file's.
type network struct {
	name, title string
	random      func(s *engine.Scope, r *kernels.Random) *encoder
	load        func(s *engine.Scope, w models.Checkpoint) (*encoder, error)
}

// networks are the columns of Figure 2(a): the image tower and the text tower are those of CLIP
// ViT-B/32.
var networks = []*network{
	{
		name: "resnet18", title: "ResNet-18",
		random: func(s *engine.Scope, r *kernels.Random) *encoder {
			return ofResNet(models.NewResNet(nn.NewBuilder(nn.NewParams(s), r), models.ResNet18))
		},
		load: func(s *engine.Scope, w models.Checkpoint) (*encoder, error) {
			m, _, err := models.LoadResNet(s, w)
			return ofResNet(m), err
		},
	},
	{
		name: "vit", title: "ViT-B/32 (CLIP's image tower)",
		random: func(s *engine.Scope, r *kernels.Random) *encoder {
			return ofViT(models.NewViT(nn.NewBuilder(nn.NewParams(s), r), models.ViTB32))
		},
		load: func(s *engine.Scope, w models.Checkpoint) (*encoder, error) {
			m, _, err := models.LoadViT(s, w)
			return ofViT(m), err
		},
	},
	{
		name: "text", title: "Text transformer (CLIP's text tower)",
		random: func(s *engine.Scope, r *kernels.Random) *encoder {
			return ofText(models.NewText(nn.NewBuilder(nn.NewParams(s), r), models.TextB))
		},
		load: func(s *engine.Scope, w models.Checkpoint) (*encoder, error) {
			m, _, err := models.LoadText(s, w)
			return ofText(m), err
		},
	},
}

func ofResNet(m *models.ResNet) *encoder {
	if m == nil {
		return nil
	}
	const side = 224
	return &encoder{name: "resnet18", width: m.Config.Features(), images: m.Forward, side: side, bytes: m.Bytes(side)}
}

func ofViT(m *models.ViT) *encoder {
	if m == nil {
		return nil
	}
	width := m.Config.Out
	if width == 0 {
		width = m.Config.Width
	}
	return &encoder{name: "vit", width: width, images: m.Forward, side: m.Config.Image, bytes: m.Bytes()}
}

func ofText(m *models.Text) *encoder {
	if m == nil {
		return nil
	}
	return &encoder{name: "text", width: m.Config.Out, texts: m.Forward, context: m.Config.Context, bytes: m.Bytes()}
}

// loadEncoder makes the encoder of an architecture from the first of the given files that holds
// it; nil where none does.
func (n *network) loadEncoder(s *engine.Scope, files []string) (*encoder, error) {
	for _, name := range files {
		f, err := tensorfile.OpenNamed(name)
		if err != nil {
			return nil, err
		}
		w := models.File{Named: f}
		if !n.isIn(w) {
			f.Close()
			continue
		}
		x, err := n.load(s, w)
		f.Close()
		return x, w.FileError(err)
	}
	return nil, nil
}

// isIn says whether a file looks like one of this architecture.
func (n *network) isIn(w models.Checkpoint) bool {
	signs := map[string][]string{
		"resnet18": {"layer1.0.conv1.weight", "module.layer1.0.conv1.weight"},
		"vit":      {"visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight", "conv_proj.weight"},
		"text":     {"token_embedding.weight", "text.token_embedding.weight", "text_model.embeddings.token_embedding.weight"},
	}
	for _, sign := range signs[n.name] {
		if _, ok := w.Shape(sign); ok {
			return true
		}
	}
	return false
}

// most inputs that an encoder takes at once.
const encoderBatch = 32

// batch is how many inputs go through at once in a quarter of the device's free memory.
func (x *encoder) batch(d *engine.Device) int {
	room := (d.Caps().MaxMemory - d.Memory().Used) / 4
	return int(max(1, min(encoderBatch, room/max(x.bytes, 1))))
}

// embed gives n unit rows on the device, in scope s, of inputs that feed makes.
func (x *encoder) embed(ctx context.Context, e *Env, s *engine.Scope, n int, feed *inputs) (*engine.Tensor, error) {
	rows, norms := s.Floats(n, x.width), s.Floats(n)
	size := x.batch(e.Device)
	for lo := 0; lo < n; lo += size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+size, n)
		if err := x.rows(e, rows.SliceRows(lo, hi), norms.Slice(0, lo, hi), feed, lo, hi); err != nil {
			return nil, fmt.Errorf("%s: %w", x.name, err)
		}
		if err := e.Device.Sync(); err != nil { // the next inputs wait for memory, and progress tells the truth
			return nil, err
		}
		e.Progress.Add(float64(hi - lo))
	}
	return rows, nil
}

func (x *encoder) rows(e *Env, to, norms *engine.Tensor, feed *inputs, lo, hi int) error {
	s := e.Device.Scope()
	defer s.Close()
	tp := nn.Inference(s)
	var y *nn.Value
	if x.texts != nil {
		ids, err := feed.texts(s, x.context, lo, hi)
		if err != nil {
			return err
		}
		y = x.texts(tp, ids)
	} else {
		images, err := feed.images(s, x.side, lo, hi)
		if err != nil {
			return err
		}
		y = x.images(tp, nn.Const(images))
	}
	kernels.RowNormalise(to, norms, y.T)
	return nil
}
